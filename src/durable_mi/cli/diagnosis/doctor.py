"""``durable-mi doctor``: what is deployed of a stack, against what must hold."""

from __future__ import annotations

import sys

import click

from durable_mi.cli.options.output import output_option
from durable_mi.cli.options.where import Where, where_options
from durable_mi.operate.errors import UsageError

__all__ = ["UNKNOWN", "command"]

UNKNOWN = 3
"""Exit status if nothing was found but something could not be read."""


@click.command("doctor", short_help="Check what is deployed of a stack.")
@output_option
@where_options(stack="The stack.")
def command(*, where: Where, output: str) -> None:
    """Check the durable functions of a stack as they are deployed, with --stack; nothing is changed.

    Checked are the stack's status, aliases, versions and their execution environments, capacity providers, quotas,
    the execution role, the network, the dead-letter queue, alarms and the key of the execution data. On an endpoint
    of this machine there is no role, network, queue, alarm and key. What the credentials may not read is listed with
    the permission that is missing.

    The exit status is 0 if everything is right, 1 if something was found or the stack cannot be read, 3 if nothing was
    found but something could not be read, and 2 for wrong usage.
    """
    if where.stack is None or where.function is not None:
        got = "--function" if where.function is not None else "no --stack"
        msg = f"doctor checks a whole stack, so --stack must be given alone, got {got}: pass --stack NAME"
        raise UsageError(msg)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.diagnosis.doctor_report import print_report, report_document  # noqa: PLC0415
    from durable_mi.cli.diagnosis.reader import account_calls  # noqa: PLC0415
    from durable_mi.cli.diagnosis.where_commands import commands_for  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.diagnosis.stack.checks import examine  # noqa: PLC0415
    from durable_mi.diagnosis.stack.read_stack import StackReader  # noqa: PLC0415

    scope = Scope.open(where)
    reader = StackReader(releases=scope.client, calls=account_calls(scope.connection, where), store=scope.store)
    report = examine(reader.read(where.stack), commands_for(where, region=where.region))
    if output == "json":
        click.echo(report_document(report))
    else:
        print_report(report)
    sys.exit(1 if report.has_findings else UNKNOWN if report.unread else 0)
