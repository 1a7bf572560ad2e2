"""``durable-mi follow``: attach to a durable execution."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("follow", short_help="Follow a durable execution to its end.")
@click.argument("arn")
@click.option("--verbose", is_flag=True, help="Also show the invocations of the handler between the durable events.")
@output_option
@execution_where_options
def command(*, where: Where, arn: str, verbose: bool, output: str) -> None:
    """Follow the durable execution ARN: its events from the first one on, then its logs and its outcome.

    ARN can also be the execution's name, the beginning of its name or id, or latest. Ctrl-C does not stop the
    execution, and prints how to follow it again.

    The exit status is 0 if the execution succeeded, 1 if it did not succeed or the service cannot be used, 2 for wrong
    usage, and 130 after Ctrl-C.
    """
    reference = Reference.parse(arn)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.following import Following  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.report.console_reporter import ConsoleReporter, terminal  # noqa: PLC0415

    scope = ExecutionScope.open(where, reference)
    found = scope.arn(reference)
    is_json = output == "json"
    following = Following(
        client=scope.client,
        output=ConsoleReporter(terminal(quiet=is_json), verbose=verbose),
        commands=scope.next_commands(),
        target=found.target,
        log_group=None,
        is_json=is_json,
    )
    sys.exit(following.run(found.text))
