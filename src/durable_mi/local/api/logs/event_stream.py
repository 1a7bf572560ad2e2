"""AWS's event stream encoding, in which a call's response goes on while it is open."""

from __future__ import annotations

import json
import struct
from binascii import crc32
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MEDIA_TYPE", "encode_event"]

MEDIA_TYPE: Final = "application/vnd.amazon.eventstream"

_STRING: Final = 7
_CHECKSUM_BYTES: Final = 4
_PRELUDE_BYTES: Final = 12


def encode_event(kind: str, content: Mapping[str, object]) -> bytes:
    """Encode one event.

    Args:
        kind: The event's name in AWS's model.
        content: Its members.
    """
    named = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    headers = b"".join(_header(name, value) for name, value in named.items())
    payload = json.dumps(content).encode()
    length = _PRELUDE_BYTES + len(headers) + len(payload) + _CHECKSUM_BYTES
    prelude = _with_checksum(struct.pack("!II", length, len(headers)))
    return _with_checksum(prelude + headers + payload)


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text


def _with_checksum(content: bytes) -> bytes:
    return content + struct.pack("!I", crc32(content))
