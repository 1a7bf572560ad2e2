"""The end of a process that another process started."""

from __future__ import annotations

import asyncio
import os
import sys

import psutil

__all__ = ["process_end"]

_LOOK_S = 0.5


async def process_end(pid: int) -> None:
    """Wait until a process has ended, whoever is to reap it.

    Linux reports it; elsewhere it is looked at now and then.

    Args:
        pid: The process.
    """
    if sys.platform == "linux":
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        await _readable(handle)
    else:
        while _runs(pid):  # noqa: ASYNC110 - nothing else reports it
            await asyncio.sleep(_LOOK_S)


async def _readable(handle: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
