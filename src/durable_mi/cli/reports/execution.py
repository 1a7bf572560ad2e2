"""One execution with its operations, on the terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from durable_mi.cli.reports.executions import STATUS_STYLES, place_fields
from durable_mi.cli.reports.log_lines import print_lines
from durable_mi.operate.document import dumped, execution_fields
from durable_mi.operate.formatting import clean, compact, deadline, duration, pretty
from durable_mi.operate.report.console_reporter import terminal
from durable_mi.operate.report.history_table import history_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import Console, JustifyMethod

    from durable_mi.cli.executions.detail import Detail
    from durable_mi.operate.bulk.lineage import Lineage
    from durable_mi.operate.selection.summary import Summary
    from durable_mi.timeline.span import Span

__all__ = ["detail_document", "operation_detail", "operation_label", "print_detail"]

_WIDE: Final = 90
_GAP: Final = 3
_LONGEST_LABEL: Final = 28
_LEAST_DETAIL: Final = 8


def print_detail(detail: Detail, *, history: bool, timeline: bool) -> None:
    """Print an execution.

    Args:
        detail: The execution.
        history: Whether to print the events of its history too.
        timeline: Whether to print its operations as a timeline instead of a table.
    """
    console = terminal()
    _state(console, detail)
    if timeline:
        from durable_mi.timeline.terminal import print_timeline  # noqa: PLC0415 - only where it is wanted

        console.print()
        print_timeline(console, detail.timeline)
    elif detail.timeline.spans:
        _heading(console, "Operations")
        console.print(_operations(detail, console.width))
    if history:
        _heading(console, "History  times in UTC")
        console.print(history_table(detail.timeline.events, width=console.width, invocations=True))
    if detail.logs is not None:
        _heading(console, "Logs")
        if detail.logs.lines is None:
            console.print(Text(f"  not shown: {detail.logs.problem}", style="yellow"), soft_wrap=True)
        else:
            print_lines(console, detail.logs.lines, is_folding=True)


def detail_document(detail: Detail) -> str:
    """Return an execution as JSON: the keys of the API and a few more; ``null`` is what is not there."""
    timeline = detail.timeline
    document: dict[str, Any] = {
        **execution_fields(timeline.execution, timeline.events, None if detail.logs is None else detail.logs.lines),
        "FunctionName": detail.arn.function,
        "Version": detail.arn.version,
        "Place": place_fields(detail.place),
        "NextWake": detail.next_wake,
        "ExpectedExecutionTimeoutTimestamp": timeline.execution.expires,
        "Invocations": len(timeline.invocations),
        **_lineage_fields(detail.lineage),
        "Traceback": list(detail.traceback),
        "Operations": [_operation(each) for each in timeline.spans],
    }
    if detail.logs is not None:
        document["LogsProblem"] = detail.logs.problem or None
    return dumped(document)


def _lineage_fields(lineage: Lineage | None) -> dict[str, Any]:
    if lineage is None:
        return {"Repeats": None, "RepeatedBy": None}
    return {
        "Repeats": None if lineage.origin is None else lineage.origin.arn,
        "RepeatedBy": [each.arn for each in lineage.restarts],
    }


def operation_label(span: Span) -> str:
    """Return an operation's name, indented by the contexts around it."""
    return "  " * span.depth + clean(span.label)


def operation_detail(span: Span, now: datetime) -> str:
    """Return in one line what an operation gave, or what it waits for."""
    if span.error is not None:
        return clean(" ".join(str(span.error).split()))
    if span.ended is None:
        last = span.attempts[-1].error if span.attempts else None
        said = "" if last is None else f": {clean(' '.join(str(last).split()))}"
        if span.due is not None:
            return f"{'next attempt' if span.attempts else 'until'} {deadline(span.due, now)}{said}"
        if span.callback_id is not None:
            until = "" if span.deadline is None else f" until {deadline(span.deadline, now)}"
            return f"callback {clean(span.callback_id)}{until}"
        return said.removeprefix(": ")
    return "" if span.result is None else compact(span.result)


def _state(console: Console, detail: Detail) -> None:
    execution = detail.timeline.execution
    console.print(Text(clean(execution.name), style="bold"), soft_wrap=True)
    console.print(Text(f"  {clean(detail.arn.text)}", style="dim"), soft_wrap=True)
    _field(console, "Status", execution.status, style=STATUS_STYLES.get(execution.status, ""))
    for label, value in _fields(detail):
        if value:
            _field(console, label, value)
    for label, payload in (("Input", execution.input), ("Result", execution.result)):
        if payload is not None:
            _block(console, label, pretty(payload))
    if execution.error is not None:
        _field(console, "Error", clean(str(execution.error)), style="red")
    if detail.traceback:
        _block(console, "Traceback", clean("\n".join(each.strip("\n") for each in detail.traceback)))


def _fields(detail: Detail) -> Iterator[tuple[str, str]]:
    """Yield the fields in order, those that are not there as an empty text."""
    execution, now, place = detail.timeline.execution, detail.timeline.now, detail.place

    def time(moment: datetime | None) -> str:
        return "" if moment is None else deadline(moment, now)

    count = len(detail.timeline.invocations)
    yield "Function", f"{detail.arn.function}, version {detail.arn.version}"
    yield "Started", time(execution.started)
    yield "Ended", time(execution.ended)
    yield "Took", duration(max(((execution.ended or now) - execution.started).total_seconds(), 0.0))
    yield "Invoked", "" if not count else "once" if count == 1 else f"{count} times"
    yield "Where", "" if place is None else clean(" ".join(place.text(now).split()))
    if not execution.has_ended:
        yield "Callback", "" if place is None else clean(place.callback_id or "")
        yield "Next", time(detail.next_wake)
        yield "Deadline", time(execution.expires)
    if detail.lineage is not None:
        origin = detail.lineage.origin
        yield "Repeats", "" if origin is None else _repeated(origin, now)
        yield "Repeated by", ", ".join(_repeated(each, now) for each in detail.lineage.restarts)
    reason = f": {clean(execution.pause_reason)}" if execution.pause_reason else ""
    yield "Paused", "" if execution.paused is None else f"{time(execution.paused)}{reason}"


def _repeated(execution: Summary, now: datetime) -> str:
    return f"{clean(execution.name)} ({execution.status}, {deadline(execution.started, now)})"


def _operations(detail: Detail, width: int) -> Table:
    """Lay out the operations: the detail gets the rest of the terminal, and a narrow one has fewer columns."""
    now = detail.timeline.now
    is_wide = width >= _WIDE
    titles = ("Operation", "Status", *(("Kind", "Attempts") if is_wide else ()), "Took")
    rows = [_cells(span, now, is_wide=is_wide) for span in detail.timeline.spans]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    left = width
    for number, title in enumerate(titles):
        longest = max(len(title), *(row[number].cell_len for row in rows))
        shown = min(longest, _LONGEST_LABEL) if number == 0 else longest
        justify: JustifyMethod = "right" if title in {"Attempts", "Took"} else "left"
        table.add_column(title, overflow="fold", justify=justify, min_width=shown, max_width=shown)
        left -= shown + _GAP
    table.add_column("Detail", no_wrap=True)
    for *cells, said in rows:
        said.truncate(max(left, _LEAST_DETAIL), overflow="ellipsis")
        table.add_row(*cells, said)
    return table


def _cells(span: Span, now: datetime, *, is_wide: bool) -> tuple[Text, ...]:
    """Return the cells of an operation's row, the detail last."""
    took = duration(max(((span.ended or now) - span.started).total_seconds(), 0.0))
    return (
        Text(operation_label(span)),
        Text(span.status, style=STATUS_STYLES.get(span.status, "")),
        *((Text(span.kind), Text(str(len(span.attempts) or ""))) if is_wide else ()),
        Text(took),
        Text(operation_detail(span, now), style="red" if span.error is not None else ""),
    )


def _operation(span: Span) -> dict[str, Any]:
    return {
        "Id": span.id,
        "ParentId": span.parent_id,
        "Name": span.name,
        "Type": span.kind,
        "SubType": span.sub_type,
        "Status": span.status,
        "StartTimestamp": span.started,
        "EndTimestamp": span.ended,
        "Attempts": len(span.attempts),
        "Due": span.due,
        "Deadline": span.deadline,
        "CallbackId": span.callback_id,
        "ErrorType": None if span.error is None else span.error.type,
        "ErrorMessage": None if span.error is None else span.error.message,
        "Result": span.result,
    }


def _heading(console: Console, title: str) -> None:
    console.print(Text(f"\n{title}", style="bold"))


def _field(console: Console, label: str, value: str, *, style: str = "") -> None:
    console.print(Text().append(f"  {label:<11} ", style="dim").append(value, style=style or None), soft_wrap=True)


def _block(console: Console, label: str, value: str) -> None:
    _field(console, label, "")
    for line in value.splitlines():
        console.print(Text(f"    {line}"), soft_wrap=True)
