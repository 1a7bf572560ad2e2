"""``durable-mi ui``: the page over a stack in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.where import where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("ui", short_help="Show the executions of a stack on a page.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="TCP port of the page on 127.0.0.1; 0 selects a free port.",
)
@click.option("--allow-changes", is_flag=True, help="Let the page start, stop, pause, delete and answer executions.")
@where_options(stack="The stack.")
def command(*, where: Where, port: int, allow_changes: bool) -> None:
    """Show the executions of a stack on a page.

    It is the page of `durable-mi local`, over an account. It listens on 127.0.0.1 and prints a link with a token,
    without which it serves nothing. Credentials stay in this process. Its calls take at most half of AWS's rates.

    The page is read only unless --allow-changes is given. Press Ctrl-C to stop it.
    """
    if where.stack is None or where.function is not None:
        msg = "--stack must name the stack, and --function is not used: pass --stack NAME"
        raise click.UsageError(msg)
    # Imported here because boto3 and the server take longer to load than the checks of the input.
    from durable_mi.cli.ui.server import serve  # noqa: PLC0415

    serve(where, allow_changes=allow_changes, port=port)
