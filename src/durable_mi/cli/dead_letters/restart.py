"""``durable-mi dead-letters restart``: start executions again from dead letters."""

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


@click.command("restart", short_help="Start executions again from dead letters.")
@click.option("--qualifier", metavar="NAME", help="Alias or version to start them on.  [default: live]")
@change_options
@letter_options
def command(*, request: LetterRequest, qualifier: str | None, dry_run: bool, yes: bool) -> None:
    """Start an execution with the event of each MESSAGE_ID, or of those with --error, or of all.

    A message is removed when its execution was started. The name of the execution is made of the message id, so nothing
    is started twice if the command is run again.

    The exit status is 0 if all were started, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.dead_letters.box import open_box  # noqa: PLC0415
    from durable_mi.cli.dead_letters.change import LetterChange  # noqa: PLC0415
    from durable_mi.operate.bulk.carry_out import Settled  # noqa: PLC0415
    from durable_mi.operate.bulk.restart import start_once  # noqa: PLC0415
    from durable_mi.operate.errors import UsageError  # noqa: PLC0415

    change = LetterChange(verb="restart", done="started again", dry_run=dry_run, yes=yes, is_json=request.is_json)
    with open_box(request) as (scope, letters):

        def restart(boxed: Boxed) -> str:
            if boxed.function is None:
                names = ", ".join(each.label for each in boxed.functions)
                msg = f"its function must be known, and the queue is that of {names}: pass --function"
                raise UsageError(msg)
            try:
                text = start_once(
                    scope.caller,
                    boxed.function.name,
                    name=f"dead-letter-{boxed.letter.id}",
                    payload=boxed.letter.body.encode,
                    qualifier=qualifier,
                )
            except Settled as reason:
                text = str(reason)
            boxed.queue.remove(boxed.letter)
            return text

        status = change.run(letters, restart)
    sys.exit(status)
