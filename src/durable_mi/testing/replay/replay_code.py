"""The code that histories are replayed on, in a process of its own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay.errors import HandlerError
from durable_mi.testing.replay.replay_worker import ReplayWorker, WorkerEndedError, WorkerTimeoutError
from durable_mi.testing.replay.time_limit import TIMEOUT_S
from durable_mi.testing.replay.verdict import Finding, HistoryVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from durable_mi.testing.replay.recorded_history import RecordedHistory

__all__ = ["ReplayCode"]

_PROGRAM: Final = Path(__file__).with_name("replay_process.py")
_NO_ACCOUNT: Final = {
    "AWS_ACCESS_KEY_ID": "replay",
    "AWS_SECRET_ACCESS_KEY": "replay",
    "AWS_SESSION_TOKEN": "replay",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Whatever a module does when it is imported, it does with credentials of no account."""

_REGION: Final = "us-east-1"
_GRACE_S: Final = 10.0
"""The process itself interrupts code that blocks, and says at which line. After that it is ended from outside."""


@dataclass(frozen=True, slots=True)
class ReplayCode:
    """A handler, and how its process finds it.

    Attributes:
        handler: ``package.module.function``, as Lambda takes it.
        directories: Where its modules are; they come before what is installed.
        environment: Its environment variables, beside those of this process.
        python: The interpreter.
        timeout: How many seconds the replay of one history may take, and to load the handler.
    """

    handler: str
    directories: Sequence[Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    timeout: float = TIMEOUT_S

    def replay(self, histories: Sequence[RecordedHistory], *, with_operations: bool = False) -> list[HistoryVerdict]:
        """Replay histories; nothing of them is written to a file.

        A history at which the code blocks has the verdict ``TIMES_OUT``; the process is ended, and another one replays
        those that are left.

        Args:
            histories: The histories.
            with_operations: Whether the findings have the operations of histories that replay, too.

        Raises:
            HandlerError: The handler cannot be loaded, or is not that of a durable function.
        """
        found: list[HistoryVerdict] = []
        while len(found) < len(histories):
            left = histories[len(found) :]
            found += self._replay_in_one(left, with_operations=with_operations)
        return found

    def _replay_in_one(self, histories: Sequence[RecordedHistory], *, with_operations: bool) -> list[HistoryVerdict]:
        """Replay histories in one process, up to one at which it had to be ended."""
        request = {
            "handler": self.handler,
            "directories": [str(each.resolve()) for each in self.directories],
            "histories": [{"name": each.name, "document": each.document()} for each in histories],
            "timeout": self.timeout,
            "withOperations": with_operations,
        }
        found: list[HistoryVerdict] = []
        with ReplayWorker([self.python, str(_PROGRAM)], request, self._variables()) as worker:
            try:
                self._load(worker)
                for _ in histories:
                    answer = self._checked(worker.answer(self.timeout + _GRACE_S))
                    found.append(HistoryVerdict.from_document(answer["verdict"]))
            except WorkerTimeoutError:
                found.append(self._ended(histories[len(found)]))
            except WorkerEndedError as ended:
                msg = f"the process that replays {self.handler} must end by itself, {ended}"
                raise HandlerError(msg) from ended
        return found

    def _load(self, worker: ReplayWorker) -> None:
        try:
            self._checked(worker.answer(self.timeout + _GRACE_S))
        except WorkerTimeoutError:
            msg = f"the handler {self.handler} must be imported within {self.timeout:g} s: its modules block"
            raise HandlerError(msg) from None

    def _ended(self, history: RecordedHistory) -> HistoryVerdict:
        came = f"neither the end nor a suspension came within {self.timeout:g} s, and the process had to be ended"
        finding = Finding(Verdict.TIMES_OUT, len(history.events), None, came)
        return HistoryVerdict(history.name, history.arn, history.status, len(history.events), finding)

    @staticmethod
    def _checked(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if "error" in answer:
            raise HandlerError(str(answer["error"]))
        return answer

    def _variables(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _REGION
        return {**own, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, **self.environment, **_NO_ACCOUNT}
