"""The calls that change and answer executions, and their pace."""

from __future__ import annotations

import pytest

from durable_mi.operate.calls.callbacks import Callbacks
from durable_mi.operate.calls.changes import ExecutionChanges
from durable_mi.operate.calls.pace import Pace
from durable_mi.operate.errors import ServiceError, ThrottledError
from durable_mi.operate.execution import ExecutionError

from .account import NOW, Account, arn

ONE = arn("one")


def test_each_change_is_one_call() -> None:
    """With what was given, and nothing else."""
    account = Account()
    changes, callbacks = ExecutionChanges(account.caller()), Callbacks(account.caller())
    assert NOW == changes.stop(ONE)
    assert NOW == changes.stop(ONE, error=ExecutionError(type="Stopped", message="by hand"))
    changes.pause(ONE, reason="lunch", pauses_timeout=False)
    changes.resume(ONE)
    assert NOW == changes.delete(ONE)
    callbacks.succeed("QQ==", result=b"1")
    callbacks.fail("QQ==", ExecutionError(type="No", message="not this one"))
    callbacks.heartbeat("QQ==")
    expected = [
        ("StopDurableExecution", {"DurableExecutionArn": ONE}),
        (
            "StopDurableExecution",
            {"DurableExecutionArn": ONE, "Error": {"ErrorType": "Stopped", "ErrorMessage": "by hand"}},
        ),
        (
            "PauseDurableExecution",
            {"DurableExecutionArn": ONE, "Reason": "lunch", "ExecutionTimeoutPaused": False},
        ),
        ("ResumeDurableExecution", {"DurableExecutionArn": ONE}),
        ("DeleteDurableExecution", {"DurableExecutionArn": ONE}),
        ("SendDurableExecutionCallbackSuccess", {"CallbackId": "QQ==", "Result": b"1"}),
        (
            "SendDurableExecutionCallbackFailure",
            {"CallbackId": "QQ==", "Error": {"ErrorType": "No", "ErrorMessage": "not this one"}},
        ),
        ("SendDurableExecutionCallbackHeartbeat", {"CallbackId": "QQ=="}),
    ]
    shown = [
        (name, {key: value for key, value in given.items() if key != "ClientToken"}) for name, given in account.calls
    ]
    assert expected == shown


def test_rejects_a_call_that_is_not_allowed() -> None:
    """In words, with the action and its subject."""
    account = Account(refused=("AccessDeniedException", "User: u is not authorized"))
    with pytest.raises(ServiceError, match=f"must allow lambda:StopDurableExecution on execution {ONE}"):
        ExecutionChanges(account.caller()).stop(ONE)


class Time:
    """A clock that moves when something sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds

    def clock(self) -> float:
        """Return the time."""
        return self.now


def test_calls_keep_the_pace() -> None:
    """Thirty calls at ten a second take three seconds, less the first."""
    time = Time()
    pace = Pace(10, sleep=time.sleep, clock=time.clock)
    for _ in range(30):
        pace.run(lambda: None)
    assert 2.9 == pytest.approx(time.now)


def test_a_throttled_call_is_repeated_after_a_pause() -> None:
    """Each pause is longer than the one before it."""
    time = Time()
    made: list[float] = []

    def call() -> str:
        made.append(time.now)
        if len(made) < 4:
            raise ThrottledError
        return "answer"

    assert "answer" == Pace(sleep=time.sleep, clock=time.clock).run(call)
    assert [0.0, 1.0, 3.0, 7.0] == made


def test_rejects_a_call_that_is_throttled_for_long() -> None:
    """After a minute it is an error."""
    time = Time()

    def call() -> None:
        msg = "busy"
        raise ThrottledError(msg)

    with pytest.raises(ThrottledError, match="busy"):
        Pace(sleep=time.sleep, clock=time.clock).run(call)
    assert 60.0 == time.now
