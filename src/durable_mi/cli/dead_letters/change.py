"""One change of dead letters: choose, show a sample, ask, carry it out, report."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.interrupts import INTERRUPTED
from durable_mi.operate.errors import OperatorError, UsageError
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cli.dead_letters.box import Boxed

__all__ = ["LetterChange"]

_SAMPLE: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterChange:
    """A change of dead letters.

    Attributes:
        verb: What is done, such as ``remove``.
        done: What has happened afterwards, such as ``removed``.
        dry_run: Whether nothing is done.
        yes: Whether nobody is asked.
        is_json: Whether one JSON document is printed at the end.
    """

    verb: str
    done: str
    dry_run: bool
    yes: bool
    is_json: bool
    _results: list[dict[str, Any]] = field(default_factory=list)

    def run(self, letters: Sequence[Boxed], change: Callable[[Boxed], str]) -> int:
        """Make it, one dead letter after the other, and return the exit status: 0 if all were done, 1 if not.

        Args:
            letters: The dead letters.
            change: Makes the change of one, and returns what was made.

        Raises:
            UsageError: Nobody can be asked.
            Abort: The answer is no.
        """
        self._propose(letters)
        if letters and not self.dry_run:
            self._ask(len(letters))
            for number, each in enumerate(letters):
                try:
                    self._report(each, change)
                except KeyboardInterrupt:
                    click.echo(
                        f"Interrupted after {number} of {len(letters)}: run the same command again to go on.", err=True
                    )
                    return INTERRUPTED
        if self.is_json:
            click.echo(json.dumps({"Action": self.verb, "DryRun": self.dry_run, "Messages": self._results}, indent=2))
        return 0 if all(each["Done"] for each in self._results) else 1

    def _report(self, boxed: Boxed, change: Callable[[Boxed], str]) -> None:
        try:
            text, is_done = change(boxed), True
        except OperatorError as error:
            text, is_done = str(error), False
        self._results.append({"MessageId": boxed.letter.id, "Done": is_done, "Detail": text or None})
        self._say(f"{boxed.letter.id}: {self.done if is_done else f'not {self.done}'}" + (f": {text}" if text else ""))

    def _propose(self, letters: Sequence[Boxed]) -> None:
        if not letters:
            self._say(f"Nothing to {self.verb}: no dead letter is selected.")
            return
        count = "1 dead letter" if len(letters) == 1 else f"{len(letters)} dead letters"
        self._say(f"{'Would' if self.dry_run else 'Will'} {self.verb} {count}:")
        for each in letters[:_SAMPLE]:
            self._say(f"  {each.described()}")
        if len(letters) > _SAMPLE:
            self._say(f"  and {len(letters) - _SAMPLE} more")

    def _ask(self, count: int) -> None:
        if self.yes:
            return
        if not sys.stdin.isatty():
            msg = "--yes must be given where nobody can be asked, got none: pass it, or --dry-run to see what is done"
            raise UsageError(msg)
        click.confirm(f"{self.verb.capitalize()} {'it' if count == 1 else f'all {count}'}?", abort=True, err=True)

    def _say(self, line: str) -> None:
        if not self.is_json:
            click.echo(clean(line))
