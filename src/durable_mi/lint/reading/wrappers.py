"""What wraps a function and returns a function: decorators of the SDK and of Python, and partial calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Class, Function, Partial
from durable_mi.lint.code.sdk import DECORATORS, SDK
from durable_mi.lint.code.values import NOTHING, Library, Value, alternatives, join

if TYPE_CHECKING:
    from durable_mi.lint.code.call import Call
    from durable_mi.lint.reading.run import Run

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


def decorate(run: Run, name: str, call: Call) -> Value:
    """Return what a decorator of the SDK makes of a function, or the decorator again if it was given options."""
    functions = [each for each in alternatives(call.value(0, "func") or NOTHING) if isinstance(each, Function)]
    if not functions:
        return Library(f"{SDK}.{name}")
    return join(*(run.created(replace(each, kind=DECORATORS[name])) for each in functions))


def wraps(path: str, call: Call) -> Value | None:
    """Return what a wrapper of Python's own returns; ``None`` if it is none that is known."""
    first = call.arguments[0] if call.arguments else None
    if path in _PARTIAL and first is not None:
        return Partial(first, call.arguments[1:], dict(call.keywords))
    if path == "typing.cast" and len(call.arguments) > 1:
        return call.arguments[1]
    if path in _MARKS and first is not None:
        mark = path.rpartition(".")[2].replace("cached_property", "property")
        return join(*(_marked(each, mark) for each in alternatives(first)))
    if path in _SAME or path.startswith(_SAME_OF_POWERTOOLS):
        is_wrapped = path != "functools.wraps" and isinstance(first, (Function, Class))
        return first if is_wrapped else Library(f"{path.removesuffix('()')}()")
    return None


def _marked(value: Value, mark: str) -> Value:
    return replace(value, marks=value.marks | {mark}) if isinstance(value, Function) else value
