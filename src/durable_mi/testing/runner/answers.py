"""The answers that a test has prepared for callbacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from durable_mi.operate.selection.callback_name import callback_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.testing.runner._aws import Engine
    from durable_mi.testing.runner.operations import RunOperation

__all__ = ["Answers"]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    result: str | None = None
    error_type: str = ""
    message: str = ""
    timeout: bool = False
    used: bool = False


class Answers:
    """Answers for callbacks by name; each callback of the name gets it."""

    def __init__(self) -> None:
        self._answers: dict[str, _Answer] = {}
        self._sent: set[str] = set()

    def succeed(self, name: str, result: str | None) -> None:
        """Prepare a result."""
        self._answers[name] = _Answer(result=result)

    def fail(self, name: str, error_type: str, message: str) -> None:
        """Prepare an error."""
        self._answers[name] = _Answer(error_type=error_type, message=message)

    def time_out(self, name: str) -> None:
        """Prepare a timeout."""
        self._answers[name] = _Answer(timeout=True)

    def begin(self) -> None:
        """Begin another run: no answer is used, and no callback has one."""
        self._sent.clear()
        self._answers = {name: replace(answer, used=False) for name, answer in self._answers.items()}

    def unused(self) -> list[str]:
        """Return the names that no callback had."""
        return [name for name, answer in self._answers.items() if not answer.used]

    def send(self, engine: Engine, arn: str, operations: Sequence[RunOperation]) -> bool:
        """Send the answer of each callback that waits, and return whether there was one.

        Args:
            engine: The engine that runs the execution.
            arn: The execution.
            operations: Its operations.
        """
        sent = False
        for each in operations:
            name = callback_name(each.name)
            answer = self._answers.get(name)
            if each.kind != "callback" or each.has_ended or answer is None or not each.callback_id:
                continue
            if each.callback_id in self._sent:
                continue
            self._sent.add(each.callback_id)
            self._answers[name] = replace(answer, used=True)
            sent = True
            if answer.timeout:
                engine.time_out_callback(arn, each.callback_id)
            elif answer.error_type:
                engine.fail_callback(each.callback_id, answer.error_type, answer.message)
            else:
                engine.succeed_callback(each.callback_id, answer.result)
        return sent
