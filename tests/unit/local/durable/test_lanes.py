"""Lanes: the tasks of an execution in their order, on threads that all executions share."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python_testing.worker.checkpoint_tasks import CallableTask
from executions import function_arn

from durable_mi.local.durable._sdk_lanes import LaneRegistry
from durable_mi.local.durable.store import ExecutionStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT = 30
"""Seconds after which a task is taken not to run any more."""
THREADS = 16


@pytest.fixture
def registry() -> Iterator[LaneRegistry]:
    """Yield a registry without executions."""
    made = LaneRegistry(ExecutionStore(function_arn), None)  # no task here asks for a timer
    yield made
    made.shutdown()


def submit(registry: LaneRegistry, arn: str, work: Callable[[], Any]) -> Future[Any]:
    """Submit work to a lane."""
    found: Future[Any] = registry.submit(arn, CallableTask(work))
    return found


def test_tasks_of_a_lane_run_in_their_order_and_never_beside_each_other(registry: LaneRegistry) -> None:
    """Also when more lanes than threads have some."""
    seen: dict[int, list[int]] = {lane: [] for lane in range(50)}
    running = dict.fromkeys(seen, 0)
    overlaps = []

    def work(lane: int, number: int) -> None:
        running[lane] += 1
        if running[lane] > 1:
            overlaps.append(lane)
        time.sleep(0)  # lets another thread come between
        seen[lane].append(number)
        running[lane] -= 1

    futures = [submit(registry, str(lane), partial(work, lane, number)) for number in range(30) for lane in seen]
    done, late = wait(futures, LIMIT)
    assert (1500, 0) == (len(done), len(late))
    assert {lane: list(range(30)) for lane in seen} == seen
    assert [] == overlaps


def test_lanes_that_wait_have_no_thread(registry: LaneRegistry) -> None:
    """A thousand executions that wait for callbacks, say."""
    before = set(threading.enumerate())
    names: set[str] = set()
    futures = [submit(registry, str(lane), lambda: names.add(threading.current_thread().name)) for lane in range(1000)]
    wait(futures, LIMIT)
    assert 1000 == registry.active_count()
    assert 0 < len(names) <= THREADS
    assert THREADS >= len(set(threading.enumerate()) - before)


def test_a_lane_that_never_ends_leaves_the_others_their_turn(registry: LaneRegistry) -> None:
    """As many lanes as there are threads always have another task."""
    stop = threading.Event()

    def again(lane: str) -> None:
        if not stop.is_set():
            submit(registry, lane, partial(again, lane))

    for number in range(THREADS):
        submit(registry, f"busy {number}", partial(again, f"busy {number}"))
    assert "served" == submit(registry, "other", lambda: "served").result(LIMIT)
    stop.set()


def test_an_error_is_the_tasks_own(registry: LaneRegistry) -> None:
    """The lane goes on."""

    def fail() -> None:
        msg = "of the task"
        raise ValueError(msg)

    failed = submit(registry, "a", fail)
    with pytest.raises(ValueError, match="of the task"):
        failed.result(LIMIT)
    assert 1 == submit(registry, "a", lambda: 1).result(LIMIT)


def test_a_cancelled_task_does_not_run(registry: LaneRegistry) -> None:
    """Nor does it hold those after it."""
    hold = threading.Event()
    ran = []
    first = submit(registry, "a", lambda: hold.wait(LIMIT))
    second = submit(registry, "a", lambda: ran.append("second"))
    assert second.cancel()
    hold.set()
    assert first.result(LIMIT)
    submit(registry, "a", lambda: ran.append("third")).result(LIMIT)
    assert ["third"] == ran


def test_what_was_submitted_before_the_end_still_runs(registry: LaneRegistry) -> None:
    """More of it than one turn of a lane; and nothing is taken after it. It ends with the last one."""
    hold = threading.Event()
    submit(registry, "a", lambda: hold.wait(LIMIT))
    rest = [submit(registry, "a", partial(int, number)) for number in range(30)]
    threading.Timer(0.05, hold.set).start()
    registry.shutdown()
    assert list(range(30)) == [future.result(0) for future in rest]
    with pytest.raises(RuntimeError, match="shut down"):
        submit(registry, "a", lambda: None)
