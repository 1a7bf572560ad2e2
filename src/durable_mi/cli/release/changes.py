"""Showing what a command would change, asking, doing it, and reporting each result."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from durable_mi.operate.errors import ServiceError, UsageError
from durable_mi.operate.formatting import clean
from durable_mi.release.apply import apply, describe
from durable_mi.release.decision import DeleteProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.release.scope import Scope
    from durable_mi.release.apply import Result
    from durable_mi.release.decision import Action, Plan
    from durable_mi.release.run_pass import Pass

__all__ = ["Changes"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The changes of one command.

    Attributes:
        is_json: Whether one JSON document is printed at the end instead of lines.
        dry_run: Whether nothing is done.
        yes: Whether nobody is asked.
    """

    is_json: bool
    dry_run: bool
    yes: bool
    _actions: list[dict[str, Any]] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _undone: list[str] = field(default_factory=list)

    @property
    def lines(self) -> Sequence[str]:
        """What was said, in its order."""
        return tuple(self._lines)

    @property
    def undone(self) -> Sequence[str]:
        """What was asked for and not done."""
        return tuple(self._undone)

    def say(self, line: str) -> None:
        """Print a line, or keep it for the document."""
        self._lines.append(line)
        if not self.is_json:
            click.echo(clean(line))

    def proposed(self, function: str, plan: Plan) -> bool:
        """Show what a plan does, and return whether there is anything."""
        decided: list[tuple[Action, str]] = [
            *((each.action, each.reason) for each in plan.decisions if each.action is not None),
            *((each, "nothing is on it any more") for each in plan.providers),
        ]
        for action, reason in decided:
            subject = action.arn if isinstance(action, DeleteProvider) else action.version
            self.announce(function, subject, f"{describe(action)}: {reason}")
        return bool(decided)

    def announce(self, function: str, subject: str, what: str) -> None:
        """Show something that is done if the answer is yes."""
        if self.dry_run:
            self._note(function, subject, what)
        self.say(f"{function}: {'would' if self.dry_run else 'will'} {what}")

    def confirm(self, question: str) -> bool:
        """Ask before something is changed, and return whether to go on; a dry run does not.

        Raises:
            UsageError: Nobody is there to answer.
            Abort: The answer is no.
        """
        if self.dry_run or self.yes:
            return not self.dry_run
        if not sys.stdin.isatty():
            msg = "--yes must be given where nobody can be asked, got none: pass it, or --dry-run to see what is done"
            raise UsageError(msg)
        return click.confirm(clean(question), abort=True, err=True)

    def carry_out(self, scope: Scope, seen: Pass, plan: Plan) -> bool:
        """Carry out a plan, report each result, and return whether everything was done."""
        store = scope.store(plan.function)
        undone = len(self._undone)
        for result in apply(scope.client, store, seen.stored, seen.observed, plan, now=seen.now):
            self._report(plan.function, result)
        return len(self._undone) == undone

    def run(self, scope: Scope, seen: Pass, plan: Plan) -> None:
        """Show a plan, ask, and carry it out."""
        if not self.proposed(plan.function, plan):
            self.say(f"{plan.function}: nothing to do")
        elif self.confirm("Do this?"):
            self.carry_out(scope, seen, plan)

    def done(self, function: str, subject: str, what: str) -> None:
        """Report something that was done beside a plan."""
        self._note(function, subject, what, is_done=True)
        self.say(f"{function}: done: {what}")

    def close(self) -> None:
        """Print the document.

        Raises:
            ServiceError: Something was not done.
        """
        if self.is_json:
            document = {"DryRun": self.dry_run, "Actions": self._actions, "Messages": self._lines}
            click.echo(json.dumps(document, indent=2))
        if self._undone:
            msg = f"everything must be done, but {', '.join(self._undone)} was not: see above"
            raise ServiceError(msg)

    def _report(self, function: str, result: Result) -> None:
        self._note(function, result.subject, describe(result.action), result=result)
        self.say(f"{function}: {'done: ' if result.is_done else ''}{result}")
        if not result.is_done:
            self._undone.append(f"{describe(result.action)} of {function}")

    def _note(
        self, function: str, subject: str, what: str, *, result: Result | None = None, is_done: bool = False
    ) -> None:
        self._actions.append(
            {
                "FunctionName": function,
                "Subject": subject,
                "Action": what,
                "Reason": None if result is None else result.reason,
                "Done": is_done if result is None else result.is_done,
                "Refused": None if result is None else result.refused,
                "Failed": None if result is None else result.failed,
            }
        )
