"""The processes of a mount namespace: what a handler starts stays in it, whatever group or session it joins."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

__all__ = ["namespace_members", "own_namespace"]


def own_namespace(pid: int) -> str | None:
    """Return the mount namespace of a process; ``None`` if it is also this process's, or is not known.

    Args:
        pid: The process.
    """
    namespace = _namespace(pid)
    return None if namespace == _namespace(os.getpid()) else namespace


def namespace_members(namespace: str) -> list[int]:
    """Return the processes in a mount namespace.

    Args:
        namespace: What `own_namespace` returned.
    """
    return [pid for pid in psutil.pids() if _namespace(pid) == namespace]


def _namespace(pid: int) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/ns/mnt").readlink())
    except OSError:
        # It has ended, is another user's, or this system has no such thing.
        return None
