"""``durable-mi logs``: the log lines of a durable execution."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.cli.executions.scope import ExecutionScope
    from durable_mi.cli.options.where import Where
    from durable_mi.operate.logs import LogLine
    from durable_mi.operate.selection.execution_arn import ExecutionArn

__all__ = ["command"]

_LOCAL_PAUSE_S: Final = 0.5
_AWS_PAUSE_S: Final = 3.0

_LOCAL_LATE: Final = 2
_AWS_LATE: Final = 4
"""Looks after the end of an execution: CloudWatch Logs shows a line some seconds after it was written."""


@click.command("logs", short_help="Show the log lines of a durable execution.")
@click.argument("arn")
@click.option("--follow", is_flag=True, help="Show new lines as they arrive, until the execution has ended.")
@click.option("--all", "show_all", is_flag=True, help="Also show the lines of the runtime, the durable SDK and boto3.")
@output_option
@execution_where_options
def command(*, where: Where, arn: str, follow: bool, show_all: bool, output: str) -> None:
    """Show the log lines of the durable execution ARN and of its invocations, oldest first, times in UTC.

    ARN can also be the execution's name, the beginning of its name or id, or latest. Without --all, the lines of the
    runtime, the durable SDK and boto3 are counted and not shown, apart from warnings and errors. With --output json,
    each line is a JSON document, and all of them are there.

    The exit status is 0 if the lines could be read, also if there are none, 1 if not, and 2 for wrong usage.
    """
    reference = Reference.parse(arn)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.cli.reports.log_lines import print_lines  # noqa: PLC0415
    from durable_mi.operate.report.console_reporter import terminal  # noqa: PLC0415

    scope = ExecutionScope.open(where, reference)
    found = scope.arn(reference)
    console = terminal()
    for lines in _new_lines(scope, found, is_following=follow):
        if output == "json":
            for line in lines:
                click.echo(json.dumps({"Timestamp": line.timestamp.isoformat(), "Message": line.raw}))
        else:
            print_lines(console, lines, is_folding=not show_all)


def _new_lines(scope: ExecutionScope, arn: ExecutionArn, *, is_following: bool) -> Iterator[Sequence[LogLine]]:
    """Yield the lines that are new at each look; the last look is some time after the execution's end."""
    from durable_mi.cli.executions.detail import invocation_requests, read_lines  # noqa: PLC0415 - imports boto3
    from durable_mi.operate.follow import read_history  # noqa: PLC0415 - as above

    client = scope.client
    group = client.log_group(arn.target)
    seen: set[tuple[object, str]] = set()
    looks = _LOCAL_LATE if client.is_loopback else _AWS_LATE
    while True:
        execution = client.execution(arn.text, include_data=False)
        requests = invocation_requests(read_history(client, arn.text))
        start_ms = int(execution.started.timestamp() * 1000)
        lines = read_lines(client, group, arn.text, requests, start_ms=start_ms)
        yield [line for line in lines if (line.timestamp, line.raw) not in seen]
        seen.update((line.timestamp, line.raw) for line in lines)
        looks -= execution.has_ended
        if not is_following or looks <= 0:
            return
        time.sleep(_LOCAL_PAUSE_S if client.is_loopback else _AWS_PAUSE_S)
