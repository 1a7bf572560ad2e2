"""``durable-mi diff``: two durable executions side by side."""

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


@click.command("diff", short_help="Compare two durable executions.")
@click.argument("a")
@click.argument("b")
@output_option
@execution_where_options
def command(*, where: Where, a: str, b: str, output: str) -> None:
    """Compare the durable executions A and B: input, operations with durations, results or errors, and the outcome.

    A and B are ARNs, names, beginnings of a name or an id, or latest. The first difference is named. Durations are
    shown and do not count as differences.

    The exit status is 0 if they do not differ, 1 if they do or cannot be read, and 2 for wrong usage.
    """
    references = [Reference.parse(a), Reference.parse(b)]
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.comparison import compare  # noqa: PLC0415
    from durable_mi.cli.executions.detail import read_detail  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.cli.reports.difference import difference_document, has_difference, print_difference  # noqa: PLC0415

    scope = ExecutionScope.open(where, *references)
    left, right = (read_detail(scope, scope.arn(each)) for each in references)
    pairs = compare(left.timeline, right.timeline)
    if output == "json":
        click.echo(difference_document(left, right, pairs))
    else:
        print_difference(left, right, pairs)
    sys.exit(1 if has_difference(left, right, pairs) else 0)
