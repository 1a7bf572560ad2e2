"""The callbacks that an execution waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from durable_mi.operate.bulk.carry_out import Settled
from durable_mi.operate.calls.caller import given
from durable_mi.operate.errors import UsageError
from durable_mi.operate.execution import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.operate.bulk.chosen import Chosen
    from durable_mi.operate.calls.caller import Caller

__all__ = ["Answer", "OpenCallback", "read_open_callbacks"]

_MOST_EVENTS: Final = 1000
_STARTED: Final = "CallbackStarted"


@dataclass(frozen=True, slots=True)
class OpenCallback:
    """A callback that has not been answered.

    Attributes:
        id: What it is answered with.
        name: The operation's name; empty if the handler set none.
    """

    id: str
    name: str


def read_open_callbacks(caller: Caller, arn: str) -> Sequence[OpenCallback]:
    """Return the open callbacks of an execution, oldest first.

    Args:
        caller: The account and region, or the endpoint.
        arn: The execution.

    Raises:
        OperatorError: Its history cannot be read.
    """
    found: dict[str | None, OpenCallback] = {}
    marker: str | None = None
    while True:
        request: dict[str, Any] = given(
            DurableExecutionArn=arn, IncludeExecutionData=False, MaxItems=_MOST_EVENTS, Marker=marker
        )

        def read(request: dict[str, Any] = request) -> tuple[Sequence[Event], str | None]:
            answer = caller.functions.get_durable_execution_history(**request)
            return [Event.from_api(each) for each in answer["Events"]], answer.get("NextMarker")

        events, marker = caller.call(caller.histories, "lambda:GetDurableExecutionHistory", f"execution {arn}", read)
        for event in events:
            if event.type == _STARTED and "CallbackId" in event.details:
                found[event.operation_id] = OpenCallback(event.details["CallbackId"], event.label or "")
            elif event.type.startswith("Callback"):
                found.pop(event.operation_id, None)
        if not marker:
            return list(found.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Answers the callback that an execution waits for.

    Attributes:
        caller: The account and region, or the endpoint.
        send: Sends the answer to a callback id.
        name: Name of the callback. Needed only where an execution waits for several.
        is_named: Whether the user named the executions. One that waits for no callback is then an error.
    """

    caller: Caller
    send: Callable[[str], None]
    name: str | None = None
    is_named: bool = False

    def __call__(self, chosen: Chosen) -> str:
        """Answer it, and return the callback's name.

        Raises:
            Settled: The execution waits for no such callback, and the user has not named it.
            UsageError: It waits for several, or for none although it is named.
            OperatorError: It could not be answered.
        """
        found = read_open_callbacks(self.caller, chosen.execution.arn)
        named = [each for each in found if self.name is None or each.name == self.name]
        if not named:
            others = ", ".join(each.name or each.id for each in found)
            msg = f"waits for no callback{f' {self.name}' if self.name else ''}" + (
                f", but for {others}" if others else ""
            )
            if self.is_named:
                raise UsageError(msg)
            raise Settled(msg)
        if len(named) > 1:
            names = {each.name for each in named}
            waited = ", ".join(each.name if each.name and self.name is None else each.id for each in named)
            fix = "pass --callback NAME" if len(names) == len(named) else "answer one by its id with the AWS CLI"
            msg = f"one callback must be meant, got {waited}: {fix}"
            raise UsageError(msg)
        self.send(named[0].id)
        return named[0].name or named[0].id
