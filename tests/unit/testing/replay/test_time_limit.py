"""A handler that blocks: its history has a verdict of its own, and the others are replayed."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution

from durable_mi.testing.replay import (
    HandlerError,
    RecordedHistory,
    Verdict,
    assert_replays,
    replay_code,
    replay_history,
)
from durable_mi.testing.replay.replay_code import ReplayCode
from tests.unit.testing.replay.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHORT_S = 0.3
LONG_S = 3600


@durable_execution
def recorded(_event: Any, context: DurableContext) -> Any:
    return context.step(lambda _: 1, name="one")


def sleep() -> None:
    time.sleep(LONG_S)


def loop() -> None:
    while True:
        pass


def wait_for_a_thread() -> None:
    threading.Event().wait()


def read_from_a_socket() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.recv(1)


def catch_everything() -> None:
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(LONG_S)


def catch_once() -> None:
    with contextlib.suppress(BaseException):
        time.sleep(LONG_S)


@pytest.fixture(scope="module")
def histories() -> list[RecordedHistory]:
    """Return three histories of one step."""
    return [RecordedHistory.parse({**record(recorded, n), "DurableExecutionArn": ""}, f"h{n}") for n in range(3)]


@pytest.mark.parametrize(
    "block", [sleep, loop, wait_for_a_thread, read_from_a_socket, catch_once], ids=lambda each: each.__name__
)
def test_rejects_a_handler_that_blocks(block: Callable[[], None], histories: list[RecordedHistory]) -> None:
    """The verdict names the line of the workflow, also if a library blocks, and if the code catches everything."""

    @durable_execution
    def blocks(_event: Any, context: DurableContext) -> Any:
        block()
        return context.step(lambda _: 1, name="one")

    finding = replay_history(histories[0], blocks, timeout=SHORT_S).finding
    assert Verdict.TIMES_OUT == finding.verdict
    assert f"neither the end nor a suspension came within {SHORT_S} s" == finding.came
    assert finding.place is not None
    first = block.__code__.co_firstlineno
    assert first < finding.place.line <= first + 4
    assert __file__ == finding.place.file


def test_the_other_histories_go_on(histories: list[RecordedHistory]) -> None:
    """One that blocks fails alone."""

    @durable_execution
    def blocks_once(event: Any, context: DurableContext) -> Any:
        if event == 1:
            sleep()
        return context.step(lambda _: 1, name="one")

    with pytest.raises(AssertionError, match="1 of 3 histories must replay") as failed:
        assert_replays(histories, blocks_once, timeout=SHORT_S)
    assert "h1 (SUCCEEDED): does not end: neither the end" in str(failed.value)


@pytest.fixture
def alarm() -> Iterator[list[int]]:
    """Return the alarms of somebody else, such as pytest-timeout."""
    came: list[int] = []
    before, remaining = signal.signal(signal.SIGALRM, lambda *_: came.append(1)), signal.getitimer(signal.ITIMER_REAL)
    yield came
    signal.setitimer(signal.ITIMER_REAL, *remaining)
    signal.signal(signal.SIGALRM, before)


def test_an_alarm_of_somebody_else_is_kept(alarm: list[int], histories: list[RecordedHistory]) -> None:
    """It goes on after the replay, and is not put off by it."""
    signal.setitimer(signal.ITIMER_REAL, 500)
    replay_history(histories[0], recorded, timeout=SHORT_S)
    remaining, _ = signal.getitimer(signal.ITIMER_REAL)
    assert 0 < remaining <= 500
    # One that comes first comes.
    signal.setitimer(signal.ITIMER_REAL, SHORT_S)
    replay_history(histories[0], recorded, timeout=LONG_S)
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= SHORT_S or alarm


def test_a_thread_replays_without_a_limit(histories: list[RecordedHistory]) -> None:
    """Only the main thread can be interrupted."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(replay_history(histories[0], recorded, timeout=SHORT_S)))
    thread.start()
    thread.join(60)
    assert found[0].replays


MODULE = """
import signal, time
from aws_durable_execution_sdk_python import durable_execution

@durable_execution
def handler(event, context):
    if event == 0:
        time.sleep(3600)
    if event == 1:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(3600)
    return context.step(lambda _: 1, name="one")
"""


def test_a_process_that_cannot_be_interrupted_is_ended(
    tmp_path: Path, histories: list[RecordedHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The histories after it are replayed in another one."""
    (tmp_path / "blocking.py").write_text(MODULE)
    monkeypatch.setattr(replay_code, "_GRACE_S", 5)
    first, second, third = ReplayCode("blocking.handler", [tmp_path], timeout=SHORT_S).replay(histories)
    assert Verdict.TIMES_OUT == first.finding.verdict == second.finding.verdict
    assert "blocking.py:8" in str(first.finding)
    assert str(second.finding).endswith("within 0.3 s, and the process had to be ended")
    assert third.replays


def test_rejects_a_module_that_blocks(
    tmp_path: Path, histories: list[RecordedHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be replayed on it."""
    (tmp_path / "blocking.py").write_text("import time; time.sleep(3600)")
    monkeypatch.setattr(replay_code, "_GRACE_S", 0)
    with pytest.raises(HandlerError, match=r"blocking.handler must be imported within 0.3 s: its modules block"):
        ReplayCode("blocking.handler", [tmp_path], timeout=SHORT_S).replay(histories)
