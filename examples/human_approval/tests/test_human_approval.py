"""The approval on AWS's own test runner. Days pass in no time."""

from __future__ import annotations

from human_approval import handler

from durable_mi.testing import DurableRunner, assert_survives_crashes

EXPENSE = {"expenseId": "E-1", "amount": 120}
APPROVED = {"expenseId": "E-1", "status": "approved", "by": "Ada"}


def approve_after_the_reminder(runner: DurableRunner) -> None:
    """Let the first question time out, and answer the second one."""
    runner.force_timeout("approval")
    runner.answer_callback("reminder", {"by": "Ada"})


def test_approved_at_once(durable_runner: DurableRunner) -> None:
    """Nobody is reminded."""
    durable_runner.answer_callback("approval", {"by": "Ada"})

    run = durable_runner.run(handler, EXPENSE)

    assert APPROVED == run.result
    assert "reminder" not in {event.get("Name") for event in run.history}


def test_approved_after_the_reminder(durable_runner: DurableRunner) -> None:
    """The reminder has a callback of its own."""
    approve_after_the_reminder(durable_runner)

    run = durable_runner.run(handler, EXPENSE)

    assert APPROVED == run.result
    run.assert_operations(
        "wait for callback approval",
        "  callback approval create callback id",
        "  step approval submitter",
        "wait for callback reminder",
        "  callback reminder create callback id",
        "  step reminder submitter",
        "step record",
    )


def test_rejected(durable_runner: DurableRunner) -> None:
    """A failed callback is the answer no, and its message is the reason."""
    durable_runner.fail_callback("approval", "no receipt")

    assert {"expenseId": "E-1", "status": "rejected", "reason": "no receipt"} == (
        durable_runner.run(handler, EXPENSE).result
    )


def test_expired(durable_runner: DurableRunner) -> None:
    """Two questions without an answer are recorded too."""
    durable_runner.force_timeout("approval")
    durable_runner.force_timeout("reminder")

    run = durable_runner.run(handler, EXPENSE)

    assert {"expenseId": "E-1", "status": "expired"} == run.result
    assert 1 == run.bodies["record"]


def test_survives_crashes() -> None:
    """The decision is the same if the process ends at any checkpoint, before and after the reminder."""
    assert_survives_crashes(handler, EXPENSE, prepare=approve_after_the_reminder)
