"""The ``durable-mi dead-letters`` group, which loads a command when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

from durable_mi.cli.lazy_group import LazyCommand, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["command"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, LazyCommand]] = {
        "list": LazyCommand("durable_mi.cli.dead_letters.list", "Show what is in the dead-letter queue."),
        "restart": LazyCommand("durable_mi.cli.dead_letters.restart", "Start executions again from dead letters."),
        "remove": LazyCommand("durable_mi.cli.dead_letters.remove", "Remove dead letters."),
    }


@click.group("dead-letters", cls=_Commands, short_help="Show, restart and remove dead letters.")
def command() -> None:
    """Show, restart and remove dead letters: the events of executions that failed, timed out or were stopped.

    Lambda sends the event of an execution that was started asynchronously to the function's queue. A message does not
    name its execution; it is found by its input and by the time, where these fit one alone.
    """
