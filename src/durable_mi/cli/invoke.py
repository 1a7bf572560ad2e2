"""``durable-mi invoke``: start a durable execution and follow it."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("invoke")
@click.argument("function")
def command(function: str) -> None:
    """Start a durable execution and follow it."""
    msg = f"cannot invoke {function} yet"
    raise click.ClickException(msg)
