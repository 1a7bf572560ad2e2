"""``durable-mi wait``: wait until durable executions have ended, for scripts."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where
    from durable_mi.operate.execution import Execution

__all__ = ["STILL_OPEN", "command"]

STILL_OPEN: Final = 3
"""Exit status where an execution has not ended in time."""

_FIRST_S: Final = 0.2
_LOCAL_PAUSE_S: Final = 1.0
_AWS_PAUSE_S: Final = 5.0
_FACTOR: Final = 1.5


@click.command("wait", short_help="Wait until durable executions have ended.")
@click.argument("arns", nargs=-1, required=True, metavar="ARN...")
@click.option(
    "--timeout",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    help="Wait so long at most.  [default: until they have ended]",
)
@output_option
@execution_where_options
def command(*, where: Where, arns: tuple[str, ...], timeout: int | None, output: str) -> None:
    """Wait until the durable executions ARN have ended, and print a line for each one that does.

    Each ARN can also be the execution's name, the beginning of its name or id, or latest.

    The exit status is 0 if all of them succeeded, 1 if one did not or cannot be read, 2 for wrong usage, and 3 if one
    has not ended in time.
    """
    references = [Reference.parse(each) for each in arns]
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.document import dumped  # noqa: PLC0415

    scope = ExecutionScope.open(where, *references)
    is_json = output == "json"
    waiting = list(dict.fromkeys(scope.arn(each).text for each in references))
    seen: dict[str, Execution] = {}
    end = None if timeout is None else time.monotonic() + timeout
    pause, longest = _FIRST_S, _LOCAL_PAUSE_S if scope.connection.is_loopback else _AWS_PAUSE_S
    while True:
        for arn in list(waiting):
            seen[arn] = scope.caller.execution(arn)
            if seen[arn].has_ended:
                waiting.remove(arn)
                if not is_json:
                    click.echo(f"{seen[arn].status:<9}  {arn}")
        left = None if end is None else end - time.monotonic()
        if not waiting or (left is not None and left <= 0):
            break
        time.sleep(pause if left is None else min(pause, left))
        pause = min(pause * _FACTOR, longest)
    if is_json:
        click.echo(dumped({"Executions": [_fields(each) for each in seen.values()]}))
    else:
        for arn in waiting:
            click.echo(f"{seen[arn].status:<9}  {arn}", err=True)
    if any(each.has_ended and not each.has_succeeded for each in seen.values()):
        sys.exit(1)
    sys.exit(STILL_OPEN if waiting else 0)


def _fields(execution: Execution) -> dict[str, object]:
    return {
        "DurableExecutionArn": execution.arn,
        "DurableExecutionName": execution.name,
        "Status": execution.status,
        "StartTimestamp": execution.started,
        "EndTimestamp": execution.ended,
    }
