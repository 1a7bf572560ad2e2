"""The output of an execution on a terminal or in a file."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from durable_mi.operate.durations import Durations
from durable_mi.operate.formatting import clean, deadline, duration, moment, pretty
from durable_mi.operate.report.event_detail import event_detail
from durable_mi.operate.report.history_table import event_name, event_style, history_table
from durable_mi.operate.report.plain_console import plain_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from rich.console import Console

    from durable_mi.operate.execution import Event, Execution
    from durable_mi.operate.follow import Update
    from durable_mi.operate.logs import LogLine
    from durable_mi.operate.next_commands import NextCommand
    from durable_mi.operate.payload import Payload
    from durable_mi.operate.target import Target

__all__ = ["ConsoleReporter", "terminal"]

_FILE_WIDTH: Final = 120
_MINUTE: Final = 60
_LONGEST_VALUE: Final = 40
_GOOD, _BAD = "green", "red"


def terminal(*, quiet: bool = False) -> Console:
    """Return a console on standard output, plain if that is no terminal or NO_COLOR is set.

    Args:
        quiet: Whether the console discards its output.
    """
    # A character that the terminal's encoding lacks must not end the command.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    console = plain_console(quiet=quiet)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _FILE_WIDTH
    return console


class ConsoleReporter:
    """Prints an execution in the order in which its events arrive.

    Attributes:
        console: Where to print.
        verbose: Whether to show the invocations of the handler between the durable events.
    """

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self.console = console
        self.verbose = verbose
        self._watch = Durations()
        self._open: dict[str | None, Event] = {}
        self._announced: set[str | None] = set()
        self._failed_step: Event | None = None
        self._tracebacks: set[tuple[str, ...]] = set()
        self._traceback_of: Callable[[Event], Sequence[str]] = lambda _: ()
        self._answer: Callable[[str], NextCommand] | None = None
        self._progress = Progress(
            SpinnerColumn("line", style="dim"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("starting")

    def payload(self, payload: Payload) -> None:
        """Show the payload."""
        self._heading("Payload", f"{payload.source}, {len(payload.body):,} bytes")
        self._value(pretty(payload.body.decode()))

    def started(self, target: Target, arn: str) -> None:
        """Show that an execution was started."""
        self._heading("Started", str(target))
        self._line(arn)

    def follow(
        self,
        updates: Iterable[Update],
        *,
        traceback_of: Callable[[Event], Sequence[str]] = lambda _: (),
        answer: Callable[[str], NextCommand] | None = None,
    ) -> None:
        """Show each event as it arrives, and in between the operation that runs.

        Args:
            updates: The updates.
            traceback_of: Returns the frames of a ``StepFailed`` event whose error has none. Defaults to none.
            answer: Returns the command that answers a callback, from its id; shown for each that is waited for.
                Defaults to none.
        """
        self._traceback_of, self._answer = traceback_of, answer
        self._heading("Following")
        if not self._can_move:
            for update in updates:
                self._update(update)
            return
        with self._progress:
            for update in updates:
                self._update(update)

    def busy(self, doing: str) -> AbstractContextManager[object]:
        """Show a status line while the context lasts."""
        return (
            self.console.status(f"  {doing}", spinner="line", spinner_style="dim") if self._can_move else nullcontext()
        )

    def history(self, events: Sequence[Event]) -> None:
        """Show the history as a table."""
        self._heading("History", "times in UTC")
        self.console.print(history_table(events, width=self.console.width, invocations=self.verbose))

    def logs(self, lines: Sequence[LogLine], *, log_group: str) -> None:
        """Show the log lines."""
        self._heading("Logs", log_group)
        if not lines:
            self._line("no log lines of this execution yet: to read them later, use the command below", style="dim")
        for line in lines:
            text = Text().append(f"  {moment(line.timestamp)}  ", style="dim")
            level = line.level or ""
            text.append(f"{level:<7} " if level else "", style=_BAD if level in {"ERROR", "CRITICAL", "FATAL"} else "")
            text.append(clean(line.message))
            if line.error and line.error not in line.message:
                text.append(f" ({clean(line.error)})", style=_BAD)
            if line.operation:
                text.append(f"  [{clean(line.operation)}]", style="dim")
            self.console.print(text, soft_wrap=True)
            if line.stack_trace and tuple(line.stack_trace) not in self._tracebacks:
                self._frames(line.stack_trace)

    def no_logs(self, reason: str) -> None:
        """Show why there are no log lines."""
        self._heading("Logs")
        self._line(f"not shown: {reason}", style="yellow")

    def outcome(self, execution: Execution) -> None:
        """Show the outcome."""
        self._heading("Outcome")
        self._field("Status", execution.status, style="bold green" if execution.has_succeeded else "bold red")
        self._field("Started", f"{moment(execution.started, with_date=True)} UTC")
        if execution.ended is not None and execution.took_s is not None:
            self._field("Ended", f"{moment(execution.ended, with_date=True)} UTC")
            self._field("Took", duration(execution.took_s))
        if execution.input is not None:
            self._field("Input", "")
            self._value(pretty(execution.input), indent=4)
        if execution.result is not None:
            self._field("Result", "")
            self._value(pretty(execution.result), indent=4)
        if execution.error is not None:
            self._field("Error", clean(str(execution.error)), style=_BAD)
            step = self._failed_step
            # The SDK wraps the step's error in one of its own, with the same message.
            if step is not None and step.error is not None and step.error.message == execution.error.message:
                self._field("Step", f"{event_name(step)}: {clean(str(step.error))}", style=_BAD)
            for frame in execution.error.stack_trace:
                self._value(clean(frame), indent=4)

    def next_commands(self, commands: Sequence[NextCommand]) -> None:
        """Show the commands to run next."""
        self._heading("Next commands")
        for number, command in enumerate(commands):
            if number:
                self.console.print()
            self._line(f"# {command.purpose}", style="dim")
            self._value(str(command))

    @property
    def _can_move(self) -> bool:
        """Whether a line can be overwritten; otherwise a moving display would leave empty lines."""
        return self.console.is_terminal and not self.console.is_dumb_terminal and not self.console.quiet

    def _update(self, update: Update) -> None:
        for event in update.events:
            if event.is_start:
                self._open[event.operation_id] = event
            elif not event.is_invocation:
                self._open.pop(event.operation_id, None)
            self._event(event)
        for notice in update.notices:
            self._line(f"{'':>10}  {clean(notice)}", style=_BAD)
        if not update.execution.has_ended:
            self._callbacks()
        self._progress.update(self._task, description=f"  {update.execution.status}{self._at()}")

    def _callbacks(self) -> None:
        """Show once what answers each callback that is waited for; one that was answered meanwhile needs nothing."""
        for event in self._open.values():
            callback_id = event.details.get("CallbackId") if event.type == "CallbackStarted" else None
            if self._answer is None or callback_id is None or event.operation_id in self._announced:
                continue
            self._announced.add(event.operation_id)
            command = self._answer(callback_id)
            limit = "" if event.deadline is None else f", until {deadline(event.deadline, event.timestamp)}"
            self._value(f"# {command.purpose}{limit}", indent=14, style="dim")
            self._value(str(command), indent=14)

    def _traceback(self, event: Event, frames: Sequence[str]) -> None:
        """Show the traceback of each failed attempt at a step; the same one of other events once."""
        is_step = event.type == "StepFailed"
        frames = frames or (self._traceback_of(event) if is_step else ())
        if frames and (is_step or tuple(frames) not in self._tracebacks):
            self._frames(frames)

    def _frames(self, frames: Sequence[str]) -> None:
        """Show a traceback; the newest frames of a long one."""
        lines = [line for frame in frames for line in clean(frame.strip("\n")).splitlines()]
        self._tracebacks.add(tuple(frames))
        if len(lines) > _LONGEST_VALUE:
            self._value(f"... {len(lines) - _LONGEST_VALUE:,} lines before", indent=16, style="dim")
        self._value("\n".join(lines[-_LONGEST_VALUE:]), indent=16, style="dim")

    def _at(self) -> str:
        """Return what the execution waits for, if the event names it."""
        inner = [event for event in self._open.values() if not event.type.startswith(("Execution", "Context"))]
        if not inner:
            return ""
        event = inner[-1]
        # ChainedInvokeStarted gives "a chained invoke".
        kind = "".join(f" {c.lower()}" if c.isupper() else c for c in event.type.removesuffix("Started"))
        until = event.details.get("ScheduledEndTimestamp") or event.deadline
        at = f"  at {event_name(event) or f'a{kind}'}"
        return at if until is None else f"{at}, until {deadline(until, event.timestamp)}"

    def _event(self, event: Event) -> None:
        since, took, attempt = self._watch.see(event)
        if not (self.verbose or event.is_noteworthy):
            return
        text = Text().append(f"  {_since(since):>10}  ", style="dim")
        text.append(f"{event.type:<18}  ", style=event_style(event) or None)
        text.append(f"{event_name(event):<16}")
        if took is not None:
            text.append(f"  {duration(took):>8}")
        if attempt is not None and attempt > 1:
            text.append(f"  attempt {attempt}", style="yellow")
        detail = event_detail(event)
        if detail and event.error is None and event.type != "CallbackStarted":
            text.append(f"  {detail}")
            detail = ""
        text.rstrip()
        self.console.print(text, no_wrap=True, overflow="ellipsis", crop=True)
        if detail:
            self._value(detail, indent=14, style=_BAD if event.error else "")
        if event.type == "StepFailed" and not event.retry_delay_s:
            self._failed_step = event
        if event.error is not None:
            self._traceback(event, event.error.stack_trace)

    def _heading(self, title: str, remark: str = "") -> None:
        text = Text("\n").append(title, style="bold")
        if remark:
            text.append(f"  {clean(remark)}", style="dim")
        self.console.print(text, soft_wrap=True)

    def _field(self, label: str, value: str, *, style: str = "") -> None:
        text = Text().append(f"  {label:<8} ", style="dim").append(value, style=style or None)
        text.rstrip()
        self.console.print(text, soft_wrap=True)

    def _line(self, line: str, *, style: str = "") -> None:
        self.console.print(Text(f"  {line}", style=style), soft_wrap=True)

    def _value(self, value: str, *, indent: int = 2, style: str = "") -> None:
        lines = value.splitlines()
        for line in lines[:_LONGEST_VALUE]:
            self.console.print(Text(" " * indent + line, style=style), soft_wrap=True)
        if len(lines) > _LONGEST_VALUE:
            self._line(f"... {len(lines) - _LONGEST_VALUE:,} more lines", style="dim")


def _since(seconds: float) -> str:
    return f"+{seconds:.2f} s" if seconds < _MINUTE else f"+{duration(seconds)}"
