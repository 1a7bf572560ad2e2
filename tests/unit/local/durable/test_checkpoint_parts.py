"""A checkpoint that sees a part of the operations does what it does with all of them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import OperationUpdate
from aws_durable_execution_sdk_python_testing.checkpoint.core import CheckpointCore
from aws_durable_execution_sdk_python_testing.checkpoint.transformer import CheckpointRequestDispatcher
from aws_durable_execution_sdk_python_testing.exceptions import InvalidParameterValueException
from aws_durable_execution_sdk_python_testing.executor import Executor
from executions import START, new_execution

from durable_mi.local.durable._sdk_operations import Operations, Table, operations_of, part_for_checkpoint, track

if TYPE_CHECKING:
    from datetime import datetime

    from aws_durable_execution_sdk_python_testing.execution import Execution

CHECKPOINTS = 120


class Handler:
    """Makes up what a handler would send next, and now and then what the service rejects."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's
        self._count = 0
        self._open: list[str] = []
        self._contexts: list[str] = []

    def updates(self) -> list[OperationUpdate]:
        """Return the updates of one checkpoint."""
        return [OperationUpdate.from_dict(self._update()) for _ in range(self._random.choice((0, 1, 1, 2, 5)))]

    def _update(self) -> dict[str, Any]:
        kind = self._random.choice((*("STEP", "WAIT", "CONTEXT", "end") * 4, "wrong"))
        if kind == "wrong":
            return {"Id": "other", "Type": "STEP", "Action": "START", "ParentId": "nobody"}
        if kind == "end" and self._open:
            name = self._open.pop(self._random.randrange(len(self._open)))
            action = self._random.choice(("SUCCEED", "FAIL", "RETRY"))
            options = {"StepOptions": {"NextAttemptDelaySeconds": self._random.randrange(1, 20)}}
            return {"Id": name, "Type": "STEP", "Action": action, **(options if action == "RETRY" else {})}
        self._count += 1
        name = f"operation-{self._count}"
        parent = {"ParentId": self._random.choice(self._contexts)} if self._contexts and self._count % 3 else {}
        if kind == "WAIT":
            return {
                "Id": name,
                "Type": "WAIT",
                "Action": "START",
                "WaitOptions": {"WaitSeconds": self._random.randrange(1, 20)},
                **parent,
            }
        if kind == "CONTEXT":
            self._contexts.append(name)
            return {"Id": name, "Type": "CONTEXT", "Action": "START", **parent}
        self._open.append(name)
        return {"Id": name, "Type": "STEP", "Action": "START", **parent}


def apply(execution: Execution, shown: Execution, updates: list[OperationUpdate], now: datetime) -> Any:
    """Apply a checkpoint; returns what the handler gets, or why it is rejected."""
    token = execution.get_new_checkpoint_token()
    try:
        result = CheckpointCore.apply(shown, token, updates, "client", CheckpointRequestDispatcher(), now)
    except InvalidParameterValueException as error:
        return str(error)
    return result.checkpoint_token, [each.to_json_dict() for each in result.operations], len(result.effects)


@pytest.mark.parametrize("seed", range(8))
def test_it_does_what_the_emulator_does_with_all_operations(seed: int) -> None:
    """For steps, retries, waits and contexts, completions in between, pauses, and updates that are rejected."""
    whole = new_execution("a")
    parted = type(whole).from_json_dict(whole.to_json_dict())
    track(parted)
    one, other = Handler(seed), Handler(seed)
    now = START
    for number in range(CHECKPOINTS):
        now += timedelta(seconds=number % 4)
        if number % 7 == 3:
            assert whole.complete_due_operations(now) == parted.complete_due_operations(now)
        if number % 20 == 10:
            whole.pause()
            parted.pause()
        if number % 20 == 13:
            whole.resume()
            parted.resume()
        expected = apply(whole, whole, one.updates(), now)
        updates = other.updates()
        with part_for_checkpoint(parted, updates, now) as part:
            actual = apply(parted, part, updates, now)
        assert expected == actual
        assert whole.to_json_dict() == parted.to_json_dict()
        assert Executor._earliest_pending_timestamp(whole) == operations_of(parted).earliest()  # noqa: SLF001
    assert len(whole.operations) > CHECKPOINTS // 6


def test_it_sees_few_of_many() -> None:
    """Those that are done do not matter, nor do waits that are not due."""
    execution = new_execution("a")
    track(execution)
    seen = 0
    for number in range(50):
        start, wait = (
            OperationUpdate.from_dict(each)
            for each in (
                {"Id": f"step-{number}", "Type": "STEP", "Action": "START"},
                {"Id": f"w-{number}", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 600}},
            )
        )
        with part_for_checkpoint(execution, [start, wait], START) as part:
            apply(execution, part, [start, wait], START)
            seen = max(seen, len(part.operations))
    assert len(execution.operations) == 101
    assert seen == 3


def test_what_is_set_is_known_to_have_changed() -> None:
    """By its place, also where it is counted from the end."""
    execution = new_execution("a")
    track(execution)
    operations = operations_of(execution)
    operations.changed.clear()
    operations[-1] = operations[0]
    assert {0} == operations.changed
    assert isinstance(execution.operations, Operations)
    assert isinstance(execution.operation_size_bytes, Table)
