"""A group of commands, each of which is loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import click

from durable_mi.cli.interrupts import end_in_order

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence

__all__ = ["LazyCommand", "LazyGroup"]


class LazyCommand(NamedTuple):
    """The module of a command, its line in the overview, and the signals that end it in order.

    Without signals Ctrl-C ends the command at once, since there is nothing to clean up.
    """

    module: str
    summary: str
    signals: tuple[signal.Signals, ...] = ()


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not before.

    Attributes:
        lazy: Its commands by name. The overview must not import them, so their summaries are here too; a test compares
            them.
        sections: Names of commands by the heading that they have in the overview. Defaults to one list of all.
    """

    lazy: ClassVar[Mapping[str, LazyCommand]] = {}
    sections: ClassVar[Mapping[str, Sequence[str]]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return [name for names in self._sections().values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load a command; ``None`` if there is none of that name."""
        lazy = self.lazy.get(cmd_name)
        if lazy is None:
            return None
        command: Any = import_module(lazy.module).command
        if not isinstance(command, click.Command):
            msg = f"{lazy.module}.command must be a click command, got {type(command).__name__}"
            raise TypeError(msg)
        if lazy.signals:
            end_in_order(*lazy.signals)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the overview."""
        # One column for all sections.
        width = max(map(len, self.lazy))
        for heading, names in self._sections().items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), self.lazy[name].summary) for name in names])

    def _sections(self) -> Mapping[str, Sequence[str]]:
        return self.sections or {"Commands": list(self.lazy)}
