"""Handlers that catch what the SDK raises to suspend an execution, or to end it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Class, Function, Instance
from durable_mi.lint.code.sdk import sdk_name
from durable_mi.lint.code.values import NOTHING, Collection, Library, Made, Value, alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Attempt, Run

__all__ = ["read_try", "require_no_suppression"]

_SUSPENSION: Final = frozenset({"SuspendExecution", "TimedSuspendExecution", "BackgroundThreadError"})
_UNRECOVERABLE: Final = frozenset(
    {
        "BotoClientError",
        "CheckpointError",
        "DurableExecutionsError",
        "ExecutionError",
        "GetExecutionStateError",
        "InvocationError",
        "NonDeterministicExecutionError",
        "UnrecoverableError",
    }
)
# What plain code between the operations raises too, by an index, a key or an operator.
_RAISED_BY_ANY_CODE: Final = frozenset(
    {
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "NameError",
        "StopIteration",
        "SystemExit",
        "TypeError",
        "UnboundLocalError",
        "ZeroDivisionError",
        "GeneratorExit",
        "ImportError",
        "ModuleNotFoundError",
        "RecursionError",
    }
)


def read_try(run: Run, node: ast.Try | ast.TryStar, frame: Frame) -> None:
    """Read a ``try`` with its handlers."""
    start = dict(frame.variables)
    with run.attempt(frame.zone) as attempt:
        run.execute(node.body, frame)
    suspends = run.operations > attempt.operations and frame.zone.is_replayed
    run.execute(node.orelse, frame)
    ends = [frame.variables]
    reraised = False
    for handler in node.handlers:
        frame.variables = {**start, **ends[0]}
        caught = _types(run, handler, frame)
        if handler.name:
            frame.variables[handler.name] = NOTHING
        before = run.operations
        run.execute(handler.body, frame)
        if suspends:
            compensates = run.operations > before
            reraised = _require_suspension(run, handler, caught, frame, reraised=reraised, compensates=compensates)
            if attempt.runs:
                _require_possible(run, handler, caught, attempt, frame)
        if not (handler.body and isinstance(handler.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))):
            ends.append(frame.variables)
    frame.variables = dict(start)
    frame.merge(*ends)
    if suspends and (leaves := _leaves_finally(node.finalbody)) is not None:
        run.report(
            "DMC401",
            frame,
            leaves,
            "finally must not leave by return, break or continue around a durable operation: it swallows the exception "
            "by which "
            "the SDK suspends, so that the workflow goes on without the result; move it behind the try",
        )
    run.execute(node.finalbody, frame)


def _types(run: Run, handler: ast.ExceptHandler, frame: Frame) -> list[Value]:
    """Return what a handler catches; a bare one catches ``BaseException``."""
    if handler.type is None:
        return [Library("BaseException")]
    value = run.evaluate(handler.type, frame)
    return [
        one
        for each in alternatives(value)
        for element in (each.elements if isinstance(each, Collection) else [each])
        for one in alternatives(element)
    ]


def _require_suspension(  # noqa: PLR0913 - what a handler is
    run: Run, handler: ast.ExceptHandler, caught: list[Value], frame: Frame, *, reraised: bool, compensates: bool
) -> bool:
    """Report a handler that swallows what the SDK raises; return whether ``UnrecoverableError`` is raised again."""
    names = [_name(each) for each in caught]
    raises_again = _raises_again(handler)
    if any(name == "BaseException" or name in _SUSPENSION for name in names):
        if not raises_again:
            run.report(
                "DMC401",
                frame,
                handler,
                f"{_shown(handler)} must raise again around a durable operation: it catches the exception by which the "
                "SDK suspends, "
                "so that the workflow goes on without the result; catch StepError or Exception, or end the handler "
                "with raise",
            )
        return reraised or raises_again
    broad = any(name == "Exception" or name in _UNRECOVERABLE for name in names)
    if broad and raises_again:
        return True
    ends_in_raise = bool(handler.body) and isinstance(handler.body[-1], ast.Raise)
    if broad and not reraised and (compensates or not ends_in_raise):
        run.report(
            "DMC402",
            frame,
            handler,
            f"{_shown(handler)} must not swallow UnrecoverableError around a durable operation: a checkpoint that "
            "failed is then "
            "handled as a failure of the work, although Lambda would try again; put except UnrecoverableError: raise "
            "before it, "
            "or catch StepError",
        )
    return reraised


def _name(value: Value) -> str:
    match value:
        case Library(path=path):
            return sdk_name(path) or path
        case Class(node=node):
            return f"class {node.name}"
    return "?"


def _shown(handler: ast.ExceptHandler) -> str:
    return "except" if handler.type is None else f"except {ast.unparse(handler.type)}"


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(
        isinstance(each, ast.Raise)
        and (each.exc is None or (isinstance(each.exc, ast.Name) and each.exc.id == handler.name))
        for statement in handler.body
        for each in _own(statement)
    )


def _own(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _own(child)


def _require_possible(
    run: Run, handler: ast.ExceptHandler, caught: list[Value], attempt: Attempt, frame: Frame
) -> None:
    """Report a handler of an exception that the operations in the body never raise as such."""
    for each in caught:
        if _can_be_raised(each, attempt):
            continue
        name = _name(each).removeprefix("class ")
        run.report(
            "DMC403",
            frame,
            handler,
            f"except {name} never matches around a durable operation: what a step raises arrives as StepError; catch "
            "StepError and "
            "look at its error_type, or catch the exception inside the step",
        )
        return


def _can_be_raised(caught: Value, attempt: Attempt) -> bool:
    match caught:
        case Class():
            bases = list(caught.library_bases())
            if any(base == "?" or sdk_name(base) for base in bases):
                return True
            return any(_may_be(raised, caught) for value in attempt.raised for raised in alternatives(value))
        case Library(path=path):
            name = sdk_name(path)
            if name is not None or path in {"Exception", "BaseException"} or path in _RAISED_BY_ANY_CODE:
                return True
            if attempt.calls or ("." in path and not _is_exception(path)):
                return True
            return bool(attempt.raised)
    return True


def _is_exception(path: str) -> bool:
    return path.rpartition(".")[2].endswith(("Error", "Exception", "Timeout", "Failure"))


def _may_be(raised: Value, caught: Class) -> bool:
    of = raised.of if isinstance(raised, Instance) else raised
    if isinstance(of, Class):
        return _is_below(of, caught)
    return not isinstance(of, (Library, Made))


def _is_below(of: Class, base: Class) -> bool:
    return of.node is base.node or any(isinstance(each, Class) and _is_below(each, base) for each in of.bases)


def _leaves_finally(body: list[ast.stmt], *, in_loop: bool = False) -> ast.stmt | None:
    for statement in body:
        if isinstance(statement, ast.Return) or (isinstance(statement, (ast.Break, ast.Continue)) and not in_loop):
            return statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inner = in_loop or isinstance(statement, (ast.For, ast.While))
        for name in ("body", "orelse", "finalbody"):
            if (found := _leaves_finally(getattr(statement, name, []), in_loop=inner)) is not None:
                return found
    return None


def require_no_suppression(run: Run, node: ast.With | ast.AsyncWith, frame: Frame) -> None:
    """Report ``with contextlib.suppress(...)`` and the like around a durable operation."""
    for item in node.items:
        call = item.context_expr
        names = _suppressed(run, call, frame) | _suppressed_by_stack(run, item, node.body, frame)
        what = f"{ast.unparse(call.func)}()" if isinstance(call, ast.Call) else ast.unparse(call)
        if names & {"BaseException", *_SUSPENSION}:
            run.report(
                "DMC401",
                frame,
                call,
                f"{what} must not suppress BaseException around a durable operation: it swallows the exception by "
                "which the SDK "
                "suspends, so that the workflow goes on without the result; suppress StepError",
            )
        elif names & {"Exception", *_UNRECOVERABLE}:
            run.report(
                "DMC402",
                frame,
                call,
                f"{what} must not suppress Exception around a durable operation: it swallows UnrecoverableError, "
                "such as a "
                "checkpoint that failed; suppress StepError",
            )


def _suppressed_by_stack(run: Run, item: ast.withitem, body: list[ast.stmt], frame: Frame) -> set[str]:
    """Return what the context managers suppress that are entered into an ``ExitStack``."""
    names: set[str] = set()
    match item:
        case ast.withitem(ast.Call(func=made), ast.Name(id=stack)):
            pass
        case _:
            return names
    if not any(
        isinstance(each, Library) and each.path == "contextlib.ExitStack"
        for each in alternatives(run.evaluate(made, frame))
    ):
        return names
    for node in (each for statement in body for each in _own(statement)):
        match node:
            case ast.Call(func=ast.Attribute(ast.Name(id=name), "enter_context"), args=[entered]) if name == stack:
                names |= _suppressed(run, entered, frame)
    return names


def _suppressed(run: Run, manager: ast.expr, frame: Frame) -> set[str]:
    """Return what a context manager suppresses, as far as is known."""
    if not isinstance(manager, ast.Call):
        made = alternatives(run.evaluate(manager, frame))
        return {"BaseException" for each in made if isinstance(each, Instance) and _suppresses_all(each.of)}
    names: set[str] = set()
    call = manager
    for each in alternatives(run.evaluate(call.func, frame)):
        match each:
            case Library(path="contextlib.suppress"):
                given = [run.evaluate(argument, frame) for argument in call.args]
                names.update(_name(one) for value in given for one in alternatives(value))
            case Function(node=ast.FunctionDef() as node):
                names.update(_suppressed_by_generator(run, node, each.frame))
            case Class() if _suppresses_all(each):
                names.add("BaseException")
    return names


def _suppresses_all(of: Class) -> bool:
    """Return whether a class has an ``__exit__`` that returns ``True`` whatever the exception is."""
    method = of.find("__exit__")
    if not isinstance(method, Function) or not isinstance(method.node, ast.FunctionDef):
        return False
    returns = [each for statement in method.node.body for each in _own(statement) if isinstance(each, ast.Return)]
    is_last = bool(returns) and method.node.body[-1] is returns[-1]
    return is_last and all(isinstance(each.value, ast.Constant) and each.value.value is True for each in returns)


def _suppressed_by_generator(run: Run, function: ast.FunctionDef, frame: Frame) -> Iterator[str]:
    for node in (each for statement in function.body for each in _own(statement)):
        if not isinstance(node, (ast.Try, ast.TryStar)) or not _yields(node.body):
            continue
        for handler in node.handlers:
            if any(isinstance(each, ast.Raise) for statement in handler.body for each in _own(statement)):
                return
            yield from (_name(each) for each in _types(run, handler, frame))


def _yields(body: list[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Yield) for statement in body for each in _own(statement))
