"""``durable-mi why``: why a durable execution does not go on, and what to run next."""

from __future__ import annotations

import click

from durable_mi.cli.release.options import Where, output_option, where_options

__all__ = ["command"]


@click.command("why", short_help="Say why a durable execution does not go on.")
@click.argument("arn")
@output_option
@where_options
def command(*, arn: str, where: Where, output: str) -> None:
    """Explain in one paragraph where the durable execution ARN is, why it is there, and what to run next.

    The command reads the execution and its version and, where those do not explain it, the metrics, the execution
    role's policies and the network of the capacity provider. It changes nothing. What the credentials may not read is
    listed with the permission that is missing, and nothing is concluded from it.

    The exit status is 0 if the execution could be read, whatever was found, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.diagnosis.execution_argument import named_execution  # noqa: PLC0415

    arn, where = named_execution(arn, where)
    from durable_mi.cli.diagnosis.reader import evidence_reader  # noqa: PLC0415
    from durable_mi.cli.diagnosis.where_commands import commands_for  # noqa: PLC0415
    from durable_mi.cli.diagnosis.why_report import print_diagnosis, why_document  # noqa: PLC0415
    from durable_mi.diagnosis.why import why  # noqa: PLC0415

    evidence = evidence_reader(where).read(arn)
    # An execution's ARN names its region, a function's name does not.
    found = why(evidence, commands_for(where, region=where.region))
    if output == "json":
        click.echo(why_document(evidence, found))
    else:
        print_diagnosis(evidence, found)
