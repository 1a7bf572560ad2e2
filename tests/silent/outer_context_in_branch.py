"""A branch uses the outer context: its step is in the parent, and is missing when the branch is replayed."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Check the credit in a child context, with the step on the wrong one."""

    def check(_child: DurableContext) -> int:
        return context.step(lambda _: 700, name="credit")

    score = context.run_in_child_context(check, name="check")
    noted = context.step(lambda _: f"noted {event['order']}", name="note")
    return {"score": score, "noted": noted}
