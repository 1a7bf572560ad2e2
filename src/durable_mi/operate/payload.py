"""The input of an execution, checked before it is sent."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Never

from durable_mi.limits import MAX_ASYNC_PAYLOAD_BYTES
from durable_mi.operate.errors import UsageError

__all__ = ["Payload"]

_INLINE: Final = "--payload"


@dataclass(frozen=True, kw_only=True, slots=True)
class Payload:
    """JSON that starts an execution.

    Attributes:
        source: Where it came from, for messages.
        body: The original JSON in UTF-8; it is sent unchanged.
    """

    source: str
    body: bytes

    @classmethod
    def empty(cls) -> Payload:
        """Return an empty JSON object, which the service passes to a function that is invoked without input."""
        return cls(source="no payload given", body=b"{}")

    @classmethod
    def parse(cls, body: bytes, *, source: str) -> Payload:
        """Check a payload.

        Args:
            body: JSON in UTF-8.
            source: Where it came from, for messages.

        Raises:
            UsageError: It is too large for an asynchronous invocation or is not JSON.
        """
        _check(source, body)
        return cls(source=source, body=body)

    @classmethod
    def read(cls, path: str) -> Payload:
        """Read and check a payload.

        Args:
            path: JSON, a file, or ``-`` for standard input. What begins like an object, an array or a string is JSON,
                and so is any other JSON value unless it is the name of a file.

        Returns:
            The payload, at most 1 MiB (:data:`durable_mi.limits.MAX_ASYNC_PAYLOAD_BYTES`).

        Raises:
            UsageError: The file cannot be read, is too large for an asynchronous invocation or is not JSON.
        """
        if _is_json(path):
            return cls.parse(path.encode("utf-8", "surrogateescape"), source=_INLINE)
        source = "standard input" if path == "-" else path
        try:
            if path == "-":
                body = _read(sys.stdin.buffer)
            else:
                with Path(path).open("rb") as file:
                    body = _read(file)
        except FileNotFoundError:
            msg = f"payload file must exist, found none at {path}: pass JSON, a file, or - for standard input"
            raise UsageError(msg) from None
        except IsADirectoryError:
            msg = f"payload must be a file, {path} is a directory"
            raise UsageError(msg) from None
        except OSError as error:
            msg = f"payload file {path} cannot be read: {(error.strerror or str(error)).lower()}"
            raise UsageError(msg) from None
        return cls.parse(body, source=source)


def _is_json(text: str) -> bool:
    """Return whether a payload is the JSON itself and no file."""
    if text.lstrip()[:1] in {"{", "[", '"'}:
        return not _is_file(text) or _parses(text)
    return text != "-" and _parses(text) and not _is_file(text)


def _is_file(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # such as a name that is too long for one
        return False


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read(file: BinaryIO) -> bytes:
    """Read at most one byte more than the limit."""
    return file.read(MAX_ASYNC_PAYLOAD_BYTES + 1)


def _check(source: str, body: bytes) -> None:
    if len(body) > MAX_ASYNC_PAYLOAD_BYTES:
        limit = f"{MAX_ASYNC_PAYLOAD_BYTES:,} bytes (1 MiB)"
        msg = f"payload must be at most {limit} for an asynchronous invocation, {source} is larger: pass a reference"
        raise UsageError(msg)
    if not body.strip():
        msg = f"payload must be JSON, {source} is empty: write {{}} for no input"
        raise UsageError(msg)
    try:
        json.loads(body.decode("utf-8"), parse_constant=_reject_constant)
    except UnicodeDecodeError as error:
        msg = f"payload must be UTF-8, {source} has another encoding from byte {error.start + 1} on"
        raise UsageError(msg) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        msg = f"payload must be JSON, {source} is wrong at {where}: {_lower(error.msg)}"
        raise UsageError(msg) from None
    except ValueError as error:
        msg = f"payload must be JSON, {source} is wrong: {error}"
        raise UsageError(msg) from None
    except RecursionError:
        msg = f"payload must be JSON that can be parsed, {source} is nested too deeply"
        raise UsageError(msg) from None


def _reject_constant(name: str) -> Never:
    msg = f"{name} is not a JSON value"
    raise ValueError(msg)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
