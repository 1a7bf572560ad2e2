"""What the service refuses of checkpoints and results: names, sizes and numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import OperationUpdate
from executions import new_execution
from playing import LIMIT, Functions, play

from durable_mi import limits
from durable_mi.local.api_error import ApiError
from durable_mi.local.durable.history.notes import HistoryNotes
from durable_mi.local.durable.rejections.checkpoint_limits import CheckpointLimits, check_names

MIB = 1024 * 1024
INVALID = "InvalidParameterValueException"


def step(name: str, **more: Any) -> dict[str, Any]:
    """Return an update that ends a step which this checkpoint starts."""
    return {"Id": name, "Type": "STEP", "Action": "SUCCEED", **more}


def start(name: str) -> dict[str, Any]:
    """Return an update that starts a step."""
    return {"Id": name, "Type": "STEP", "Action": "START"}


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [
        ("STEP", MIB, "STEP output payload size must be less than or equal to 1048576 bytes."),
        ("CONTEXT", MIB, "CONTEXT output payload size must be less than or equal to 1048576 bytes."),
        ("CHAINED_INVOKE", MIB, "CHAINED_INVOKE input payload size must be less than or equal to 1048576 bytes."),
        ("EXECUTION", 6 * MIB, "Execution output payload size must be less than or equal to 6291456 bytes."),
    ],
)
def test_rejects_a_payload_above_its_limit(kind: str, size: int, words: str) -> None:
    """The limit itself is allowed; bytes count, not characters."""

    def check(payload: str) -> None:
        update = OperationUpdate.from_dict({"Id": "a", "Type": kind, "Action": "SUCCEED", "Payload": payload})
        CheckpointLimits().check(new_execution("one"), [update], is_asynchronous=False)

    check("x" * size)
    for payload in ("x" * (size + 1), "é" * (size // 2 + 1)):
        with pytest.raises(ApiError) as refusal:
            check(payload)
        assert (INVALID, words) == (refusal.value.code, refusal.value.message)


def test_rejects_the_result_of_an_asynchronous_execution_above_1_mib() -> None:
    """The API's model says so of EXECUTION operations."""
    result = OperationUpdate.from_dict(
        {"Id": "a", "Type": "EXECUTION", "Action": "SUCCEED", "Payload": "x" * (MIB + 1)}
    )
    CheckpointLimits().check(new_execution("one"), [result], is_asynchronous=False)
    with pytest.raises(ApiError, match="Execution output payload size must be less than or equal to 1048576 bytes"):
        CheckpointLimits().check(new_execution("one"), [result], is_asynchronous=True)


@pytest.mark.parametrize(
    ("member", "value", "constraint"),
    [
        ("Id", "a b", "at 'updates.1.member.id' failed to satisfy constraint: Member must satisfy regular expression"),
        ("Id", "x" * 65, "at 'updates.1.member.id' failed to satisfy constraint: Member must have length less than"),
        ("ParentId", "a/b", "at 'updates.1.member.parentId' failed to satisfy"),
        ("Name", "größe", "at 'updates.1.member.name' failed to satisfy constraint: Member must satisfy regular"),
        ("Name", "two\nlines", "at 'updates.1.member.name' failed to satisfy constraint: Member must satisfy regular"),
        ("Name", "x" * 257, "at 'updates.1.member.name' failed to satisfy constraint: Member must have length"),
        ("Name", "", "at 'updates.1.member.name' failed to satisfy constraint: Member must satisfy regular"),
    ],
)
def test_rejects_names_that_are_none_in_the_apis_model(member: str, value: str, constraint: str) -> None:
    """In AWS's words."""
    update = OperationUpdate.from_dict({**start("a"), member: value})
    with pytest.raises(ApiError) as refusal:
        check_names([update])
    assert "ValidationException" == refusal.value.code
    assert constraint in refusal.value.message


def test_names_of_the_apis_model_are_taken() -> None:
    """Up to their longest."""
    check_names([OperationUpdate.from_dict({**start("x" * 64), "Name": "a b~" * 64, "ParentId": "a-b_c"})])


def test_rejects_more_operations_than_an_execution_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkpoint as a whole; an operation that is there goes on."""
    monkeypatch.setattr(limits, "MAX_OPERATIONS", 3)

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(start("a"), start("b"))
        words = "an execution must have at most 3 operations, got 4: "
        code, message = await first.refused(step("a"), start("c"), start("d"))
        assert (INVALID, True) == (code, message.startswith(words))
        await first.checkpoint(start("c"), step("a"), step("b"))
        assert ["SUCCEEDED", "SUCCEEDED", "STARTED"] == [first.operations[name]["Status"] for name in "abc"]
        code, message = await first.refused(start("d"))
        assert (INVALID, True) == (code, message.startswith(words))
        await first.checkpoint(step("c"))
        first.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene)


def test_rejects_more_than_an_execution_can_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all of its invocations; what was refused does not count."""
    monkeypatch.setattr(limits, "MAX_STORAGE_WRITTEN_BYTES", 100)
    wait = {"Id": "wait", "Type": "WAIT", "Action": "START", "WaitOptions": {"WaitSeconds": 60}}

    async def scene(functions: Functions) -> None:
        first = await functions.begin()
        await first.checkpoint(start("a"), step("a", Payload="x" * 60))
        await first.checkpoint(start("b"), wait)
        code, message = await first.refused(step("b", Payload="x" * 41))
        assert (INVALID, True) == (code, "must write at most 100 bytes, got 101: " in message)
        first.returns()
        second = await functions.next()
        await second.refused(step("b", Payload="x" * 41))
        await second.checkpoint(step("b", Payload="x" * 40))
        second.returns("SUCCEEDED")
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None

    play(scene, skip_time=True)


@pytest.mark.parametrize(
    ("is_asynchronous", "size", "status"),
    [
        (False, 2 * MIB, "SUCCEEDED"),
        (True, MIB, "SUCCEEDED"),
        (True, MIB + 1, "FAILED"),
        (False, 6 * MIB + 1, "FAILED"),
    ],
)
def test_a_result_above_its_limit_fails_the_execution(*, is_asynchronous: bool, size: int, status: str) -> None:
    """6 MiB where a caller waits, 1 MiB where none does."""

    async def scene(functions: Functions) -> None:
        first = await functions.begin(is_asynchronous=is_asynchronous)
        first.returns("SUCCEEDED", Result="x" * size)
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        details = functions.service.details(first.arn)
        assert status == details["Status"]
        if status == "FAILED":
            limit = MIB if is_asynchronous else 6 * MIB
            words = f"Execution output payload size must be less than or equal to {limit} bytes."
            assert {"ErrorType": INVALID, "ErrorMessage": words} == details["Error"]

    play(scene)


def test_a_restart_keeps_how_an_execution_was_started() -> None:
    """Its result is as limited as before; a file of an earlier release says nothing of it."""
    notes = HistoryNotes(is_asynchronous=True)
    assert HistoryNotes.from_json(json.loads(json.dumps(notes.head()))).is_asynchronous
    assert not HistoryNotes.from_json({}).is_asynchronous


def test_limits_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with --no-limits; names are checked all the same."""
    monkeypatch.setattr(limits, "MAX_OPERATIONS", 1)
    monkeypatch.setattr(limits, "MAX_STORAGE_WRITTEN_BYTES", 1)
    monkeypatch.setattr(limits, "MAX_OPERATION_PAYLOAD_BYTES", 1)

    async def scene(functions: Functions) -> None:
        first = await functions.begin(is_asynchronous=True)
        await first.checkpoint(start("a"), start("b"), step("a", Payload="x" * 50))
        code, _ = await first.refused(start("a b"))
        assert "ValidationException" == code
        first.returns("SUCCEEDED", Result="x" * (MIB + 1))
        assert await functions.service.wait_for_end(first.arn, LIMIT) is not None
        assert "SUCCEEDED" == functions.service.details(first.arn)["Status"]

    play(scene, limits=False)
