"""A bare except catches the suspension: the workflow goes on without the wait."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Wait for a day, or not."""
    try:  # noqa: SIM105 - the mistake in its plainest form
        context.wait(Duration.from_days(1), name="cool off")
    except BaseException:  # noqa: BLE001, S110 - the mistake
        pass
    return {"order": event["order"]}
