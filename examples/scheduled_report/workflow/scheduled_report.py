"""Make the report of a night: another workflow collects the figures of each region, and this one adds them up.

Both workflows are durable functions with histories of their own. While the other one runs, this one is suspended.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python import (
    DurableContext,
    ParallelBranch,
    StepContext,
    durable_execution,
    durable_step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# The ARN of an alias, so that a deployment does not change the other workflow under a running execution.
FIGURES = os.environ["FIGURES"]
REGIONS = ("north", "south")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Report the sales of all regions.

    Args:
        event: The input of the schedule; `night` is the time for which it was delivered.
        context: The durable context.
    """
    night = event["night"]
    branches: list[ParallelBranch[int]] = [
        ParallelBranch(func=_figures_of(region, night), name=region) for region in REGIONS
    ]
    sales: list[int] = context.parallel(branches, name="figures").get_results()
    place = context.step(write(night, sum(sales)), name="write")
    return {"night": night, "total": sum(sales), "report": place}


def _figures_of(region: str, night: str) -> Callable[[DurableContext], int]:
    """Return a branch that invokes the other workflow for one region."""

    def branch(child: DurableContext) -> int:
        answer: dict[str, int] = child.invoke(FIGURES, {"region": region, "night": night}, name="collect")
        return answer["sales"]

    return branch


@durable_step
def write(context: StepContext, night: str, total: int) -> str:
    """Write the report under the name of its night, so that a second delivery of the schedule writes the same file."""
    context.logger.info("Sales of the night %s: %s", night, total)
    return f"reports/{night}.txt"
