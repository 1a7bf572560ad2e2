"""A message in a dead-letter queue: the event of an execution that did not succeed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DeadLetter"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """A message, as it was received.

    Attributes:
        id: ``MessageId``; it stays the same each time the message is received.
        receipt: ``ReceiptHandle``, with which it is removed or released.
        body: The event, as it was sent to the function.
        sent: When Lambda sent it to the queue, with time zone; ``None`` if the queue does not return it.
        request_id: ``RequestID`` attribute.
        error_code: ``ErrorCode`` attribute, an HTTP status.
        error: ``ErrorMessage`` attribute.
    """

    id: str
    receipt: str
    body: str
    sent: datetime | None
    request_id: str | None
    error_code: str | None
    error: str | None

    @classmethod
    def from_api(cls, message: Mapping[str, Any]) -> DeadLetter:
        """Read a message of ``ReceiveMessage``."""
        sent = message.get("Attributes", {}).get("SentTimestamp")
        return cls(
            id=message["MessageId"],
            receipt=message["ReceiptHandle"],
            body=message["Body"],
            sent=None if sent is None else datetime.fromtimestamp(int(sent) / 1000, UTC),
            request_id=_attribute(message, "RequestID"),
            error_code=_attribute(message, "ErrorCode"),
            error=_attribute(message, "ErrorMessage"),
        )


def _attribute(message: Mapping[str, Any], name: str) -> str | None:
    value: str | None = message.get("MessageAttributes", {}).get(name, {}).get("StringValue")
    return value
