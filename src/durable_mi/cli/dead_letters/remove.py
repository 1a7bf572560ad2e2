"""``durable-mi dead-letters remove``: remove dead letters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.dead_letters.options import letter_options
from durable_mi.cli.options.changes import change_options

if TYPE_CHECKING:
    from durable_mi.cli.dead_letters.box import Boxed
    from durable_mi.cli.dead_letters.options import LetterRequest

__all__ = ["command"]


@click.command("remove", short_help="Remove dead letters.")
@change_options
@letter_options
def command(*, request: LetterRequest, dry_run: bool, yes: bool) -> None:
    """Remove the dead letters with each MESSAGE_ID, or those with --error, or all, for good.

    The exit status is 0 if all were removed, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.dead_letters.box import open_box  # noqa: PLC0415
    from durable_mi.cli.dead_letters.change import LetterChange  # noqa: PLC0415

    def remove(boxed: Boxed) -> str:
        boxed.queue.remove(boxed.letter)
        return ""

    change = LetterChange(verb="remove", done="removed", dry_run=dry_run, yes=yes, is_json=request.is_json)
    with open_box(request) as (_, letters):
        status = change.run(letters, remove)
    sys.exit(status)
