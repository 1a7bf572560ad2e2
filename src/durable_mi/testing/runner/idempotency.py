"""Whether the code of a step passes an idempotency key to what it calls."""

from __future__ import annotations

import dis
import functools
import inspect
import re
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["has_idempotency_key"]

# How AWS, Stripe and others name it: ClientToken, client_request_token, Idempotency-Key, MessageDeduplicationId.
_KEY: Final = re.compile(r"(?i)idempoten|client_?(?:request_?)?token|dedup|ConditionExpression")


def has_idempotency_key(function: object) -> bool:
    """Return whether a function, or a function that it holds, names an idempotency key or a condition for a write.

    Args:
        function: The body of a step.
    """
    return any(
        _KEY.search(text) for each in _functions(function, set()) for text in _texts(each.__code__, each.__doc__)
    )


def _functions(value: Any, seen: set[int]) -> Iterator[FunctionType]:  # noqa: ANN401 - a closure holds anything
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, functools.partial):
        yield from _functions(value.func, seen)
    elif inspect.ismethod(value):
        yield from _functions(value.__func__, seen)
    elif isinstance(value, FunctionType):
        yield value
        for cell in value.__closure__ or ():
            try:
                yield from _functions(cell.cell_contents, seen)
            except ValueError:
                continue  # a cell that is empty until its function is defined
        for name in _globals(value.__code__):
            called = value.__globals__.get(name)
            if isinstance(called, FunctionType) and called.__module__ == value.__module__:
                yield from _functions(called, seen)


def _globals(code: CodeType) -> Iterator[str]:
    """Names of the module that the code reads; ``co_names`` has the names of attributes too."""
    yield from (each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)


def _texts(code: CodeType, docstring: str | None = None) -> Iterator[str]:
    yield from (*code.co_names, *code.co_varnames, *code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, str) and constant != docstring:
            yield constant
        elif isinstance(constant, tuple):
            yield from (each for each in constant if isinstance(each, str))
        elif isinstance(constant, CodeType):
            yield from _texts(constant)
