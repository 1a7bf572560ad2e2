"""The process that replays, seen from outside: its answers as they come, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

__all__ = ["ReplayWorker", "WorkerEndedError", "WorkerTimeoutError"]

_KEPT_BYTES: Final = 16_384
"""How much of what the code prints is kept, for the message if it ends the process."""


class WorkerTimeoutError(Exception):
    """No answer came in time."""


class WorkerEndedError(Exception):
    """The process ended, or wrote something else than answers; the message says how."""


class ReplayWorker:
    """A process that is given a request, and ends with this context."""

    def __init__(self, command: Sequence[str], request: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        """Start it.

        Args:
            command: What to run.
            request: Goes to its standard input, as JSON.
            variables: All of its environment variables.
        """
        # A session of its own, so that what the code starts can be ended with it.
        self._process = subprocess.Popen(  # noqa: S603 - an interpreter and a file of this package
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(variables),
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._printed = b""
        work = (self._write(json.dumps(request, default=str).encode()), self._read_answers, self._read_printed)
        self._threads = [threading.Thread(target=each, daemon=True) for each in work]
        for each in self._threads:
            each.start()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, and those that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for each in self._threads:
            each.join()

    def answer(self, timeout: float) -> dict[str, Any]:
        """Wait for the next answer.

        Args:
            timeout: For so many seconds.

        Raises:
            WorkerTimeoutError: None came in time.
            WorkerEndedError: There is none.
        """
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise WorkerTimeoutError from None
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            return answer
        status = self._process.wait()
        self._threads[-1].join()
        said = self._printed.decode(errors="replace").strip() or "no message"
        msg = f"got status {status}: {said.splitlines()[-1]}"
        raise WorkerEndedError(msg)

    def _write(self, request: bytes) -> Any:  # noqa: ANN401 - a function
        def write() -> None:
            assert self._process.stdin is not None  # noqa: S101 - it was asked for
            with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
                stdin.write(request)

        return write

    def _read_answers(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line)
        self._lines.put(b"")

    def _read_printed(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - it was asked for
        with self._process.stderr as output:
            while chunk := os.read(output.fileno(), _KEPT_BYTES):
                self._printed = (self._printed + chunk)[-_KEPT_BYTES:]
