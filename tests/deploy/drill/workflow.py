"""A durable function that waits as long as it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping


@durable_execution
def handler(event: Mapping[str, Any], context: DurableContext) -> str:
    """Wait for ``seconds``."""
    context.wait(Duration.from_seconds(int(event["seconds"])), name="wait")
    return "woke"
