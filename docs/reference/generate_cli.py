"""Write cli.md anew from the commands' own help: ``.venv/bin/python docs/reference/generate_cli.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path

import click

from durable_mi.cli.group import durable_mi

_WIDTH = 90
_INTRODUCTION = """\
# The command line

`durable-mi` comes with `pip install 'durable-mi-constructs[cli]'`; `durable-mi local` needs `[local]`, which brings the
rest too. This page is generated from the commands' own help.
"""


def reference() -> str:
    """Give the page: the help of the group and of each of its commands."""
    group = click.Context(durable_mi, info_name="durable-mi", terminal_width=_WIDTH)
    parts = [_INTRODUCTION, _section("durable-mi", durable_mi.get_help(group))]
    for name in durable_mi.list_commands(group):
        command = durable_mi.get_command(group, name)
        if command is not None:
            context = click.Context(command, info_name=name, parent=group, terminal_width=_WIDTH)
            parts.append(_section(f"durable-mi {name}", command.get_help(context)))
    return "\n".join(parts)


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(reference())
