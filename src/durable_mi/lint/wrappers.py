"""What wraps a function and returns a function: decorators of the SDK and of Python, and partial calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.sdk import DECORATORS, SDK
from durable_mi.lint.values import Class, Function, Library, Partial, Value, alternatives, join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.lint.run import Run

__all__ = ["decorate", "wraps"]

_PARTIAL: Final = frozenset({"functools.partial", "functools.partialmethod"})
_MARKS: Final = frozenset(
    {"staticmethod", "classmethod", "property", "functools.cached_property", "abc.abstractmethod"}
)
_SAME: Final = frozenset(
    {
        "functools.lru_cache",
        "functools.cache",
        "functools.lru_cache()",
        "functools.wraps",
        "functools.wraps()",
        "contextlib.contextmanager",
        "dataclasses.dataclass",
        "dataclasses.dataclass()",
        "typing.overload",
        "typing.final",
        "enum.unique",
    }
)
_SAME_OF_POWERTOOLS: Final = (
    "aws_lambda_powertools.Logger().inject_lambda_context",
    "aws_lambda_powertools.Tracer().capture_lambda_handler",
    "aws_lambda_powertools.Tracer().capture_method",
    "aws_lambda_powertools.Metrics().log_metrics",
)


def decorate(run: Run, name: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> Value:
    """Return what a decorator of the SDK makes of a function, or the decorator again if it was given options."""
    function = arguments[0] if arguments else keywords.get("func")
    if function is None or not any(isinstance(each, Function) for each in alternatives(function)):
        return Library(f"{SDK}.{name}")
    made: list[Value] = []
    for each in alternatives(function):
        if isinstance(each, Function):
            made.append(run.created(replace(each, kind=DECORATORS[name])))
    return join(*made)


def wraps(run: Run, path: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> Value | None:
    """Return what a wrapper of Python's own returns; ``None`` if it is none that is known."""
    if path in _PARTIAL and arguments:
        return Partial(arguments[0], arguments[1:], dict(keywords))
    if path == "typing.cast" and len(arguments) > 1:
        return arguments[1]
    if path in _MARKS and arguments:
        mark = path.rpartition(".")[2].replace("cached_property", "property")
        return join(*(_marked(each, mark) for each in alternatives(arguments[0])))
    if path in _SAME or path.startswith(_SAME_OF_POWERTOOLS):
        wraps_it = bool(arguments) and path != "functools.wraps" and isinstance(arguments[0], (Function, Class))
        return arguments[0] if wraps_it else Library(f"{path.removesuffix('()')}()")
    return None


def _marked(value: Value, mark: str) -> Value:
    return replace(value, marks=value.marks | {mark}) if isinstance(value, Function) else value
