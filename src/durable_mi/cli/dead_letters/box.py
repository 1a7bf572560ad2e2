"""The dead letters that a command is about, with their queues and origins."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.cli.executions.scope import ExecutionScope
from durable_mi.operate.dead_letters.origin import find_origins
from durable_mi.operate.dead_letters.queue import DeadLetterQueue, queue_arn
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from durable_mi.cli.dead_letters.options import LetterRequest
    from durable_mi.operate.dead_letters.letter import DeadLetter
    from durable_mi.operate.dead_letters.origin import Origin
    from durable_mi.operate.selection.functions import DurableFunction

__all__ = ["Boxed", "open_box"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Boxed:
    """A dead letter in its queue.

    Attributes:
        letter: The message.
        queue: Its queue.
        functions: The functions whose dead letters go there.
        origin: Its execution; ``None`` if none or several fit.
    """

    letter: DeadLetter
    queue: DeadLetterQueue
    functions: Sequence[DurableFunction]
    origin: Origin | None

    @property
    def function(self) -> DurableFunction | None:
        """Its function; ``None`` if several share the queue and the execution is not known."""
        if self.origin is not None:
            return self.origin.function
        return self.functions[0] if len(self.functions) == 1 else None

    def described(self) -> str:
        """Return it in one line."""
        where = self.function.label if self.function is not None else "one of several functions"
        name = "execution not known" if self.origin is None else self.origin.execution.name
        sent = "" if self.letter.sent is None else f", sent {self.letter.sent.astimezone():%Y-%m-%d %H:%M:%S}"
        return f"{self.letter.id}: {where}, {name}{sent}: {self.letter.error or 'no error message'}"


@contextmanager
def open_box(request: LetterRequest) -> Iterator[tuple[ExecutionScope, Sequence[Boxed]]]:
    """Receive the dead letters; those that are still there afterwards are released.

    Raises:
        UsageError: A message id is not there, or no function has a queue.
        OperatorError: Something cannot be read.
    """
    scope = ExecutionScope.open(request.where)
    by_queue: dict[str, list[DurableFunction]] = {}
    functions = scope.functions()
    for each in functions:
        try:
            by_queue.setdefault(queue_arn(scope.connection, each), []).append(each)
        except UsageError:
            if len(functions) == 1:
                raise
    if not by_queue:
        names = ", ".join(each.label for each in functions)
        msg = f"one of the functions {names} must have a dead-letter queue, got none"
        raise UsageError(msg)
    queues = {arn: DeadLetterQueue.open(scope.connection, arn) for arn in by_queue}
    received: dict[str, Sequence[DeadLetter]] = {}
    try:
        for arn, queue in queues.items():
            received[arn] = queue.receive(limit=request.limit)
        yield scope, _selected(scope, request, queues, by_queue, received)
    finally:
        for arn, letters in received.items():
            queues[arn].release(letters)


def _selected(
    scope: ExecutionScope,
    request: LetterRequest,
    queues: Mapping[str, DeadLetterQueue],
    functions: Mapping[str, Sequence[DurableFunction]],
    received: Mapping[str, Sequence[DeadLetter]],
) -> Sequence[Boxed]:
    there = {each.id for letters in received.values() for each in letters}
    missing = [each for each in request.ids if each not in there]
    if missing:
        msg = f"MESSAGE_ID must be of a message in the queue, got {', '.join(missing)}: `durable-mi dead-letters list`"
        raise UsageError(msg)
    found: list[Boxed] = []
    for arn, letters in received.items():
        wanted = [each for each in letters if _is_wanted(each, request)]
        origins = find_origins(scope.caller, functions[arn], wanted)
        found += [
            Boxed(letter=each, queue=queues[arn], functions=functions[arn], origin=origins.get(each.id))
            for each in wanted
        ]
    return found


def _is_wanted(letter: DeadLetter, request: LetterRequest) -> bool:
    if request.ids and letter.id not in request.ids:
        return False
    return request.error is None or request.error.casefold() in (letter.error or "").casefold()
