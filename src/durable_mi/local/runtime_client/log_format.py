"""Log lines in Lambda's JSON format, the only one that managed instances have."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any, ClassVar

from .marshal import to_json

__all__ = ["RequestIds", "log_error", "set_up_logging"]

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_BUILT_IN = frozenset(vars(logging.makeLogRecord({}))) | {"aws_request_id", "taskName", "asctime", "message"}


class RequestIds(logging.Filter):
    """Marks every record with the request that is being served; it passes all of them."""

    current: ClassVar[str] = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the request id."""
        record.aws_request_id = RequestIds.current
        return True


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object in a line."""

    def __init__(self) -> None:
        super().__init__(datefmt=_TIME)

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; what its call passed as ``extra`` is beside Lambda's own fields."""
        level = min(logging.CRITICAL, max(0, record.levelno)) // 10 * 10
        kind, error, trace = record.exc_info or (None, None, None)
        as_is = isinstance(record.msg, dict) and not record.args
        fields: dict[str, Any] = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": logging.getLevelName(level),
            "message": record.msg if as_is else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if record.exc_info else None,
            "errorType": kind.__name__ if kind else None,
            "errorMessage": str(error) if record.exc_info else None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None,
        }
        extra = {name: value for name, value in vars(record).items() if name not in _BUILT_IN and name not in fields}
        written = {name: value for name, value in {**fields, **extra}.items() if value is not None}
        return json.dumps(written, ensure_ascii=False, default=str)


class _Output(logging.Handler):
    """Writes to standard output as it is at that moment, so that what replaces it takes the lines too."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(f"{self.format(record)}\n")


def set_up_logging(level: str) -> None:
    """Give the root logger Lambda's format and level.

    Args:
        level: A level's name; ``TRACE`` means ``DEBUG``, and what is not a level leaves the root logger's own.
    """
    logging.Formatter.converter = time.gmtime
    output = _Output()
    output.setFormatter(JsonFormatter())
    output.addFilter(RequestIds())
    root = logging.getLogger()
    root.addHandler(output)
    name = "DEBUG" if level.upper() == "TRACE" else level.upper()
    if name in logging.getLevelNamesMapping():
        root.setLevel(name)


def log_error(error: dict[str, Any]) -> None:
    """Write an error object as its own log line."""
    fields = {"timestamp": time.strftime(_TIME, time.gmtime()), "level": "ERROR", **error}
    sys.stdout.write(f"{to_json(fields)}\n")
