"""Which of the mistakes that AWS's test runner reports as SUCCEEDED replay finds, in code that was not changed."""

from __future__ import annotations

import contextlib
import socket
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration

from durable_mi.testing.replay import RecordedHistory, Verdict, assert_replays, replay_history
from tests.unit.testing.replay.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable

    Workflow = Callable[[Any, DurableContext], Any]

SECOND = Duration.from_seconds(1)


def step_in_step(_event: Any, context: DurableContext) -> Any:
    return context.step(lambda _: context.step(lambda _: 1, name="inner"), name="outer")


def outer_context_in_branch(_event: Any, context: DurableContext) -> Any:
    context.parallel([lambda _child: context.step(lambda _: 1, name="inner")], name="branches")
    return context.step(lambda _: 2, name="last")


def swallowed_suspension(_event: Any, context: DurableContext) -> Any:
    with contextlib.suppress(BaseException):
        context.wait(SECOND, name="pause")
    return context.step(lambda _: 2, name="last")


def swallowed_at_the_end(_event: Any, context: DurableContext) -> Any:
    with contextlib.suppress(BaseException):
        context.wait(SECOND, name="pause")
    return "done"


def swallowed_answer(_event: Any, context: DurableContext) -> Any:
    asked = context.create_callback(name="approval")
    with contextlib.suppress(BaseException):
        return asked.result()
    return "nothing"


def closure_that_steers(_event: Any, context: DurableContext) -> Any:
    seen: list[int] = []
    context.step(lambda _: seen.append(1), name="append")
    if seen:
        context.step(lambda _: 1, name="if seen")
    return "done"


def closure_mutation(_event: Any, context: DurableContext) -> Any:
    seen: list[int] = []
    context.step(lambda _: seen.append(1), name="append")
    return len(seen)


def uuid_used_twice(_event: Any, context: DurableContext) -> Any:
    key = str(uuid.uuid4())
    context.step(lambda _: key, name="charge")
    return key


def uuid_as_name(_event: Any, context: DurableContext) -> Any:
    return context.step(lambda _: 1, name=f"charge {uuid.uuid4()}")


def late_binding(_event: Any, context: DurableContext) -> Any:
    branches = [lambda child: child.step(lambda _: item, name="item") for item in range(2)]  # noqa: B023 - the mistake
    return context.parallel(branches).get_results()


def answer_not_awaited(_event: Any, context: DurableContext) -> Any:
    asked = context.create_callback(name="approval")
    return context.step(lambda _: "yes", name="ship") if asked.result else "no"  # type: ignore[truthy-function]


FOUND: dict[Workflow, tuple[Verdict, str | None]] = {
    step_in_step: (Verdict.ENDS_EARLY, "Step 'inner'"),
    outer_context_in_branch: (Verdict.DIVERGES, "Step 'inner'"),
    swallowed_suspension: (Verdict.DIVERGES, "the suspension at Wait 'pause' to end the invocation"),
    swallowed_at_the_end: (Verdict.DIVERGES, "the suspension at Wait 'pause' to end the invocation"),
    swallowed_answer: (
        Verdict.DIVERGES,
        "the suspension at the result of Callback 'approval' to end the invocation",
    ),
    closure_that_steers: (Verdict.ENDS_EARLY, "Step 'if seen'"),
    uuid_as_name: (Verdict.DIVERGES, None),
}


def history_of(workflow: Workflow) -> RecordedHistory:
    """Return the history of a workflow that its code records and AWS's runner reports as SUCCEEDED."""
    history = RecordedHistory.parse(record(durable_execution(workflow), {}), workflow.__name__)
    assert "SUCCEEDED" == history.status
    return history


@pytest.mark.parametrize("workflow", FOUND, ids=lambda each: each.__name__)
def test_replay_finds(workflow: Workflow) -> None:
    """In the history of the code itself."""
    verdict, expected = FOUND[workflow]
    finding = replay_history(history_of(workflow), durable_execution(workflow)).finding
    assert verdict == finding.verdict
    assert expected in {None, finding.expected}
    assert finding.place is not None
    assert __file__ == finding.place.file


@pytest.mark.parametrize("workflow", [closure_mutation, uuid_used_twice], ids=lambda each: each.__name__)
def test_replay_finds_with_the_result(workflow: Workflow) -> None:
    """The operations are the same, and what the handler returns is not."""
    history, handler = history_of(workflow), durable_execution(workflow)
    (found,) = assert_replays([history], handler)
    assert found.result_differs
    with pytest.raises(AssertionError, match="returns another result than recorded"):
        assert_replays([history], handler, same_result=True)


@pytest.mark.parametrize("workflow", [late_binding, answer_not_awaited], ids=lambda each: each.__name__)
def test_replay_does_not_find(workflow: Workflow) -> None:
    """What is wrong in the same way each time is for lint and crash tests."""
    assert_replays([history_of(workflow)], durable_execution(workflow), same_result=True)


def test_the_network_is_not_reached() -> None:
    """Between operations each replay would reach it again; a step may, since it does not run."""
    recording = True

    def workflow(_event: Any, context: DurableContext) -> Any:
        context.step(lambda _: 1, name="one")
        if not recording:
            socket.create_connection(("192.0.2.1", 9), timeout=0.1)
        return 2

    history = history_of(workflow)
    recording = False
    finding = replay_history(history, durable_execution(workflow)).finding
    assert Verdict.HAS_EFFECTS == finding.verdict
    assert "test_silent_mistakes.py:" in str(finding)
