"""Waits that can last until the execution times out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from durable_mi.lint.code.closures import free_names
from durable_mi.lint.code.functions import Function, Partial
from durable_mi.lint.code.values import Constant, Made, Value, alternatives

if TYPE_CHECKING:
    from durable_mi.lint.code.call import Call
    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["is_endless", "require_bounded_condition", "require_end", "require_timeout"]

_CONFIGS = ("CallbackConfig()", "WaitForCallbackConfig()")


def require_timeout(run: Run, what: str, config: Value | None, call: Call) -> None:
    """Report a callback that nobody needs to answer."""
    if config is None or (isinstance(config, Constant) and config.value is None):
        unbounded = call.complete
    else:
        unbounded = any(_has_no_timeout(each) for each in alternatives(config))
    if unbounded:
        run.report(
            "DMC501",
            call.frame,
            call.node,
            f"{what} must have a timeout: without one, an answer that never comes keeps the execution until its own "
            "timeout; pass "
            "config=CallbackConfig(timeout=Duration.from_hours(24))",
        )


def _has_no_timeout(config: Value) -> bool:
    if not isinstance(config, Made) or not config.path.endswith(_CONFIGS) or not config.complete or config.arguments:
        return False
    given = [config.keywords.get(name) for name in ("timeout", "heartbeat_timeout")]
    return all(each is None or _is_zero(each) for each in given)


def _is_zero(duration: Value) -> bool:
    if not isinstance(duration, Made) or not duration.complete:
        return False
    values = (*duration.arguments, *duration.keywords.values())
    return all(isinstance(each, Constant) and each.value == 0 for each in values)


def require_bounded_condition(run: Run, config: Value | None, call: Call) -> None:
    """Report a condition that is polled without an end."""
    for each in alternatives(config) if config is not None else ():
        if not isinstance(each, Made) or not each.path.endswith("WaitForConditionConfig()"):
            continue
        strategy = each.keywords.get("wait_strategy", each.arguments[0] if each.arguments else None)
        for one in alternatives(strategy) if strategy is not None else ():
            if _never_gives_up(one):
                run.report(
                    "DMC502",
                    call.frame,
                    call.node,
                    "wait_for_condition() must end: its strategy does not look at the number of attempts, so that it "
                    "polls until "
                    "the execution's timeout; use create_wait_strategy, which gives up after max_attempts",
                )


def _never_gives_up(strategy: Value) -> bool:
    if isinstance(strategy, Partial):
        return _never_gives_up(strategy.function)
    if not isinstance(strategy, Function):
        return False
    node = strategy.node
    arguments = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if strategy.bound is not None:
        arguments = arguments[1:]
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    used = {name.id for statement in body for name in ast.walk(statement) if isinstance(name, ast.Name)}
    # It raises, or compares what it counts or measures with a limit.
    if any(_can_give_up(each) for statement in body for each in ast.walk(statement)):
        return False
    if len(arguments) < 2 or arguments[1] in used:  # noqa: PLR2004 - the state and the number of attempts
        return False
    return not any("deadline" in name or "attempt" in name or "until" in name for name in free_names(node))


def _can_give_up(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for operator in node.ops)
    return isinstance(node, ast.Raise)


def is_endless(iterated: Value) -> bool:
    """Return whether a loop over a value never ends by itself."""
    match iterated:
        case Made(path="itertools.count()" | "itertools.cycle()"):
            return True
        case Made(path="itertools.repeat()", arguments=arguments, keywords=keywords):
            return len(arguments) == 1 and not keywords
    return False


def require_end(run: Run, loop: ast.For | ast.AsyncFor | ast.While, operations: int, frame: Frame) -> None:
    """Report an endless loop around operations with no way out."""
    if run.operations > operations and frame.zone.is_replayed and not _leaves(loop.body):
        run.report(
            "DMC504",
            frame,
            loop,
            "a loop of operations must end: this one runs until the execution's timeout, and its history grows with "
            "each turn; "
            "use a number of turns, or start a new execution",
        )


def _leaves(body: list[ast.stmt], *, inner: bool = False) -> bool:
    for statement in body:
        if isinstance(statement, (ast.Return, ast.Raise)) or (isinstance(statement, ast.Break) and not inner):
            return True
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        is_loop = isinstance(statement, (ast.For, ast.While, ast.AsyncFor))
        for name in ("body", "orelse", "finalbody"):
            if _leaves(getattr(statement, name, []), inner=inner or (is_loop and name == "body")):
                return True
        for part in (*getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
            if _leaves(part.body, inner=inner):
                return True
    return False
