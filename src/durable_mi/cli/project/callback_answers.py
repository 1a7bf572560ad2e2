"""The answers to the callbacks of a demo's execution."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import OperatorError, UsageError
from durable_mi.operate.follow import read_history

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from durable_mi.operate.client import Client
    from durable_mi.operate.execution import Event

__all__ = ["CallbackAnswers"]

_PAUSE_S: Final = 0.2
# The SDK's name for the callback of `wait_for_callback`, after the name of the operation.
_CREATED: Final = " create callback id"


@dataclass(frozen=True, slots=True)
class CallbackAnswers:
    """Results by the name of the callback.

    Attributes:
        results: JSON, by name.
    """

    results: Mapping[str, str]

    @classmethod
    def parse(cls, answers: Sequence[str]) -> CallbackAnswers:
        """Read ``NAME=JSON``.

        Raises:
            UsageError: A text has another form, or a name comes twice.
        """
        results: dict[str, str] = {}
        for answer in answers:
            name, equals, result = answer.partition("=")
            try:
                json.loads(result)
            except (ValueError, RecursionError):
                equals = ""
            if not name or not equals:
                msg = f"""--answer must be NAME=JSON, such as approval='{{"by":"Ada"}}', got {answer!r}"""
                raise UsageError(msg)
            if name in results:
                msg = f"--answer must be given once for each callback, got {name!r} twice"
                raise UsageError(msg)
            results[name] = result
        return cls(results)

    @contextmanager
    def sent(self, client: Client, arn: str) -> Iterator[None]:
        """Answer the execution's callbacks while the block runs."""
        if not self.results:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(target=self._send, args=(client, arn, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _send(self, client: Client, arn: str, ended: threading.Event) -> None:
        answered: set[str] = set()
        while not ended.wait(_PAUSE_S):
            try:
                for callback_id, result in self._open(read_history(client, arn)):
                    if callback_id not in answered:
                        answered.add(callback_id)
                        client.succeed_callback(callback_id, result)
            except OperatorError:
                # A callback that has ended meanwhile takes no answer; who follows the execution reports all else.
                continue

    def _open(self, events: Sequence[Event]) -> Iterator[tuple[str, str]]:
        ended = {event.operation_id for event in events if event.type.startswith("Callback") and not event.is_start}
        for event in events:
            name = (event.name or "").removesuffix(_CREATED)
            if event.type == "CallbackStarted" and event.operation_id not in ended and name in self.results:
                yield str(event.details["CallbackId"]), self.results[name]
