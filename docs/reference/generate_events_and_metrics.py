"""Write events-and-metrics.md again: ``.venv/bin/python docs/reference/generate_events_and_metrics.py``."""  # noqa: INP001

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.release import metrics as releases
from durable_mi_constructs import DurableExecutionStatus, DurableManagedFunction
from durable_mi_constructs.monitoring.release_metrics import ReleaseMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION: Final = """\
# Events and metrics

What Lambda and the janitor publish about a durable function. This page is generated from the constructs. How to use
them: [alarms and a dashboard](../how-to/alarms.md), [failed executions](../how-to/failures.md).

## Status events

Lambda sends an event to the default bus when the status of an execution changes.
`workflow.on_status_change(...)` makes a rule for it.

| field | value |
|---|---|
| `source` | `aws.lambda` |
| `detail-type` | `Durable Execution Status Change` |
| `detail.durableExecutionArn`, `detail.durableExecutionName` | the execution |
| `detail.functionArn` | the function with the number of its version |
| `detail.status` | {statuses} |
| `detail.startTimestamp`, `detail.endTimestamp` | ISO 8601; the second is missing while it runs |

The event has neither input nor error. Source:
[DG \\[durable-monitoring\\]](https://docs.aws.amazon.com/lambda/latest/dg/durable-monitoring.html).

## Metrics of Lambda

Namespace `AWS/Lambda`. `workflow.metric(NAME)` returns any other one by its official name.

| method | what it is, and its name |
|---|---|
"""

_RELEASES: Final = """
## Metrics of the janitor

Namespace `{namespace}`, dimensions {dimensions}. The janitor writes them into its log in the embedded metric format.
`workflow.monitor()` has alarms on them.

| metric | what it is |
|---|---|
"""


def reference() -> str:
    """Return the page."""
    statuses = ", ".join(f"`{each.value}`" for each in DurableExecutionStatus)
    names = {name: value for name, value in vars(releases).items() if name.isupper() and isinstance(value, str)}
    dimensions = ", ".join(f"`{each}`" for each in releases.DIMENSIONS)
    return (
        _INTRODUCTION.format(statuses=statuses)
        + "\n".join(_methods(DurableManagedFunction))
        + "\n"
        + _RELEASES.format(namespace=names["NAMESPACE"], dimensions=dimensions)
        + "\n".join(_release_metrics())
        + "\n"
    )


def _methods(kind: type) -> Iterator[str]:
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if name.startswith("metric_"):
            yield f"| `{name}` | {_sentence(method)} |"


def _release_metrics() -> Iterator[str]:
    for name, method in inspect.getmembers(ReleaseMetrics, inspect.isfunction):
        if not name.startswith("_"):
            metric = method(ReleaseMetrics(stack_name="Stack", function_name="Function")).metric_name
            yield f"| `{metric}` | {_sentence(method)} |"


def _sentence(method: object) -> str:
    text = " ".join((inspect.getdoc(method) or "").split("\n\n")[0].split()).removesuffix(".")
    return re.sub(r":\w+:`(\w+)`", r"`\1`", text).replace("``", "`")


if __name__ == "__main__":
    Path(__file__).with_name("events-and-metrics.md").write_text(reference(), encoding="utf-8")
