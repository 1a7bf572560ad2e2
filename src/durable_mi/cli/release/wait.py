"""``durable-mi release wait``: wait until only live versions are warm, and change nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from durable_mi.cli.release.drain import STILL_DRAINING
from durable_mi.cli.release.options import where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]

_BETWEEN_LOOKS_S = 30


@click.command("wait", short_help="Wait until only live versions are warm.")
@click.option(
    "--timeout",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    default=3600,
    show_default=True,
    help="Wait so long.",
)
@where_options
def command(*, where: Where, timeout: int) -> None:
    """Wait until only versions that an alias names have execution environments. Nothing is changed.

    The janitor drains on its schedule; without one, run `durable-mi release drain --wait`.

    The exit status is 0 once only live versions are warm, 3 if that is not so in time, 1 if it cannot be read, and 2
    for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.cli.release.version_status import drains  # noqa: PLC0415
    from durable_mi.operate.formatting import clean  # noqa: PLC0415
    from durable_mi.release.observe import observe  # noqa: PLC0415

    scope = Scope.open(where)
    functions = scope.marked_functions()
    end, shown = time.monotonic() + timeout, ""
    while True:
        seen = [observe(scope.client, function) for function in functions]
        lines = [f"{each.name}: {line}" for each in seen if (line := drains(each))]
        if not lines:
            click.echo("Only versions that an alias names have execution environments.")
            return
        if shown != "\n".join(lines):
            shown = "\n".join(lines)
            click.echo(clean(shown))
        if time.monotonic() + scope.between(_BETWEEN_LOOKS_S) > end:
            sys.exit(STILL_DRAINING)
        time.sleep(scope.between(_BETWEEN_LOOKS_S))
