"""Lambdas of a loop share its variable: each branch gets the last item, the same one in each run."""

from __future__ import annotations

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Ship each item, or the last one again and again."""
    branches = []
    for item in event["items"]:
        branches.append(lambda child: child.step(lambda _: f"shipped {item}", name="ship"))  # noqa: B023, PERF401
    return {"shipped": context.parallel(branches, name="items").get_results()}
