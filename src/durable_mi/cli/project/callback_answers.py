"""The answers to the callbacks of a demo's execution."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.bulk.open_callbacks import read_open_callbacks
from durable_mi.operate.calls.callbacks import Callbacks
from durable_mi.operate.errors import OperatorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from durable_mi.operate.calls.caller import Caller

__all__ = ["CallbackAnswers"]

_PAUSE_S: Final = 0.2


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
    def sent(self, caller: Caller, arn: str) -> Iterator[None]:
        """Answer the execution's callbacks while the block runs."""
        if not self.results:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(target=self._send, args=(caller, arn, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _send(self, caller: Caller, arn: str, ended: threading.Event) -> None:
        answered: set[str] = set()
        while not ended.wait(_PAUSE_S):
            try:
                for callback in read_open_callbacks(caller, arn):
                    if callback.name in self.results and callback.id not in answered:
                        answered.add(callback.id)
                        Callbacks(caller).succeed(callback.id, result=self.results[callback.name].encode())
            except OperatorError:
                # A callback that has ended meanwhile takes no answer; who follows the execution reports all else.
                continue
