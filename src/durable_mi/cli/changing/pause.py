"""``durable-mi pause``: pause executions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.changing.options import changing_options

if TYPE_CHECKING:
    from durable_mi.cli.changing.options import Request
    from durable_mi.operate.bulk.chosen import Chosen

__all__ = ["command"]


@click.command("pause", short_help="Pause executions.")
@changing_options
@click.option("--reason", metavar="TEXT", help="What their histories get as the reason.")
@click.option("--keep-timeout", is_flag=True, help="Let the clock of the execution timeout run on meanwhile.")
def command(*, request: Request, reason: str | None, keep_timeout: bool) -> None:
    """Pause each EXECUTION, or those that the filters select, until `durable-mi resume`.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest. Waits and callbacks of a paused execution
    still complete; its function is not invoked.

    The exit status is 0 if all were paused, now or before, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import PAUSE  # noqa: PLC0415
    from durable_mi.operate.calls.changes import ExecutionChanges  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    changes = ExecutionChanges(scope.caller)

    def change(chosen: Chosen) -> str:
        changes.pause(chosen.execution.arn, reason=reason, pauses_timeout=not keep_timeout)
        return ""

    sys.exit(Change(verb=PAUSE, request=request, scope=scope).run(change))
