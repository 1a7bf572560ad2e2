"""``durable-mi show``: one durable execution, with its operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("show", short_help="Show a durable execution: state, data, operations.")
@click.argument("arn")
@click.option("--history", is_flag=True, help="Also show the events of its history.")
@click.option("--timeline", is_flag=True, help="Show the operations as a timeline.")
@click.option("--logs", is_flag=True, help="Also show its log lines.")
@output_option
@execution_where_options
def command(*, where: Where, arn: str, history: bool, timeline: bool, logs: bool, output: str) -> None:  # noqa: PLR0913
    """Show the durable execution ARN: its state, input, result or error, and its operations.

    ARN can also be the execution's name, the beginning of its name or id, or latest. Of an open execution it shows
    where it is, when it continues by itself, and when it times out; of one that failed, the step with the type of its
    error and the traceback where the service has one.

    The exit status is 0 if the execution could be read, whatever its status, 1 if not, and 2 for wrong usage.
    """
    reference = Reference.parse(arn)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.detail import read_detail  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.cli.reports.execution import detail_document, print_detail  # noqa: PLC0415

    scope = ExecutionScope.open(where, reference)
    detail = read_detail(scope, scope.arn(reference), with_logs=logs)
    if output == "json":
        click.echo(detail_document(detail))
    else:
        print_detail(detail, history=history, timeline=timeline)
