"""``durable-mi resume``: resume paused executions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.changing.options import changing_options

if TYPE_CHECKING:
    from durable_mi.cli.changing.options import Request
    from durable_mi.operate.bulk.chosen import Chosen

__all__ = ["command"]


@click.command("resume", short_help="Resume paused executions.")
@changing_options
@click.option("--reason", metavar="TEXT", help="What their histories get as the reason.")
def command(*, request: Request, reason: str | None) -> None:
    """Resume each EXECUTION, or those that the filters select; each goes on on its own version.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest.

    The exit status is 0 if all run, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import RESUME  # noqa: PLC0415
    from durable_mi.operate.calls.changes import ExecutionChanges  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    changes = ExecutionChanges(scope.caller)

    def change(chosen: Chosen) -> str:
        changes.resume(chosen.execution.arn, reason=reason)
        return ""

    sys.exit(Change(verb=RESUME, request=request, scope=scope).run(change))
