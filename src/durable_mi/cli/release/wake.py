"""``durable-mi release wake``: give a version the environments back that it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import wake_timeout_option, where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("wake", short_help="Give a version its environments back.")
@click.argument("version")
@wake_timeout_option
@change_options
@output_option
@where_options
def command(  # noqa: PLR0913 - one parameter an option
    *, where: Where, version: str, timeout: int, dry_run: bool, yes: bool, output: str
) -> None:
    """Give VERSION the minimum and maximum of execution environments back that it had before it was lowered.

    Its windows start anew: unless an alias names it by then, it is drained again later.

    The exit status is 0 if it is active, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.release.calls.wait import wait_for_state  # noqa: PLC0415
    from durable_mi.release.guards import ACTIVE  # noqa: PLC0415
    from durable_mi.release.on_demand import wake  # noqa: PLC0415
    from durable_mi.release.run_pass import look  # noqa: PLC0415

    scope = Scope.open(where)
    function = scope.function()
    seen = look(scope.client, scope.store(function), function)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    changes.run(scope, seen, wake(seen.observed, seen.stored.record, seen.now, version))
    changes.close()
    if not dry_run:
        wait_for_state(scope.client, function, version, ACTIVE, timeout_s=timeout, poll_s=scope.poll_s)
