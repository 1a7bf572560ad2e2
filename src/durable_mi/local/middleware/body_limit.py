"""The size of request bodies, which is checked before they are read and while they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

__all__ = ["BodyTooLargeError", "limited"]

_DIGITS: Final = 18
"""A length of more digits is too large, whatever it is."""


class BodyTooLargeError(Exception):
    """A request's body has more bytes than are served."""


def limited(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Return what receives a request with a limited body.

    Args:
        scope: The request.
        receive: Receives its messages.
        limit: Bytes of a body at most.

    Raises:
        BodyTooLargeError: The request says that its body has more. What receives raises it too, once more have arrived
            of a body without a length.
    """
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not length.isdigit() or len(length) > _DIGITS or int(length) > limit:
        raise BodyTooLargeError
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyTooLargeError
        return message

    return receive_limited
