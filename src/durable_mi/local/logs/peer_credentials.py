"""The process at the other end of a Unix socket."""

from __future__ import annotations

import socket
import struct
import sys
from typing import Final, Protocol

__all__ = ["Connection", "peer_pid"]

_LINUX_CREDENTIALS: Final = struct.Struct("3i")
"""``struct ucred``: process, user and group id. unix(7)."""

_LINUX_PEERCRED: Final = 17
"""``SO_PEERCRED`` in Linux's asm-generic/socket.h; Python names it on Linux only."""

_DARWIN_LEVEL: Final = 0
"""``SOL_LOCAL`` in Darwin's sys/un.h."""

_DARWIN_PEERPID: Final = 2
"""``LOCAL_PEERPID`` in Darwin's sys/un.h."""

_DARWIN_PID: Final = struct.Struct("i")


class Connection(Protocol):
    """An accepted Unix stream socket."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Return what the kernel knows of it."""


def peer_pid(connection: Connection, system: str = sys.platform) -> int:
    """Ask the kernel which process made a connection.

    The branch for macOS follows Darwin's headers and was never run on a Mac.

    Args:
        connection: The socket.
        system: The ``sys.platform`` to ask in the way of.

    Raises:
        OSError: The kernel does not know it.
    """
    if system == "darwin":
        answer = connection.getsockopt(_DARWIN_LEVEL, _DARWIN_PEERPID, _DARWIN_PID.size)
        return int(_DARWIN_PID.unpack(answer)[0])
    answer = connection.getsockopt(socket.SOL_SOCKET, _LINUX_PEERCRED, _LINUX_CREDENTIALS.size)
    return int(_LINUX_CREDENTIALS.unpack(answer)[0])
