"""``durable-mi why``: why a durable execution does not go on, and what to run next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("why", short_help="Say why a durable execution does not go on.")
@click.argument("execution")
@output_option
@execution_where_options
def command(*, execution: str, where: Where, output: str) -> None:
    """Explain in one paragraph where EXECUTION is, why it is there, and what to run next.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest.

    The command reads the execution and its version and, where those do not explain it, the metrics, the execution
    role's policies and the network of the capacity provider. It changes nothing. What the credentials may not read is
    listed with the permission that is missing, and nothing is concluded from it.

    The exit status is 0 if the execution could be read, whatever was found, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.diagnosis.reader import evidence_reader  # noqa: PLC0415
    from durable_mi.cli.diagnosis.where_commands import commands_for  # noqa: PLC0415
    from durable_mi.cli.diagnosis.why_report import print_diagnosis, why_document  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.diagnosis.why import why  # noqa: PLC0415

    reference = Reference.parse(execution)
    scope = ExecutionScope.open(where, reference)
    evidence = evidence_reader(replace(where, region=scope.connection.region)).read(scope.arn(reference).text)
    # An execution's ARN names its region, a function's name does not.
    found = why(evidence, commands_for(where, region=where.region))
    if output == "json":
        click.echo(why_document(evidence, found))
    else:
        print_diagnosis(evidence, found)
