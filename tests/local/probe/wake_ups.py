"""A workflow in which a lost wake-up stays lost: beside its work a callback is open until the test answers it."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration

if TYPE_CHECKING:
    from collections.abc import Callable


@durable_step
def _busy(_: StepContext, seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@durable_step
def _held(_: StepContext, gate: str) -> None:
    """Run until the test makes a file."""
    deadline = time.monotonic() + 300
    while not Path(gate).exists():
        if time.monotonic() > deadline:
            raise TimeoutError(gate)
        time.sleep(0.02)


@durable_execution
def beside(event: dict[str, Any], context: DurableContext) -> str:
    """Do one kind of work while a callback is open, or nothing but one step."""
    if event["work"] == "nothing":
        return "done"
    if event["work"] == "step":
        context.step(_held(event["gate"]), name="step")
        context.step(_busy(0), name="after")
        return "done"
    context.parallel([_open, lambda branch: _WORK[event["work"]](branch, event)], name="beside")
    return "done"


def _open(context: DurableContext) -> None:
    context.create_callback(name="open").result()


def _rounds(context: DurableContext, event: dict[str, Any]) -> None:
    """Wait beside a step, again and again, with another length of the step each time."""
    for number, seconds in enumerate(event["seconds"]):
        branches: list[Callable[[DurableContext], None]] = [_second, functools.partial(_step, seconds=seconds)]
        context.parallel(branches, name=f"round-{number}")
    context.step(_busy(0), name="after")


def _second(context: DurableContext) -> None:
    context.wait(Duration.from_seconds(1), name="wait")


def _step(context: DurableContext, *, seconds: float) -> None:
    context.step(_busy(seconds), name="step")


def _callback(context: DurableContext, event: dict[str, Any]) -> None:
    """Wait for a callback, which the test answers while a step runs beside it."""
    _beside_a_held_step(context, event, lambda branch: branch.create_callback(name="approval").result())


def _invoke(context: DurableContext, event: dict[str, Any]) -> None:
    """Wait for a chained invoke that ends while a step runs beside it."""
    _beside_a_held_step(
        context, event, lambda branch: branch.invoke(event["target"], {"work": "nothing"}, name="child")
    )


def _hour(context: DurableContext, event: dict[str, Any]) -> None:
    """Skip a wait while a step runs beside it."""
    _beside_a_held_step(context, event, lambda branch: branch.wait(Duration.from_hours(1), name="wait"))


def _beside_a_held_step(
    context: DurableContext, event: dict[str, Any], suspend: Callable[[DurableContext], object]
) -> None:
    def suspended(branch: DurableContext) -> None:
        suspend(branch)
        branch.step(_busy(0), name="after")

    context.parallel([suspended, lambda branch: branch.step(_held(event["gate"]), name="step")], name="both")


_WORK: dict[str, Callable[[DurableContext, dict[str, Any]], None]] = {
    "rounds": _rounds,
    "callback": _callback,
    "invoke": _invoke,
    "hour": _hour,
}
