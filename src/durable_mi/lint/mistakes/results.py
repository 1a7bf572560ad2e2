"""Results that cannot be written down: of a step, or of the workflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Awaitable, DurableCall, Function, Instance, Partial
from durable_mi.lint.code.values import (
    NOTHING,
    Callback,
    Collection,
    Constant,
    Context,
    Made,
    Text,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.reading.run import Run

__all__ = ["require_result", "require_step_result", "step_result"]

# Neither JSON nor the SDK's own types.
_OBJECT: Final = re.compile(
    r"(?:boto3|botocore)\.(?:client|resource|Session)\(\)(?:\.[A-Z]\w*\(\))?"
    r"|(?:requests|httpx)(?:\.(?:Session|Client)\(\))?\.(?:get|post|put|patch|delete|head|request)\(\)|urllib\.request\.urlopen\(\)"
    r"|open\(\)|threading\.\w+\(\)|collections\.deque\(\)|re\.compile\(\)|datetime\.timedelta\(\)|pathlib\.Path\(\)"
    r"|concurrent\.futures\.\w+\(\).*"
)
_NOT_JSON: Final = re.compile(
    r"datetime\.(?:datetime|date|time|timedelta)(?:\.(?:now|utcnow|today|fromisoformat|fromtimestamp|strptime|combine))?\(\)"
    r"|decimal\.Decimal\(\)|uuid\.(?:uuid[1-8]|UUID)\(\)|aws_durable_execution_sdk_python\.BatchResult\(\)"
)
_PLAIN_BASES: Final = frozenset(
    {
        "dict",
        "list",
        "str",
        "int",
        "float",
        "tuple",
        "typing.TypedDict",
        "typing_extensions.TypedDict",
        "typing.NamedTuple",
        "bool",
    }
)
_DEEPEST: Final = 4


def require_step_result(run: Run, result: Value, node: ast.AST, frame: Frame) -> None:
    """Report what a step returns and the SDK cannot write down."""
    if (problem := _problem(result, is_json=False, depth=_DEEPEST)) is not None:
        run.report(
            "DMC601",
            frame,
            node,
            f"a step must return what the SDK can write down, got {problem}: the step fails after its work is done; "
            "return plain "
            "values such as a dict or a list",
        )


def require_result(run: Run, result: Value, node: ast.AST, frame: Frame) -> None:
    """Report what a workflow returns and JSON cannot hold."""
    if (problem := _problem(result, is_json=True, depth=_DEEPEST)) is not None:
        run.report(
            "DMC601",
            frame,
            node,
            f"a workflow must return JSON, got {problem}: the execution fails at its end; return plain values, such as "
            "the text of it",
        )


def step_result(result: Value) -> Value:
    """Return what the flow sees of a step's result: recorded, so that it no longer differs."""
    match result:
        case Constant():
            return Constant(result.value)
        case Text():
            return Text(result.parts)
        case Made(path=path) if path.startswith("pathlib."):
            return Made(path, result.arguments)
    return NOTHING


def _problem(value: Value, *, is_json: bool, depth: int) -> str | None:
    for each in alternatives(value):
        if (problem := _of_one(each, is_json=is_json, depth=depth)) is not None:
            return problem
    return None


def _of_one(value: Value, *, is_json: bool, depth: int) -> str | None:  # noqa: C901, PLR0911 - one for each kind
    match value:
        case Constant(value=bytes()) if is_json:
            return "bytes"
        case Collection(type="set"):
            return "a set"
        case Collection(type="generator"):
            return "a generator"
        case Collection(elements=elements) if depth:
            inner = (_problem(each, is_json=is_json, depth=depth - 1) for each in elements)
            return next((each for each in inner if each is not None), None)
        case Instance(of=of):
            bases = set(of.library_bases())
            if "?" in bases or any(base in _PLAIN_BASES or "enum." in base or "Exception" in base for base in bases):
                return None
            return f"an object of the class {of.node.name}"
        case Awaitable():
            return "a coroutine, which is never awaited"
        case Function() | Partial():
            return "a function"
        case DurableCall(function=function):
            return f"{function.name}(...), which is a step that never ran"
        case Callback() | Context():
            return "an object of the SDK"
        case Made(path=path):
            if _OBJECT.fullmatch(path) or (is_json and _NOT_JSON.fullmatch(path)):
                return f"what {path.removesuffix('()')}() returns"
    return None
