"""Errors of the runtime and of handlers, in the shape in which Lambda reports them."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["Fault", "error_object", "error_of"]

_PACKAGE = __name__.rpartition(".")[0]


class Fault(Exception):  # noqa: N818 - it reports the user's error, under the name that Lambda gives it
    """What the runtime itself finds wrong.

    Args:
        kind: Lambda's name of it, such as ``Runtime.ImportModuleError``.
        message: What is wrong.
        trace: Lines to show as the stack trace.
    """

    def __init__(self, kind: str, message: str, trace: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.trace = tuple(trace)


def error_object(kind: str, message: str, trace: Sequence[str], request_id: str = "") -> dict[str, Any]:
    """Return an error in the shape of the Runtime API, which the caller gets too."""
    return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": list(trace)}


def error_of(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """Return the error object of an exception; a handler's stack trace begins with the handler's own frame."""
    if isinstance(error, Fault):
        return error_object(error.kind, error.message, error.trace, request_id)
    trace = traceback.format_list(traceback.extract_tb(_outside(error.__traceback__)))
    return error_object(type(error).__name__, str(error), trace, request_id)


def _outside(trace: TracebackType | None) -> TracebackType | None:
    """Return the first frame that is neither this package's nor the import machinery's."""
    start = trace
    while start is not None:
        module = str(start.tb_frame.f_globals.get("__name__", ""))
        if not (module.startswith(f"{_PACKAGE}.") or module in {"importlib", "importlib._bootstrap"}):
            return start
        start = start.tb_next
    return trace
