"""``durable-mi stop``: stop executions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.changing.options import changing_options

if TYPE_CHECKING:
    from durable_mi.cli.changing.options import Request
    from durable_mi.operate.bulk.chosen import Chosen

__all__ = ["command"]


@click.command("stop", short_help="Stop executions.")
@changing_options
@click.option("--reason", metavar="TEXT", help="Message of the error that their histories get.")
def command(*, request: Request, reason: str | None) -> None:
    """Stop each EXECUTION, or those that the filters select.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest. What ended meanwhile needs nothing, so the
    command can be run again if it broke off. A stopped execution cannot be resumed; `durable-mi restart` starts it
    again.

    The exit status is 0 if all were stopped or had ended, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import STOP  # noqa: PLC0415
    from durable_mi.operate.calls.changes import ExecutionChanges  # noqa: PLC0415
    from durable_mi.operate.execution import ExecutionError  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    changes = ExecutionChanges(scope.caller)
    error = None if reason is None else ExecutionError(type="Stopped", message=reason)

    def change(chosen: Chosen) -> str:
        changes.stop(chosen.execution.arn, error=error)
        return ""

    sys.exit(Change(verb=STOP, request=request, scope=scope).run(change))
