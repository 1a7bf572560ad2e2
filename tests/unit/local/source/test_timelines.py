"""The timeline of a local execution, read beside the API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playing import play, until_idle

from durable_mi.local.logs.store import LogStore
from durable_mi.local.notices.notices import Notices
from durable_mi.local.source.executions import LocalExecutions
from durable_mi.local.source.timelines import LocalTimelines
from durable_mi.local.workers.invocation_record import InvocationRecords
from durable_mi.operate.errors import NotFoundError
from durable_mi.operate.execution import Event

if TYPE_CHECKING:
    from playing import Functions

STEP = {"Id": "step", "Type": "STEP", "Name": "charge"}


def executions(functions: Functions) -> LocalExecutions:
    """Return the source over a service whose functions are unknown."""
    registry: Any = functions
    timelines = LocalTimelines(functions.service, InvocationRecords(), LogStore(), Notices())
    return LocalExecutions(registry, functions.service, timelines, "http://127.0.0.1:3210")


def test_it_has_the_events_of_the_api() -> None:
    """Each with its moment and its data."""

    async def scene(functions: Functions) -> tuple[list[Event], Any]:
        handler = await functions.begin()
        await handler.checkpoint({**STEP, "Action": "START"}, {**STEP, "Action": "SUCCEED", "Payload": "1"})
        handler.returns("SUCCEEDED", Result='"done"')
        await until_idle(functions.service, handler.arn)
        timelines = LocalTimelines(functions.service, InvocationRecords(), LogStore(), Notices())
        timeline = await timelines.read(handler.arn, None)
        return [Event.from_api(each) for each in functions.service.history(handler.arn)], timeline

    events, timeline = play(scene)
    assert ["ExecutionStarted", "StepStarted", "StepSucceeded"] == [each.type for each in events][:3]
    assert events == list(timeline.events)
    assert [("charge", "SUCCEEDED", "1")] == [(span.name, span.status, span.result) for span in timeline.spans]
    assert ("SUCCEEDED", '"done"') == (timeline.execution.status, timeline.execution.result)
    assert datetime.now(UTC) >= timeline.now == timeline.execution.ended


def test_rejects_an_execution_that_is_not_there() -> None:
    """In the words of the service; and nobody waits for its end."""

    async def scene(functions: Functions) -> None:
        timelines = LocalTimelines(functions.service, InvocationRecords(), LogStore(), Notices())
        with pytest.raises(NotFoundError, match="Durable Execution does not exist"):
            await timelines.read("arn:none", None)
        await asyncio.wait_for(executions(functions).wait_for_end("arn:none", 3600), 30)

    play(scene)


def test_the_wait_for_an_end_is_over_with_it() -> None:
    """Or when its time is over."""

    async def scene(functions: Functions) -> None:
        handler = await functions.begin()
        source = executions(functions)
        await source.wait_for_end(handler.arn, 0.01)
        waiting = asyncio.create_task(source.wait_for_end(handler.arn, 3600))
        handler.returns("SUCCEEDED", Result="1")
        await asyncio.wait_for(waiting, 30)

    play(scene)
