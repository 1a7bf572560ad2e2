"""Calls of any service of the account, with their errors in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.errors import ServiceError

if TYPE_CHECKING:
    from durable_mi.operate.connection import Connection

__all__ = ["Calls"]

_MOST_PAGES: Final = 100
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Calls:
    """Reads of an account; nothing here changes anything.

    Attributes:
        connection: The account and region, or the endpoint.
        is_local: Whether it is the local runtime, where there is neither network nor IAM. Another emulator on this
            machine is asked for both.
    """

    connection: Connection
    is_local: bool
    _clients: dict[str, Any] = field(default_factory=dict)

    def call(self, action: str, subject: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3's
        """Make a call.

        Args:
            action: The IAM action, such as ``ec2:DescribeSubnets``, which names service and operation.
            subject: What it is about, for the error.
            request: The operation's parameters.

        Raises:
            ServiceError: It failed, or the answer is not of the shape that AWS describes.
        """
        service, _, operation = action.partition(":")
        with self.connection.explained(action, subject):
            if service not in self._clients:
                self._clients[service] = self.connection.client(service)
            answer = getattr(self._clients[service], _WORD.sub("_", operation).lower())(**request)
        if not isinstance(answer, dict):
            msg = f"{action} on {subject} must return what AWS describes, got {type(answer).__name__}"
            raise ServiceError(msg)
        return answer

    def every(self, action: str, subject: str, key: str, **request: Any) -> list[Any]:  # noqa: ANN401 - as boto3's
        """Return the items of all pages of a list.

        Args:
            action: As in :meth:`call`.
            subject: As in :meth:`call`.
            key: The member of an answer that has the items.
            request: The operation's parameters.

        Raises:
            ServiceError: A call failed, or the list has no end.
        """
        found: list[Any] = []
        more: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            answer = self.call(action, subject, **request, **more)
            found += answer.get(key) or []
            marker = next((name for name in ("NextToken", "NextMarker", "Marker") if answer.get(name)), None)
            if marker is None:
                return found
            more = {"Marker" if marker == "NextMarker" else marker: answer[marker]}
        msg = f"{action} on {subject} must end, got more than {_MOST_PAGES} pages: nothing is concluded from it"
        raise ServiceError(msg)
