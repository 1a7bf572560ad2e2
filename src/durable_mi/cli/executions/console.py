"""``durable-mi console``: the link to an execution in the AWS console, or on the local page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.operate.errors import UsageError
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where
    from durable_mi.operate.selection.execution_arn import ExecutionArn

__all__ = ["command", "console_link"]

_DOMAINS: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-iso": "console.c2shome.ic.gov",
    "aws-iso-b": "console.sc2shome.sgov.gov",
}
"""The console's domain in each partition of AWS."""


@click.command("console", short_help="Print the AWS console's link to a durable execution.")
@click.argument("arn")
@execution_where_options
def command(*, where: Where, arn: str) -> None:
    """Print the link to the version that the durable execution ARN runs on, in the AWS console.

    It opens the tab of the durable executions.

    ARN can also be the execution's name, the beginning of its name or id, or latest. With an endpoint on this machine,
    the link is that of the local page.

    The exit status is 0 if there is a link, 1 if the execution cannot be found, and 2 for wrong usage.
    """
    reference = Reference.parse(arn)
    found = reference.arn
    if found is None:
        # Imported here because boto3 takes longer to load than the checks of the input.
        from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415

        found = ExecutionScope.open(where, reference).arn(reference)
    if where.endpoint is not None and where.endpoint.is_loopback:
        click.echo(f"{where.endpoint.url}/#/executions/{quote(found.text, safe='')}")
    else:
        click.echo(console_link(found))


def console_link(arn: ExecutionArn) -> str:
    """Return the link to the version that an execution runs on.

    Raises:
        UsageError: The console of its partition is not known.
    """
    domain = _DOMAINS.get(arn.partition)
    if domain is None:
        msg = f"ARN must be of a partition with a known console ({', '.join(_DOMAINS)}), got {arn.partition}"
        raise UsageError(msg)
    is_number = arn.version.isdecimal()
    version = f"/versions/{arn.version}" if is_number else ""
    return (
        f"https://{arn.region}.{domain}/lambda/home?region={arn.region}"
        f"#/functions/{arn.function}{version}?tab=durableExecutions"
    )
