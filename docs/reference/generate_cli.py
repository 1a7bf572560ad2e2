"""Write cli.md again from the output of the commands' --help: ``.venv/bin/python docs/reference/generate_cli.py``."""  # noqa: INP001

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = "90"
_COMMAND = Path(sysconfig.get_path("scripts")) / "durable-mi"
_INTRODUCTION = """\
# The command line

`pip install 'durable-mi-constructs[cli]'` installs `durable-mi`. `durable-mi local`, `demo`, `ui` and `replay` need
`[local]`, which includes `[cli]`. No release is on PyPI yet: [use a checkout](../how-to/init.md#without-a-release).
This page is generated from the output of `durable-mi --help` and of `durable-mi COMMAND --help`.
"""
# What a group's own help lists, one per line; options begin with a hyphen.
_LISTED = re.compile(r"^  ([a-z][a-z-]*)  ", re.MULTILINE)


def reference() -> str:
    """Return the page: the help of the group, of each command that it lists, and of the commands of those."""
    overview = _help()
    names = _LISTED.findall(overview)
    sections = []
    for name in names:
        text = _help(name)
        sections.append(_section(f"durable-mi {name}", text))
        inner = _inner(text)
        sections += [
            _section(f"durable-mi {name} {each}", text, level=3)
            for each, text in zip(inner, _helps(name, inner), strict=True)
        ]
    return "\n".join([_INTRODUCTION, _section("durable-mi", overview), *sections])


def _inner(text: str) -> list[str]:
    return _LISTED.findall(text.partition("Commands:\n")[2])


def _helps(group: str, commands: Sequence[str]) -> list[str]:
    """Return the helps of a group's commands, from one process for all of them."""
    if not commands:
        return []
    script = (
        "import sys\n"
        "from durable_mi.cli.group import durable_mi\n"
        "for command in sys.argv[2:]:\n"
        "    durable_mi.main([sys.argv[1], command, '--help'], prog_name='durable-mi', standalone_mode=False)\n"
        "    print('\\0', end='')\n"
    )
    return _output([sys.executable, "-c", script, group, *commands]).split("\0")[:-1]


def _help(*command: str) -> str:
    """Run the installed command, whatever this process has loaded."""
    return _output([_COMMAND, *command, "--help"])


def _output(command: Sequence[str | Path]) -> str:
    done = subprocess.run(  # noqa: S603 - the project's own command
        command,
        env={**os.environ, "COLUMNS": _WIDTH, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def _section(title: str, text: str, *, level: int = 2) -> str:
    return f"{'#' * level} {title}\n\n```text\n{text}```\n"


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(reference(), encoding="utf-8")
