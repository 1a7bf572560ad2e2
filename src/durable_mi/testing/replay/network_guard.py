"""No connection is made by code that is replayed: between two operations it would be made again at each replay."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay._sdk import place_between_operations

if TYPE_CHECKING:
    from durable_mi.testing.replay.place import Place

__all__ = ["NetworkReached", "guard_network"]

_REACHES: Final = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"})


class NetworkReached(BaseException):
    """Code that is replayed was about to reach the network.

    No ``except Exception`` of the workflow catches it, so no other branch is taken because of it.

    Attributes:
        place: The line of the workflow.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(f"{place} reaches the network")
        self.place = place


@cache
def guard_network() -> None:
    """Raise :class:`NetworkReached` wherever a replayed workflow reaches the network, from now on."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _REACHES:
        return
    # A path is that of a socket on this machine.
    if event == "socket.connect" and not isinstance(arguments[1], tuple):
        return
    place = place_between_operations(sys._getframe(1))  # noqa: SLF001 - the documented way
    if place is not None:
        raise NetworkReached(place)
