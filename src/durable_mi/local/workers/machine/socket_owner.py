"""Which process a connection from a loopback port belongs to."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["socket_owner"]


def socket_owner(port: int, pids: Iterable[int]) -> int | None:
    """Return the process that has a connection from a port of 127.0.0.1, ``None`` if none of these has.

    Args:
        port: TCP port of the connection's end in the process.
        pids: The processes that it can be.
    """
    if sys.platform != "linux":
        return next((pid for pid in pids if port in _ports(pid)), None)
    inode = _inode(port)
    return next((pid for pid in pids if inode is not None and inode in _inodes(pid)), None)


def _ports(pid: int) -> set[int]:
    with contextlib.suppress(psutil.Error):
        return {connection.laddr.port for connection in psutil.Process(pid).net_connections("tcp4")}
    return set()


def _inode(port: int) -> str | None:
    """Return the socket's number. psutil reads the whole table for each process, which holds up everyone else."""
    local = f"0100007F:{port:04X}" if sys.byteorder == "little" else f"7F000001:{port:04X}"
    with open("/proc/net/tcp") as table:  # noqa: PTH123 - a file of the kernel, as below
        # proc(5): number, local address, remote address, ..., and as the tenth field the inode.
        return next((fields[9] for fields in map(str.split, table) if fields[1] == local), None)


def _inodes(pid: int) -> set[str]:
    """Return the numbers of a process's sockets; none if it has ended."""
    found = set()
    directory = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for descriptor in os.listdir(directory):  # noqa: PTH208 - names are enough
            with contextlib.suppress(OSError):
                target = os.readlink(f"{directory}/{descriptor}")  # noqa: PTH115 - as above
                found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found
