"""One limiter for all calls of the page over an account."""

from __future__ import annotations

import pytest

from durable_mi.dashboard.account.rate_limiter import RateLimiter
from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint


class Clock:
    """A time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        """Move it."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.mark.parametrize(
    ("operation", "rate"), [("StopDurableExecution", 15), ("ListDurableExecutionsByFunction", 7.5), ("Invoke", 5)]
)
def test_takes_half_of_the_rate_of_each_operation(clock: Clock, operation: str, rate: float) -> None:
    """Thirty calls take as long as that rate allows; the first comes at once."""
    limiter = RateLimiter(lambda: clock.now, clock.sleep)
    for _ in range(31):
        limiter.wait(operation)
    assert pytest.approx(30 / rate) == clock.now - 100


def test_operations_do_not_wait_for_each_other(clock: Clock) -> None:
    """AWS counts them apart."""
    limiter = RateLimiter(lambda: clock.now, clock.sleep)
    limiter.wait("StopDurableExecution")
    limiter.wait("GetDurableExecution")
    assert 100.0 == clock.now


def test_delays_what_a_client_sends(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operation's name is AWS's, whatever boto3 calls the method."""
    connection = Connection.open(endpoint=Endpoint.parse("http://127.0.0.1:1"), profile=None, region=None)
    limiter = RateLimiter(lambda: clock.now, clock.sleep)
    limiter.attach(connection)
    asked: list[str] = []
    monkeypatch.setattr(limiter, "wait", asked.append)
    events = connection.functions.meta.events
    events.emit("before-send.lambda.StopDurableExecution", request=None)
    assert ["StopDurableExecution"] == asked
