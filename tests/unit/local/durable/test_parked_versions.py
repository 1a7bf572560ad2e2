"""Executions whose version takes no invocations any more."""

from __future__ import annotations

import pytest
from playing import LIMIT, Functions, play

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import Executor

WAIT = {"Id": "wait", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 60}}
DEACTIVATED = ApiError.conflict("The function is currently in the following state: Deactivated")
DELETED = ApiError.not_found("Function not found: flow:1")


@pytest.mark.parametrize(("refusal", "wake_ups"), [(DEACTIVATED, 5), (DELETED, 1)], ids=["deactivated", "deleted"])
def test_an_execution_fails_after_so_many_wake_ups(
    refusal: ApiError, wake_ups: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deactivated version may be activated again in between; a deleted one does not come back."""
    monkeypatch.setattr(Executor, "RETRY_BACKOFF_SECONDS", 0)

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(WAIT)
        functions.refusal = refusal
        first.returns()
        ended = await functions.service.wait_for_end(first.arn, LIMIT)
        assert ended is not None
        details = functions.service.details(first.arn)
        error = {"ErrorType": refusal.code, "ErrorMessage": refusal.message}
        assert ("FAILED", error) == (details["Status"], details["Error"])
        assert 1 + wake_ups == functions.count

    play(scene, skip_time=True)


def test_an_execution_goes_on_when_its_version_is_activated_between_two_wake_ups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within the number of wake-ups nothing is lost."""
    monkeypatch.setattr(Executor, "RETRY_BACKOFF_SECONDS", 0.1)

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(WAIT)
        functions.refusal = DEACTIVATED
        first.returns()
        while functions.count == 1:
            await functions.service.wait_for_end(first.arn, 0.01)
        functions.refusal = None
        second = await functions.next()
        assert "SUCCEEDED" == second.operations["wait"]["Status"]
        second.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        assert "SUCCEEDED" == functions.service.details(first.arn)["Status"]

    play(scene, skip_time=True)
