"""The code that histories are replayed on, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from durable_mi.testing.replay.errors import HandlerError
from durable_mi.testing.replay.verdict import HistoryVerdict

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


@dataclass(frozen=True, slots=True)
class ReplayCode:
    """A handler, and how its process finds it.

    Attributes:
        handler: ``package.module.function``, as Lambda takes it.
        directories: Where its modules are; they come before what is installed.
        environment: Its environment variables, beside those of this process.
        python: The interpreter.
    """

    handler: str
    directories: Sequence[Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable

    def replay(self, histories: Sequence[RecordedHistory]) -> list[HistoryVerdict]:
        """Replay histories; nothing of them is written to a file.

        Raises:
            HandlerError: The handler cannot be loaded, or is not that of a durable function.
        """
        request = {
            "handler": self.handler,
            "directories": [str(each.resolve()) for each in self.directories],
            "histories": [{"name": each.name, "document": each.document()} for each in histories],
        }
        ended = subprocess.run(  # noqa: S603 - this interpreter and a file of this package
            [self.python, str(_PROGRAM)],
            input=json.dumps(request, default=str).encode(),
            capture_output=True,
            env=self._variables(),
            check=False,
        )
        answer = _answer(ended.stdout)
        if answer is None:
            last = (ended.stderr.decode(errors="replace").strip() or "no message").splitlines()[-1]
            msg = f"the process that replays {self.handler} must end by itself, got status {ended.returncode}: {last}"
            raise HandlerError(msg)
        if "error" in answer:
            raise HandlerError(str(answer["error"]))
        return [HistoryVerdict.from_document(each) for each in answer["verdicts"]]

    def _variables(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _REGION
        return {**own, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, **self.environment, **_NO_ACCOUNT}


def _answer(output: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(output)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
