"""The events of a history as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from durable_mi.operate.durations import Durations
from durable_mi.operate.formatting import clean, duration, moment
from durable_mi.operate.report.event_detail import event_detail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import JustifyMethod

    from durable_mi.operate.execution import Event

__all__ = ["event_name", "event_style", "history_table"]

_WIDE: Final = 110
_NARROW: Final = 72
_GAP: Final = 3
_LONGEST_NAME: Final = 24
_COLUMNS: Final[Sequence[tuple[str, JustifyMethod]]] = (
    ("#", "right"),
    ("Time", "left"),
    ("Event", "left"),
    ("Name", "left"),
    ("Attempt", "right"),
    ("Took", "right"),
)
_ESSENTIAL: Final = (2, 3)
_ENDS: Final = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionStopped"})
_STYLES: Final = (
    ("Succeeded", "green"),
    ("Failed", "red"),
    ("TimedOut", "red"),
    ("Stopped", "red"),
    ("Cancelled", "yellow"),
    ("Paused", "yellow"),
)


def history_table(events: Sequence[Event], *, width: int, invocations: bool) -> Table:
    """Lay out a history: the detail gets the rest of a wide terminal; a narrow one shows only the main columns.

    Args:
        events: The whole history, oldest first.
        width: Width of the terminal in columns.
        invocations: Whether to also show the successful invocations of the handler.
    """
    watch = Durations()
    rows: list[tuple[Text, ...]] = []
    has_ended = any(event.type in _ENDS for event in events)
    last = {event.operation_id: event.id for event in events}
    for event in events:
        _, took, attempt = watch.see(event)
        if invocations or event.is_noteworthy:
            said = event_detail(event, is_last=has_ended and last[event.operation_id] == event.id)
            rows.append(_row(event, took=took, attempt=attempt, detail=said))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False)
    shown = range(len(_COLUMNS)) if width >= _NARROW else _ESSENTIAL
    left = width
    for number in shown:
        title, justify = _COLUMNS[number]
        longest = max((row[number].cell_len for row in rows), default=0)
        folds = title == "Name"
        table.add_column(
            title,
            justify=justify,
            no_wrap=not folds,
            overflow="fold" if folds else "ellipsis",
            max_width=_LONGEST_NAME if folds else None,
        )
        left -= max(len(title), min(longest, _LONGEST_NAME) if folds else longest) + _GAP
    if width >= _WIDE:
        table.add_column("Detail", no_wrap=True)
    for row in rows:
        *cells, detail = row
        detail.truncate(max(left, 1), overflow="ellipsis")
        table.add_row(*(cells[number] for number in shown), *([detail] if width >= _WIDE else []))
    return table


def event_name(event: Event) -> str:
    """Return the operation's name. Events of the execution have the execution's name, which is not repeated."""
    return "" if event.type.startswith("Execution") else clean(event.name or "")


def event_style(event: Event) -> str:
    """Return the style of the event's type: ends are colored, starts are not."""
    if event.is_invocation:
        return "red" if event.error else ""
    return next((style for ending, style in _STYLES if event.type.endswith(ending)), "")


def _row(event: Event, *, took: float | None, attempt: int | None, detail: str) -> tuple[Text, ...]:
    """Return the cells of an event's row, the detail last."""
    return (
        Text(str(event.id)),
        Text(moment(event.timestamp)),
        Text(event.type, style=event_style(event)),
        Text(event_name(event)),
        Text("" if attempt is None else str(attempt)),
        Text("" if took is None else duration(took)),
        Text(detail),
    )
