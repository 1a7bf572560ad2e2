"""``durable-mi init``: make a new project with a workflow, its stack and tests."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from durable_mi.operate.formatting import clean
from durable_mi.scaffold.project import DirectoryError, project_files, write_project
from durable_mi.scaffold.project_name import ProjectName, ProjectNameError
from durable_mi.scaffold.source import installed_from
from durable_mi.scaffold.templates import TEMPLATES

__all__ = ["command"]


@click.command("init", short_help="Make a new project with a workflow, its stack and tests.")
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    default="approval",
    show_default=True,
    help="Workflow to begin with.",
)
def command(*, name: str, template: str) -> None:
    """Make a new project in the directory NAME, with a workflow, its stack and tests.

    approval waits for a person's answer, pipeline processes many items at the same time, and minimal has two steps and
    a wait. The project has a Makefile: `make demo` runs the workflow on this machine, `make test` checks it, and `make
    deploy` deploys it.

    NAME is also the name of the Python module and, in capitals, of the stack. The directory must be new or empty:
    nothing is overwritten.
    """
    try:
        project = ProjectName.parse(name)
        files = project_files(project, template)
        write_project(Path(name), files)
    except (ProjectNameError, DirectoryError) as error:
        raise click.UsageError(clean(str(error))) from error
    click.echo(f"{name}: {len(files)} files, workflow/{project.module}.py first. Run it and its tests:")
    click.echo(f"\n  cd {shlex.quote(name)}\n  make demo{_wheel()}\n  make test")


def _wheel() -> str:
    """Return the variable of the project's Makefile for what is on no index, unless the environment has it."""
    path = None if os.environ.get("DURABLE_MI_WHEEL") else installed_from()
    return f" DURABLE_MI_WHEEL={shlex.quote(str(path))}" if path else ""
