"""``durable-mi timeline``: one durable execution as a timeline, on the terminal or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.operate.errors import UsageError
from durable_mi.operate.formatting import clean
from durable_mi.operate.private_file import private_opener
from durable_mi.operate.selection.reference import Reference
from durable_mi.timeline.document import timeline_document
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.local_document import document_records, local_document
from durable_mi.timeline.read import read_timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("timeline", short_help="Show a durable execution as a timeline.")
@click.argument("arn")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a self-contained HTML file instead of printing to the terminal.",
)
@execution_where_options
def command(*, where: Where, arn: str, output: Path | None) -> None:
    """Show the durable execution ARN as a timeline: operations, attempts, waits, invocations.

    ARN can also be the execution's name, the beginning of its name or id, or latest.

    With --output, the command writes one HTML file with payloads, errors and log lines. The file loads nothing else.

    The exit status is 0 if the execution could be read, whatever its status, 1 if not, and 2 for wrong usage.
    """
    reference = Reference.parse(arn)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.report.console_reporter import terminal  # noqa: PLC0415

    scope = ExecutionScope.open(where, reference)
    found = scope.arn(reference)
    client, endpoint = scope.client, where.endpoint
    document = None if endpoint is None or not endpoint.is_loopback else local_document(endpoint.url, found.text)
    if output is not None and document is not None:
        _write(output, document)
        return
    timeline = read_timeline(client, found.text, found.target, **document_records(document))
    if output is not None:
        _write(output, timeline_document(timeline))
        return
    from durable_mi.timeline.terminal import print_timeline  # noqa: PLC0415

    print_timeline(terminal(), timeline)


def _write(output: Path, document: Mapping[str, Any]) -> None:
    html = timeline_html(document)
    try:
        with open(output, "w", encoding="utf-8", opener=private_opener) as file:
            file.write(html)
    except OSError as error:
        msg = f"--output must be a file that can be written, got {str(output)!r}: {error.strerror}"
        raise UsageError(msg) from error
    click.echo(clean(f"{output}: {document['name']}, {document['status']}"))
