"""One change of executions: choose, show a sample, ask, carry it out, report."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.interrupts import INTERRUPTED
from durable_mi.operate.bulk.carry_out import Outcome, Result, carry_out
from durable_mi.operate.bulk.chosen import choose_by_filters, read_chosen
from durable_mi.operate.errors import UsageError
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cli.changing.options import Request
    from durable_mi.cli.executions.scope import ExecutionScope
    from durable_mi.operate.bulk.chosen import Chosen
    from durable_mi.operate.bulk.verb import Verb

__all__ = ["Change"]

_SAMPLE: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of executions.

    Attributes:
        verb: What is done.
        request: To which executions, and how to ask and report.
        scope: The calls.
        detail: What else to say in the question, such as the new input.
    """

    verb: Verb
    request: Request
    scope: ExecutionScope
    detail: str = ""
    _results: list[Result] = field(default_factory=list)

    def run(self, change: Callable[[Chosen], str]) -> int:
        """Make it, and return the exit status: 0 if everything was done or needed nothing, 1 if not.

        Args:
            change: Makes the change of one execution, and returns what was made.

        Raises:
            OperatorError: The executions cannot be chosen, or nobody can be asked.
            Abort: The answer is no.
        """
        chosen = self._choose()
        self._propose(chosen)
        if not chosen or self.request.dry_run:
            self._close(chosen)
            return 0
        self._ask(len(chosen))
        try:
            for result in carry_out(self.verb, chosen, change):
                self._results.append(result)
                self._say(_line(self.verb, result))
        except KeyboardInterrupt:
            done = len(self._results)
            click.echo(f"Interrupted after {done} of {len(chosen)}: run the same command again to go on.", err=True)
            return INTERRUPTED
        self._close(chosen)
        missed = {Outcome.FAILED, Outcome.NOT_TRIED}
        return 1 if any(each.outcome in missed for each in self._results) else 0

    def _choose(self) -> Sequence[Chosen]:
        request = self.request
        if not request.references:
            return choose_by_filters(
                self.scope.selection(), self.verb, request.filters, sort=request.sort, limit=request.limit
            )
        named = dict.fromkeys(self.scope.arn(each) for each in request.references)
        return [read_chosen(self.scope.caller, each) for each in named]

    def _propose(self, chosen: Sequence[Chosen]) -> None:
        if not chosen:
            self._say(f"Nothing to {self.verb.name}: no execution is selected that is {self.verb.statuses}.")
            return
        word = "Would" if self.request.dry_run else "Will"
        self._say(f"{word} {self.verb.name} {_count(len(chosen))}{self.detail}:")
        now = datetime.now(UTC)
        shown = chosen if len(chosen) <= _SAMPLE + 1 else chosen[:_SAMPLE]
        for each in shown:
            self._say(f"  {_described(each, now)}")
        if len(chosen) > len(shown):
            self._say(f"  and {len(chosen) - len(shown)} more")

    def _ask(self, count: int) -> None:
        if self.request.yes:
            return
        if not sys.stdin.isatty():
            msg = "--yes must be given where nobody can be asked, got none: pass it, or --dry-run to see what is done"
            raise UsageError(msg)
        question = f"{self.verb.name.capitalize()} {'it' if count == 1 else f'all {count}'}?"
        click.confirm(question, abort=True, err=True)

    def _close(self, chosen: Sequence[Chosen]) -> None:
        if self.request.is_json:
            click.echo(json.dumps(self._document(chosen), indent=2))
        elif len(self._results) > 1:
            counts = Counter(each.outcome for each in self._results)
            words = {
                Outcome.DONE: self.verb.done,
                Outcome.NOT_NEEDED: "needed nothing",
                Outcome.FAILED: "failed",
                Outcome.NOT_TRIED: "not tried",
            }
            self._say(", ".join(f"{counts[each]} {words[each]}" for each in Outcome if counts[each]) + ".")
            if counts[Outcome.FAILED] or counts[Outcome.NOT_TRIED]:
                self._say("Run the same command again to try the rest.")

    def _document(self, chosen: Sequence[Chosen]) -> dict[str, Any]:
        results = {each.chosen.execution.arn: each for each in self._results}
        rows = []
        for each in chosen:
            result = results.get(each.execution.arn)
            rows.append(
                {
                    "DurableExecutionArn": each.execution.arn,
                    "DurableExecutionName": each.execution.name,
                    "Status": each.execution.status,
                    "Outcome": None if result is None else str(result.outcome),
                    "Detail": (result.text or None) if result is not None else None,
                }
            )
        return {"Action": self.verb.name, "DryRun": self.request.dry_run, "Executions": rows}

    def _say(self, line: str) -> None:
        if not self.request.is_json:
            click.echo(clean(line))


def _line(verb: Verb, result: Result) -> str:
    name = result.chosen.execution.name
    match result.outcome:
        case Outcome.DONE:
            return f"{name}: {verb.done}" + (f": {result.text}" if result.text else "")
        case Outcome.NOT_NEEDED:
            return f"{name}: nothing to {verb.name}: {result.text}"
        case Outcome.FAILED:
            return f"{name}: not {verb.done}: {result.text}"
        case Outcome.NOT_TRIED:
            return f"{name}: not tried: {result.text}"


def _count(number: int) -> str:
    return "1 execution" if number == 1 else f"{number} executions"


def _described(chosen: Chosen, now: datetime) -> str:
    execution = chosen.execution
    started = execution.started.astimezone()
    day = "%H:%M:%S" if started.date() == now.astimezone().date() else "%Y-%m-%d %H:%M"
    return (
        f"{execution.name}: {execution.status}, started {started.strftime(day)}, "
        f"{chosen.function.label} version {execution.id.version}"
    )
