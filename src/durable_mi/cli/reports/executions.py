"""Lists of executions, on the terminal and as JSON."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.table import Table
from rich.text import Text

from durable_mi.operate.document import dumped
from durable_mi.operate.formatting import clean, deadline, duration
from durable_mi.operate.report.console_reporter import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.executions.row import Row
    from durable_mi.operate.selection.place import Place

__all__ = ["STATUS_STYLES", "executions_document", "executions_table", "place_fields", "print_executions"]

STATUS_STYLES: Final = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "STOPPED": "yellow",
    "RUNNING": "blue",
    "PAUSED": "yellow",
    "PAUSING": "yellow",
}
_WIDE: Final = 110


def print_executions(rows: Sequence[Row]) -> None:
    """Print the executions as a table, or as two lines each where the terminal is narrow."""
    console = terminal()
    console.print(executions_table(rows, width=console.width))


def executions_table(rows: Sequence[Row], *, width: int) -> Table | Text:
    """Return the executions as a table.

    Args:
        rows: The executions.
        width: Width of the terminal in columns; a narrow one has the place in a line of its own.
    """
    if not rows:
        return Text("No executions.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    if width < _WIDE:
        table.add_column("Status", no_wrap=True)
        table.add_column("Execution", overflow="fold")
        for row in rows:
            table.add_row(_status(row), _lines(row))
        return table
    for title in ("Status", "Function", "Version", "Name", "Started", "Took", "Where it is"):
        table.add_column(
            title,
            justify="right" if title in {"Version", "Took"} else "left",
            no_wrap=title in {"Status", "Version", "Started", "Took"},
            overflow="fold",
            min_width=12 if title in {"Function", "Name", "Where it is"} else None,
        )
    for row in rows:
        table.add_row(
            _status(row),
            clean(row.function.label),
            row.execution.id.version,
            clean(row.execution.name),
            deadline(row.execution.started, row.now),
            duration(row.execution.took_s(row.now)),
            _place(row),
        )
    return table


def executions_document(rows: Sequence[Row]) -> str:
    """Return the executions as JSON: the keys of the API and a few more; ``null`` is what is not there."""
    return dumped({"Executions": [_fields(row) for row in rows]})


def place_fields(place: Place | None) -> dict[str, Any] | None:
    """Return where an execution is for a JSON document."""
    if place is None:
        return None
    return {
        "State": str(place.state),
        "Kind": place.kind or None,
        "Name": place.label or None,
        "Id": place.operation_id,
        "Since": place.since,
        "Until": place.until,
        "Attempt": place.attempt,
        "ErrorType": None if place.error is None else place.error.type,
        "ErrorMessage": None if place.error is None else place.error.message,
        "CallbackId": place.callback_id,
        "FunctionName": place.function,
        "OthersOpen": place.others,
    }


def _fields(row: Row) -> dict[str, Any]:
    execution = row.execution
    return {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "FunctionName": execution.id.function,
        "Function": row.function.label,
        "Version": execution.id.version,
        "Status": execution.status,
        "StartTimestamp": execution.started.astimezone(UTC),
        "EndTimestamp": execution.ended,
        "DurationSeconds": round(execution.took_s(row.now), 3),
        "Place": place_fields(row.place),
    }


def _status(row: Row) -> Text:
    return Text(row.execution.status, style=STATUS_STYLES.get(row.execution.status, ""))


def _place(row: Row) -> Text:
    if row.place is None:
        return Text()
    return Text(_one_line(row.place.text(row.now)), style="red" if row.place.error is not None else "")


def _lines(row: Row) -> Text:
    text = Text(clean(row.execution.name))
    text.append(f"\n{clean(row.function.label)}:{row.execution.id.version}", style="dim")
    text.append(f"\n{deadline(row.execution.started, row.now)}, {duration(row.execution.took_s(row.now))}", style="dim")
    if row.place is not None:
        text.append("\n").append_text(_place(row))
    return text


def _one_line(text: str) -> str:
    return clean(" ".join(text.split()))
