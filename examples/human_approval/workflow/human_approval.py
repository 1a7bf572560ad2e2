"""Approve an expense: a manager is asked, reminded once, and has three days each time.

While the workflow waits, nothing runs and nothing is paid for compute but the instances. The answer completes a
callback, and then Lambda calls `handler` again, which replays from the top.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python import (
    CallbackExternalError,
    CallbackTimeoutError,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
    durable_wait_for_callback,
)
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python.types import WaitForCallbackContext

THREE_DAYS_S = 3 * 24 * 60 * 60
# A callback has one timeout and then takes no answer, so the reminder has a callback of its own.
QUESTIONS = ("approval", "reminder")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Ask for an approval and record the decision.

    Args:
        event: The expense: `expenseId`, `amount`, and, to try it, `answerWithinSeconds`.
        context: The durable context.
    """
    expense_id = event["expenseId"]
    decision = ask_and_remind(context, expense_id, event.get("answerWithinSeconds", THREE_DAYS_S))
    context.step(record(expense_id, decision), name="record")
    return {"expenseId": expense_id, **decision}


def ask_and_remind(context: DurableContext, expense_id: str, within_s: int) -> dict[str, str]:
    """Ask, then remind, and return the decision; without any answer it is `expired`."""
    within = WaitForCallbackConfig(timeout=Duration.from_seconds(within_s))
    for question in QUESTIONS:
        try:
            # The answer is text, as whoever completes the callback sent it.
            answer = json.loads(context.wait_for_callback(ask(question, expense_id), name=question, config=within))
        except CallbackTimeoutError:
            continue
        except CallbackExternalError as rejection:
            return {"status": "rejected", "reason": str(rejection)}
        return {"status": "approved", "by": answer["by"]}
    return {"status": "expired"}


@durable_wait_for_callback
def ask(callback_id: str, context: WaitForCallbackContext, question: str, expense_id: str) -> None:
    """Send the question with the callback's id. This one only logs it: send a mail with two links here.

    It runs in a step, so it may send twice, and a second mail about the same expense does no harm.
    """
    context.logger.info("%s for %s: complete the callback %s", question, expense_id, callback_id)


@durable_step
def record(context: StepContext, expense_id: str, decision: dict[str, str]) -> None:
    """Save the decision, under the expense's id: to save it twice changes nothing."""
    context.logger.info("Expense %s is %s", expense_id, decision["status"])
