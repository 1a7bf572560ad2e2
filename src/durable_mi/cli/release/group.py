"""The ``durable-mi release`` group, which loads a command when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

from durable_mi.cli.lazy_group import LazyCommand, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["command"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, LazyCommand]] = {
        "status": LazyCommand("durable_mi.cli.release.status", "Show the versions of functions."),
        "gate": LazyCommand("durable_mi.cli.release.gate", "Replay what runs now on the code to deploy."),
        "drain": LazyCommand("durable_mi.cli.release.drain", "Run a pass: step down, park, wake, delete."),
        "park": LazyCommand("durable_mi.cli.release.park", "Park a version that is proven empty."),
        "wake": LazyCommand("durable_mi.cli.release.wake", "Give a version its environments back."),
        "prune": LazyCommand("durable_mi.cli.release.prune", "Delete versions that nothing needs any more."),
        "rollback": LazyCommand("durable_mi.cli.release.rollback", "Move the alias back to a version."),
        "shift": LazyCommand("durable_mi.cli.release.shift", "Send a share of new executions to a version."),
        "wait": LazyCommand("durable_mi.cli.release.wait", "Wait until only live versions are warm."),
    }


@click.group("release", cls=_Commands, short_help="Show, drain and roll back versions.")
def command() -> None:
    """Show, drain and roll back the versions that deployments leave behind.

    An execution stays on the version that it started on. So an old version keeps its execution environments until it is
    drained. The functions' tags say how; a janitor in the stack does the same on a schedule.
    """
