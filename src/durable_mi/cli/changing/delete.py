"""``durable-mi delete``: delete executions that have ended."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.changing.options import changing_options

if TYPE_CHECKING:
    from durable_mi.cli.changing.options import Request
    from durable_mi.operate.bulk.chosen import Chosen

__all__ = ["command"]


@click.command("delete", short_help="Delete executions that have ended.")
@changing_options
def command(*, request: Request) -> None:
    """Delete each EXECUTION, or those that the filters select, with input, result and history.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest. Only what has ended is deleted. Its name is
    free again afterwards, and its data cannot be restored.

    The exit status is 0 if all are deleted, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import DELETE  # noqa: PLC0415
    from durable_mi.operate.calls.changes import ExecutionChanges  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    changes = ExecutionChanges(scope.caller)

    def change(chosen: Chosen) -> str:
        changes.delete(chosen.execution.arn)
        return ""

    sys.exit(Change(verb=DELETE, request=request, scope=scope).run(change))
