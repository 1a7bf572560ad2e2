"""A timeline on a terminal: one line for each operation, with bars on one axis."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from durable_mi.operate.formatting import clean, duration, moment
from durable_mi.timeline.remarks import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console

    from durable_mi.timeline.invocation import Invocation
    from durable_mi.timeline.span import Span
    from durable_mi.timeline.timeline import Timeline

__all__ = ["print_timeline"]

_STYLES: Final = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "STOPPED": "red",
    "CANCELLED": "yellow",
    "PENDING": "yellow",
    "STARTED": "blue",
    "RUNNING": "blue",
}
_MARKS: Final = {
    "SUCCEEDED": "✓",
    "FAILED": "✗",
    "TIMED_OUT": "✗",
    "STOPPED": "■",
    "CANCELLED": "■",
    "PENDING": "…",
    "STARTED": "…",
}
_BARS: Final = {"Step": "█", "ChainedInvoke": "█", "Wait": "░", "Callback": "▒", "Context": "─"}
_PLAIN: Final = str.maketrans("✓✗■…█░▒─·▪", "+x#.#~=-.#")
_LONGEST_NAME: Final = 34
_SHORTEST_AXIS: Final = 16
_TOOK_COLUMNS: Final = 9
_INDENT: Final = 2


def print_timeline(console: Console, timeline: Timeline) -> None:
    """Print a timeline as wide as the console.

    Args:
        console: Where to print. A console whose encoding has no block characters gets plain ones.
        timeline: The timeline.
    """
    _Printer(console, timeline).run()


class _Printer:
    def __init__(self, console: Console, timeline: Timeline) -> None:
        self._console = console
        self._timeline = timeline
        names = [self._name(span) for span in timeline.spans] + [label for label, _ in self._lanes()] + ["execution"]
        self._names = min(max((len(name) for name in names), default=0), _LONGEST_NAME)
        self._axis = max(console.width - self._names - _TOOK_COLUMNS - 3 * _INDENT, _SHORTEST_AXIS)
        self._is_plain = not (console.encoding or "").lower().startswith("utf")

    def run(self) -> None:
        self._head()
        self._states()
        self._invocations()
        for span in self._timeline.spans:
            self._span(span)
        error = self._timeline.execution.error
        if error is not None:
            self._print(Text(f"\n{clean(str(error))}", style="red"))

    def _invocations(self) -> None:
        """Show where the invocations ran, which of them failed, and what the runtime reported."""
        for label, ran in self._lanes():
            bar = [" "] * self._axis
            failed = [" "] * self._axis
            for each in ran:
                self._fill(bar, each.started, each.ended or self._timeline.now, "▪")
            for each in ran:
                if each.error is not None:
                    self._fill(failed, each.started, each.ended or self._timeline.now, "✗")
            self._line((" ", label, "dim"), bar, "blue", f"{len(ran)} run{'' if len(ran) == 1 else 's'}", over=failed)
        for number, each in enumerate(self._timeline.invocations, start=1):
            if each.failure is not None:
                self._print(Text(f"{' ' * 2 * _INDENT}invocation {number} failed: {clean(each.failure)}", style="red"))
        for _, notice in self._timeline.notices:
            self._print(Text(f"{' ' * 2 * _INDENT}{clean(notice)}", style="red"))
        if self._timeline.invocations or self._timeline.waiting:
            self._print(Text())

    def _head(self) -> None:
        timeline = self._timeline
        execution = timeline.execution
        head = Text().append(clean(execution.name), style="bold")
        head.append(f"  {execution.status}", style=f"bold {_STYLES.get(execution.status, '')}".strip())
        self._print(head)
        facts = [
            f"{timeline.function_name}:{timeline.version}",
            f"started {moment(execution.started, with_date=True)} UTC",
        ]
        facts.append(f"{'took' if execution.has_ended else 'so far'} {duration(timeline.took_s)}")
        if timeline.running_s is not None and timeline.suspended_s is not None:
            queued = "" if timeline.queued_s is None else f"queued {duration(timeline.queued_s)}, "
            facts.append(f"ran {duration(timeline.running_s)}, {queued}suspended {duration(timeline.suspended_s)}")
        line = " · ".join(facts)
        if timeline.queued_s is not None and len(line) > self._console.width:
            line = " · ".join(facts[:2]) + "\n" + " · ".join(facts[2:])
        self._print(Text(f"{line}\n", style="dim"))

    def _states(self) -> None:
        """Show when the execution ran, was queued and was suspended, if that is known."""
        timeline = self._timeline
        if timeline.running_s is None:
            return
        bar = [" "] * self._axis
        self._fill(bar, timeline.execution.started, timeline.now, "·")
        for state, periods in (("▒", timeline.queued()), ("█", timeline.active())):
            for started, ended in periods:
                self._fill(bar, started, ended, state)
        self._line((" ", "execution", "dim"), bar, _STYLES.get(timeline.execution.status, ""), "")

    def _lanes(self) -> list[tuple[str, list[Invocation]]]:
        lanes: dict[str | None, list[Invocation]] = {}
        for each in self._timeline.invocations:
            lanes.setdefault(each.environment, []).append(each)
        return [
            ("invocations" if environment is None else f"environment {environment[:4]}", ran)
            for environment, ran in lanes.items()
        ]

    def _span(self, span: Span) -> None:
        bar = [" "] * self._axis
        end = span.ended or self._timeline.now
        if span.kind == "Step":
            self._fill(bar, span.started, end, "·")
            for attempt in span.attempts:
                self._fill(bar, attempt.started, attempt.ended or end, "█")
        else:
            self._fill(bar, span.started, end, _BARS[span.kind])
        seconds = (end - span.started).total_seconds()
        took = duration(seconds) if seconds > 0 else ""
        style = _STYLES.get(span.status, "")
        self._line((_MARKS.get(span.status, " "), self._name(span), style), bar, style, took)
        for remark in remarks(span, self._timeline.now):
            self._remark(span, remark, "dim")
        if span.error is not None and span.status != "SUCCEEDED":
            self._remark(span, clean(str(span.error)), "red")

    def _remark(self, span: Span, text: str, style: str) -> None:
        self._print(Text(f"{' ' * (2 * _INDENT + 2 * span.depth)}{text}", style=style))

    def _name(self, span: Span) -> str:
        attempts = f" ({len(span.attempts)} attempts)" if len(span.attempts) > 1 else ""
        return f"{'  ' * span.depth}{clean(span.label)}{attempts}"

    def _line(
        self, label: tuple[str, str, str], bar: list[str], style: str, took: str, over: Sequence[str] = ()
    ) -> None:
        """Print a row; its label is a mark, a name and the style of the mark. What lies over its bar is red."""
        mark, name, mark_style = label
        shown = name if len(name) <= self._names else f"{name[: self._names - 1]}…"
        line = Text().append(f"{mark} ", style=mark_style or None).append(f"{shown:<{self._names}}  ")
        cells = [
            (above, "red") if above != " " else (below, style)
            for below, above in zip(bar, over or " " * len(bar), strict=True)
        ]
        for shade, run in groupby(cells, key=itemgetter(1)):
            line.append("".join(cell for cell, _ in run), style=shade or None)
        line.append(f"  {took:>{_TOOK_COLUMNS}}", style="dim")
        line.rstrip()
        self._print(line)

    def _fill(self, bar: list[str], start: datetime, end: datetime, character: str) -> None:
        first, last = self._column(start), self._column(end)
        for column in range(first, max(last, first + 1)):
            bar[column] = character

    def _column(self, at: datetime) -> int:
        origin = self._timeline.execution.started
        whole = max((self._timeline.now - origin).total_seconds(), 1e-9)
        share = min(max((at - origin).total_seconds() / whole, 0.0), 1.0)
        return min(round(share * self._axis), self._axis - 1)

    def _print(self, text: Text) -> None:
        if self._is_plain:
            plain = Text(text.plain.translate(_PLAIN))
            plain.spans = text.spans
            text = plain
        self._console.print(text, soft_wrap=True)
