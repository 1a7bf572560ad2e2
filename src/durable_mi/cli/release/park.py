"""``durable-mi release park``: park a version that is proven empty, before its rollback window is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("park", short_help="Park a version that is proven empty.")
@click.argument("version")
@change_options
@output_option
@where_options
def command(*, where: Where, version: str, dry_run: bool, yes: bool, output: str) -> None:
    """Park VERSION: it gets no execution environments until it is woken.

    The command does not wait for the rollback window. It rejects a version that an alias or a weight names, one with
    executions that are running, pausing or paused, and one that is not proven empty: two looks, after no event can
    start an execution on it any more. The passes of the janitor, or of `durable-mi release drain`, are those looks.

    The exit status is 0 if it was parked, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.release.on_demand import park  # noqa: PLC0415
    from durable_mi.release.run_pass import look  # noqa: PLC0415

    scope = Scope.open(where)
    function = scope.function()
    seen = look(scope.client, scope.store(function), function)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    changes.run(scope, seen, park(seen.observed, seen.stored.record, seen.now, version))
    changes.close()
