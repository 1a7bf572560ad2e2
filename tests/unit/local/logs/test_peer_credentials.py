"""The process at the other end of a socket."""

from __future__ import annotations

import os
import socket
import struct

from durable_mi.local.logs.peer_credentials import peer_pid


class DarwinSocket:
    """Answers as Darwin's headers say, since no Mac is at hand."""

    asked: tuple[int, int] | None = None

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Return process 4711."""
        self.asked = (level, option)
        return struct.pack("i", 4711)[:size]


def test_the_kernel_tells_the_peer() -> None:
    """Both ends of a pair are this process's."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert os.getpid() == peer_pid(ours)


def test_darwin_is_asked_in_its_own_way() -> None:
    """With SOL_LOCAL and LOCAL_PEERPID."""
    connection = DarwinSocket()
    assert 4711 == peer_pid(connection, "darwin")
    assert (0, 2) == connection.asked
