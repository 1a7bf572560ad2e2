"""``durable-mi release status``: the versions of functions, and what becomes of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.drain import STILL_DRAINING
from durable_mi.cli.release.options import where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("status", short_help="Show the versions of functions.")
@output_option
@where_options
def command(*, where: Where, output: str) -> None:
    """Show each version: its state, its open executions, its execution environments, and what the next pass does.

    "known until" is the latest wake-up, retry or timeout that the histories of the open executions name; at most 10 of
    them are read. An execution goes on after that. The dollars are the minimum that the instances of this function's
    versions cost a month; what a version costs is what would not be paid without it.

    The exit status is 0 if only live versions are warm, 3 while something drains or is unknown, 1 if the function
    cannot be read, and 2 for wrong usage.
    """
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.cli.release.version_status import read_status  # noqa: PLC0415
    from durable_mi.cli.reports.release import print_status  # noqa: PLC0415
    from durable_mi.cli.reports.release_document import status_document  # noqa: PLC0415

    scope = Scope.open(where)
    found = [read_status(scope, function) for function in scope.functions()]
    if output == "json":
        click.echo(status_document(found))
    else:
        print_status(found)
    sys.exit(STILL_DRAINING if any(each.is_draining for each in found) else 0)
