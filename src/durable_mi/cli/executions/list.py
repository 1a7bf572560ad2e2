"""``durable-mi list``: the executions of functions, and where each of them is."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.executions.options import execution_where_options, selecting_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cli.executions.row import Row
    from durable_mi.cli.options.where import Where
    from durable_mi.operate.selection.filters import Filters, Sort

__all__ = ["command"]

_LIMIT: Final = 50
_LOCAL_PAUSE_S: Final = 1.0
_AWS_PAUSE_S: Final = 5.0


@click.command("list", short_help="List durable executions, and where each of them is.")
@selecting_options(limit=_LIMIT)
@click.option("--watch", is_flag=True, help="Show the list anew every few seconds, until Ctrl-C.")
@output_option
@execution_where_options
def command(  # noqa: PLR0913 - one parameter an option
    *, where: Where, filters: Filters, sort: Sort, limit: int, watch: bool, output: str
) -> None:
    """List executions: status, function, version, name, start, duration, and where each of them is.

    That is the operation that an open execution waits in, or the step that failed. It is read from the end of the
    history, for the executions that are shown.

    With an endpoint on this machine, all durable functions are listed unless --stack or --function names some.

    The exit status is 0 if the executions could be listed, also if there are none, 1 if not, and 2 for wrong usage.
    """
    if watch and (output == "json" or not sys.stdout.isatty()):
        msg = "--watch must have a terminal and --output text: leave one of them out"
        raise UsageError(msg)
    # Imported here because boto3 and rich take longer to load than the checks of the input.
    from durable_mi.cli.executions.row import read_rows  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.cli.reports.executions import executions_document, print_executions  # noqa: PLC0415

    scope = ExecutionScope.open(where)

    def read() -> Sequence[Row]:
        return read_rows(scope, filters, sort=sort, limit=limit)

    if watch:
        _watch(read, pause_s=_LOCAL_PAUSE_S if scope.connection.is_loopback else _AWS_PAUSE_S)
    elif output == "json":
        click.echo(executions_document(read()))
    else:
        rows = read()
        print_executions(rows)
        if len(rows) == limit:
            click.echo(f"At most {limit} are shown: pass --limit for more.", err=True)


def _watch(read: Callable[[], Sequence[Row]], *, pause_s: float) -> None:
    from rich.live import Live  # noqa: PLC0415 - as above

    from durable_mi.cli.reports.executions import executions_table  # noqa: PLC0415
    from durable_mi.operate.report.console_reporter import terminal  # noqa: PLC0415

    console = terminal()
    with Live(console=console, auto_refresh=False, vertical_overflow="ellipsis") as live:
        while True:
            live.update(executions_table(read(), width=console.width), refresh=True)
            time.sleep(pause_s)
