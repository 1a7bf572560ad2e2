"""``durable-mi timeline``: one durable execution as a timeline, on the terminal or in a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.failure import failing
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import UsageError
from durable_mi.operate.formatting import clean
from durable_mi.operate.private_file import private_opener
from durable_mi.operate.target import Target
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.local_document import document_records, local_document
from durable_mi.timeline.read import read_timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["command"]

_OF_FUNCTION: Final = "/durable-execution/"


@click.command("timeline", short_help="Show a durable execution as a timeline.")
@click.argument("arn")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a self-contained HTML file instead of printing to the terminal.",
)
@click.option(
    "--endpoint-url",
    metavar="URL",
    envvar=["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"],
    show_envvar=True,
    help="Lambda-compatible endpoint to use instead of AWS. On this machine it needs no credentials and no region.",
)
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.  [default: boto3's choice]")
@click.option("--region", metavar="NAME", help="AWS region.  [default: that of ARN]")
def command(
    *, arn: str, output: Path | None, endpoint_url: str | None, profile: str | None, region: str | None
) -> None:
    """Show the durable execution ARN as a timeline: operations, attempts, waits, invocations.

    With --output, the command writes one HTML file with payloads, errors and log lines. The file loads nothing else.

    The exit status is 0 if the execution could be read, whatever its status, 1 if not, and 2 for wrong usage.
    """
    with failing():
        target = _target(arn)
        if target.region and region and target.region != region:
            msg = f"ARN is in {target.region} and --region is {region}: leave --region out"
            raise UsageError(msg)
        endpoint = None if endpoint_url is None else Endpoint.parse(endpoint_url)
        # Imported here because boto3 and rich take longer to load than the checks of the input.
        from durable_mi.operate.client import Client  # noqa: PLC0415
        from durable_mi.operate.report.console_reporter import terminal  # noqa: PLC0415

        client = Client.connect(
            endpoint=endpoint, profile=profile, region=region or target.region or os.environ.get("AWS_REGION") or None
        )
        document = None if endpoint is None or not endpoint.is_loopback else local_document(endpoint.url, arn)
        if output is not None and document is not None:
            _write(output, document)
            return
        timeline = read_timeline(client, arn, target, **document_records(document))
        if output is not None:
            _write(output, timeline_document(timeline))
            return
        from durable_mi.timeline.terminal import print_timeline  # noqa: PLC0415

        print_timeline(terminal(), timeline)


def _target(arn: str) -> Target:
    function, found, _ = arn.partition(_OF_FUNCTION)
    if not (found and arn.startswith("arn:")):
        msg = f"ARN must be that of a durable execution (...:function:NAME:VERSION/durable-execution/...), got {arn!r}"
        raise UsageError(msg)
    return Target.parse(function)


def _write(output: Path, document: Mapping[str, Any]) -> None:
    html = timeline_html(document)
    try:
        with open(output, "w", encoding="utf-8", opener=private_opener) as file:
            file.write(html)
    except OSError as error:
        msg = f"--output must be a file that can be written, got {str(output)!r}: {error.strerror}"
        raise UsageError(msg) from error
    click.echo(clean(f"{output}: {document['name']}, {document['status']}"))
