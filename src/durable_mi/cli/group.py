"""The ``durable-mi`` group, which loads a command when it is called."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any, ClassVar

import click

from durable_mi.cli.failure import one_line
from durable_mi.cli.lazy_group import LazyCommand, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["durable_mi"]


class _Commands(LazyGroup):
    """All commands, whose failures are one line each."""

    lazy: ClassVar[Mapping[str, LazyCommand]] = {
        "callback": LazyCommand(
            "durable_mi.cli.changing.callback", "Answer callbacks that executions wait for.", (signal.SIGINT,)
        ),
        "check": LazyCommand("durable_mi.cli.check", "Find mistakes in templates before you deploy."),
        "console": LazyCommand(
            "durable_mi.cli.executions.console", "Print the AWS console's link to a durable execution."
        ),
        "dead-letters": LazyCommand(
            "durable_mi.cli.dead_letters.group", "Show, restart and remove dead letters.", (signal.SIGINT,)
        ),
        "delete": LazyCommand("durable_mi.cli.changing.delete", "Delete executions that have ended.", (signal.SIGINT,)),
        "demo": LazyCommand(
            "durable_mi.cli.project.demo",
            "Run one execution on this machine, and end.",
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        ),
        "diff": LazyCommand("durable_mi.cli.executions.diff", "Compare two durable executions."),
        "doctor": LazyCommand("durable_mi.cli.diagnosis.doctor", "Check what is deployed of a stack."),
        "follow": LazyCommand(
            "durable_mi.cli.executions.follow", "Follow a durable execution to its end.", (signal.SIGINT,)
        ),
        "init": LazyCommand("durable_mi.cli.project.init", "Make a new project with a workflow, its stack and tests."),
        "invoke": LazyCommand("durable_mi.cli.invoke", "Start a durable execution and follow it.", (signal.SIGINT,)),
        "lint": LazyCommand("durable_mi.cli.lint", "Find mistakes in workflow code before you deploy."),
        "list": LazyCommand(
            "durable_mi.cli.executions.list", "List durable executions, and where each of them is.", (signal.SIGINT,)
        ),
        "local": LazyCommand(
            "durable_mi.cli.local",
            "Run a synthesized app on this machine.",
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        ),
        "logs": LazyCommand(
            "durable_mi.cli.executions.logs", "Show the log lines of a durable execution.", (signal.SIGINT,)
        ),
        "pause": LazyCommand("durable_mi.cli.changing.pause", "Pause executions.", (signal.SIGINT,)),
        "record": LazyCommand("durable_mi.cli.record", "Save the histories of durable executions."),
        "release": LazyCommand("durable_mi.cli.release.group", "Show, drain and roll back versions."),
        "replay": LazyCommand("durable_mi.cli.replay", "Replay recorded histories on code."),
        "restart": LazyCommand(
            "durable_mi.cli.changing.restart", "Start executions again that have ended.", (signal.SIGINT,)
        ),
        "resume": LazyCommand("durable_mi.cli.changing.resume", "Resume paused executions.", (signal.SIGINT,)),
        "show": LazyCommand("durable_mi.cli.executions.show", "Show a durable execution: state, data, operations."),
        "stop": LazyCommand("durable_mi.cli.changing.stop", "Stop executions.", (signal.SIGINT,)),
        "timeline": LazyCommand("durable_mi.cli.timeline", "Show a durable execution as a timeline."),
        "ui": LazyCommand(
            "durable_mi.cli.ui.command",
            "Show the executions of a stack on a page.",
            (signal.SIGINT, signal.SIGTERM, signal.SIGHUP),
        ),
        "wait": LazyCommand(
            "durable_mi.cli.executions.wait", "Wait until durable executions have ended.", (signal.SIGINT,)
        ),
        "why": LazyCommand("durable_mi.cli.diagnosis.why", "Say why a durable execution does not go on."),
    }

    sections: ClassVar[Mapping[str, Sequence[str]]] = {
        "Write and test": ("init", "lint", "check", "record", "replay"),
        "Run on this machine": ("local", "demo"),
        "Executions": (
            "invoke",
            "list",
            "show",
            "why",
            "follow",
            "logs",
            "timeline",
            "diff",
            "wait",
            "ui",
            "console",
        ),
        "Change executions": ("callback", "stop", "pause", "resume", "restart", "delete", "dead-letters"),
        "Releases": ("release", "doctor"),
    }

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401 - click's signature
        with one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        with one_line():
            return super().invoke(ctx)


@click.group(
    name="durable-mi",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="durable-mi-constructs", prog_name="durable-mi")
def durable_mi() -> None:
    """Write, test, run, operate and release durable functions on Lambda Managed Instances."""
