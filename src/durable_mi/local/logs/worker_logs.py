"""The socket through which the worker processes of one execution environment write their output.

``awslambdaric`` connects each forked worker's standard output and error to the Unix socket that
the environment names. The kernel knows the peer's process id, so every line is known by
the process that wrote it, and a closed connection means that the process is gone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from durable_mi.local.logs.peer_credentials import peer_pid
from durable_mi.local.logs.process_end import process_end

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["WorkerLogs"]

_MAX_LINE = 1024 * 1024
_LAST_LINES_S = 0.2


class WorkerLogs:
    """Reads what the workers write.

    Args:
        path: Where the socket is made.
        on_line: Called with the process id and each line, without its line end.
        on_exit: Called with the process id when a worker closed its last connection, or ended while a process that it
            has forked keeps one.
    """

    def __init__(self, path: Path, on_line: Callable[[int, str], None], on_exit: Callable[[int], None]) -> None:
        self.path = path
        self._on_line = on_line
        self._on_exit = on_exit
        self._connections: Counter[int] = Counter()
        self._server: asyncio.Server | None = None
        self._readers: set[asyncio.Task[None]] = set()
        self._watches: dict[int, asyncio.Task[None]] = {}

    @property
    def pids(self) -> frozenset[int]:
        """Return the process ids of the workers that are connected."""
        return frozenset(self._connections)

    async def start(self) -> None:
        """Start to listen."""
        self._server = await asyncio.start_unix_server(self._accept, path=str(self.path), limit=_MAX_LINE)

    async def stop(self) -> None:
        """Stop listening, after what the ended processes wrote has been read."""
        for watch in self._watches.values():
            watch.cancel()
        if self._server is not None:
            self._server.close()
        if self._readers:
            _, late = await asyncio.wait(self._readers, timeout=1)
            for reader in late:
                reader.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection: socket.socket = writer.get_extra_info("socket")
        pid = peer_pid(connection)
        self._connections[pid] += 1
        if pid not in self._watches:
            self._watches[pid] = asyncio.create_task(self._watch(pid))
        task = asyncio.current_task()
        if task is not None:
            self._readers.add(task)
            task.add_done_callback(self._readers.discard)
        try:
            await self._read(pid, reader)
        finally:
            writer.close()
            if self._connections.get(pid, 0) > 1:
                self._connections[pid] -= 1
            else:
                self._ended(pid)

    async def _watch(self, pid: int) -> None:
        """Note the end of a worker whose connections outlive it, after what it wrote before has been read."""
        await process_end(pid)
        await asyncio.sleep(_LAST_LINES_S)
        self._ended(pid)

    def _ended(self, pid: int) -> None:
        if pid not in self._connections:
            return
        del self._connections[pid]
        if watch := self._watches.pop(pid, None):
            watch.cancel()
        self._on_exit(pid)

    async def _read(self, pid: int, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await reader.readuntil()
            except asyncio.IncompleteReadError as end:
                line = end.partial
            except asyncio.LimitOverrunError as overrun:
                line = await reader.readexactly(overrun.consumed)
            except ConnectionError:
                return
            if not line:
                return
            text = line.decode(errors="replace").rstrip("\n")
            if text:
                self._on_line(pid, text)
