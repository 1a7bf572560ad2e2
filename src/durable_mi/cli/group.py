"""The ``durable-mi`` group, which loads a command when it is called."""

from __future__ import annotations

import signal
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from durable_mi.cli.failure import one_line
from durable_mi.cli.interrupts import end_in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["durable_mi"]


class _Lazy(NamedTuple):
    """The module of a command, its line in the overview, and the signals that end it in order.

    Without signals Ctrl-C ends the command at once, since there is nothing to clean up.
    """

    module: str
    summary: str
    signals: tuple[signal.Signals, ...] = ()


# The overview must not import the commands, so their summaries are here too; a test compares them.
_COMMANDS: Final[Mapping[str, _Lazy]] = {
    "check": _Lazy("durable_mi.cli.check", "Find mistakes in templates before you deploy."),
    "invoke": _Lazy("durable_mi.cli.invoke", "Start a durable execution and follow it.", (signal.SIGINT,)),
    "local": _Lazy(
        "durable_mi.cli.local",
        "Run a synthesized app on this machine.",
        (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
    ),
    "timeline": _Lazy("durable_mi.cli.timeline", "Show a durable execution as a timeline."),
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is called, not before."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401 - click's signature
        with one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        with one_line():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        lazy = _COMMANDS.get(cmd_name)
        if lazy is None:
            return None
        command = import_module(lazy.module).command
        if not isinstance(command, click.Command):
            msg = f"{lazy.module}.command must be a click command, got {type(command).__name__}"
            raise TypeError(msg)
        if lazy.signals:
            end_in_order(*lazy.signals)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in _COMMANDS.items()])


@click.group(
    name="durable-mi",
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="durable-mi-constructs", prog_name="durable-mi")
def durable_mi() -> None:
    """Run and watch durable functions on Lambda Managed Instances."""
