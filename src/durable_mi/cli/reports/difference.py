"""Two executions side by side, on the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from durable_mi.cli.reports.execution import operation_detail, operation_label
from durable_mi.operate.document import dumped
from durable_mi.operate.formatting import clean, compact, decoded, duration
from durable_mi.operate.report.console_reporter import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.cli.executions.comparison import Pair
    from durable_mi.cli.executions.detail import Detail
    from durable_mi.operate.execution import Execution
    from durable_mi.timeline.span import Span

__all__ = ["difference_document", "has_difference", "print_difference"]


def has_difference(left: Detail, right: Detail, pairs: Sequence[Pair]) -> bool:
    """Return whether the executions differ in more than their names, times and durations."""
    return bool(_differences(left, right, pairs))


def print_difference(left: Detail, right: Detail, pairs: Sequence[Pair]) -> None:
    """Print the executions side by side."""
    console = terminal()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("", overflow="fold")
    table.add_column(f"A  {clean(left.arn.name)}", overflow="fold", ratio=1)
    table.add_column(f"B  {clean(right.arn.name)}", overflow="fold", ratio=1)
    one, other = left.timeline.execution, right.timeline.execution
    table.add_row("version", left.arn.version, right.arn.version)
    table.add_row("input", *(_payload(each.input) for each in (one, other)), style=_style(_input(one) != _input(other)))
    for pair in pairs:
        cells = (_cell(pair.left, left.timeline.now), _cell(pair.right, right.timeline.now))
        table.add_row(operation_label(pair.span), *cells, style=_style(pair.difference is not None))
    is_other_end = _outcome(one) != _outcome(other)
    ends = [_end(each) for each in (left, right)]
    table.add_row("outcome", *ends, style=_style(is_other_end))
    console.print(table)
    found = _differences(left, right, pairs)
    said = f"First difference: {clean(found[0])}" if found else "No differences beside times."
    console.print(Text(f"\n{said}", style="yellow" if found else "green"), soft_wrap=True)


def difference_document(left: Detail, right: Detail, pairs: Sequence[Pair]) -> str:
    """Return the comparison as JSON."""
    found = _differences(left, right, pairs)
    return dumped(
        {
            "A": _side(left),
            "B": _side(right),
            "FirstDifference": found[0] if found else None,
            "Differences": found,
            "Operations": [
                {
                    "Id": pair.span.id,
                    "Name": pair.span.name,
                    "Type": pair.span.kind,
                    "Difference": pair.difference,
                    "A": _operation(pair.left, left.timeline.now),
                    "B": _operation(pair.right, right.timeline.now),
                }
                for pair in pairs
            ],
        }
    )


def _differences(left: Detail, right: Detail, pairs: Sequence[Pair]) -> list[str]:
    one, other = left.timeline.execution, right.timeline.execution
    found = ["input"] if _input(one) != _input(other) else []
    found += [f"{pair.span.label}: {pair.difference}" for pair in pairs if pair.difference is not None]
    if _outcome(one) != _outcome(other):
        found.append(f"outcome: {one.status} and {other.status}" if one.status != other.status else "outcome")
    return found


def _input(execution: Execution) -> object:
    return None if execution.input is None else decoded(execution.input)


def _outcome(execution: Execution) -> object:
    result = None if execution.result is None else decoded(execution.result)
    return execution.status, result, str(execution.error)


def _payload(payload: str | None) -> str:
    return "" if payload is None else compact(payload)


def _style(is_different: bool) -> str | None:  # noqa: FBT001 - one meaning
    return "yellow" if is_different else None


def _cell(span: Span | None, now: datetime) -> str:
    if span is None:
        return "-"
    attempts = f", {len(span.attempts)} attempts" if len(span.attempts) > 1 else ""
    detail = operation_detail(span, now)
    return f"{span.status} {_took(span, now)}{attempts}" + (f"\n{detail}" if detail else "")


def _took(span: Span, now: datetime) -> str:
    return duration(max(((span.ended or now) - span.started).total_seconds(), 0.0))


def _end(detail: Detail) -> str:
    execution, now = detail.timeline.execution, detail.timeline.now
    took = duration(max(((execution.ended or now) - execution.started).total_seconds(), 0.0))
    said = clean(str(execution.error)) if execution.error is not None else _payload(execution.result)
    return f"{execution.status} {took}" + (f"\n{said}" if said else "")


def _side(detail: Detail) -> dict[str, Any]:
    execution = detail.timeline.execution
    return {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "Version": detail.arn.version,
        "Status": execution.status,
        "DurationSeconds": execution.took_s,
    }


def _operation(span: Span | None, now: datetime) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "Status": span.status,
        "Attempts": len(span.attempts),
        "DurationSeconds": round(max(((span.ended or now) - span.started).total_seconds(), 0.0), 3),
        "Result": span.result,
        "ErrorType": None if span.error is None else span.error.type,
        "ErrorMessage": None if span.error is None else span.error.message,
    }
