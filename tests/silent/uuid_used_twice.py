"""A UUID is made between the operations: what is done after a replay gets another one."""

from __future__ import annotations

import uuid
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Reserve and pay under one number, or under two."""
    number = str(uuid.uuid4())
    reserved = context.step(lambda _: {"order": event["order"], "number": number}, name="reserve")
    paid = context.step(lambda _: {"number": number}, name="pay")
    return {"reserved": reserved, "paid": paid}
