"""Write cli.md again from the output of the commands' --help: ``.venv/bin/python docs/reference/generate_cli.py``."""  # noqa: INP001

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from pathlib import Path

_WIDTH = "90"
_COMMAND = Path(sysconfig.get_path("scripts")) / "durable-mi"
_INTRODUCTION = """\
# The command line

`pip install 'durable-mi-constructs[cli]'` installs `durable-mi`. `durable-mi local` needs `[local]`, which includes
`[cli]`. This page is generated from the output of `durable-mi --help` and of `durable-mi COMMAND --help`.
"""
# What the group's own help lists under "Commands:", one per line.
_LISTED = re.compile(r"^  ([a-z-]+)  ", re.MULTILINE)


def reference() -> str:
    """Return the page: the help of the group and of each command that it lists."""
    overview = _help()
    names = _LISTED.findall(overview.partition("Commands:\n")[2])
    sections = [_section(f"durable-mi {name}", _help(name)) for name in names]
    return "\n".join([_INTRODUCTION, _section("durable-mi", overview), *sections])


def _help(*command: str) -> str:
    """Run the installed command, whatever this process has loaded."""
    done = subprocess.run(  # noqa: S603 - the project's own command
        [_COMMAND, *command, "--help"],
        env={**os.environ, "COLUMNS": _WIDTH, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```text\n{text}```\n"


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(reference(), encoding="utf-8")
