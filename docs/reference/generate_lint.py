"""Write lint.md again from the rules: ``.venv/bin/python docs/reference/generate_lint.py``."""  # noqa: INP001

from __future__ import annotations

import runpy
from pathlib import Path

from durable_mi.lint.rules import GROUPS

_INTRODUCTION = """\
# Rules over workflow code

These are the rules of `durable-mi lint`, of the flake8 plugin, and of `durable-mi check` and `DurableMiPreflight` for
the code of an app. [How to use them](../how-to/lint.md). This page is generated from the rules.

With an *error* executions fail, hang, or end with a wrong result. With a *warning* they do when they are replayed,
retried or answered late. A *note* is worth a look. What the code does not show with certainty is never a finding.
"""
# The pages of rules look alike.
_PREFLIGHT = runpy.run_path(str(Path(__file__).with_name("generate_preflight.py")))


def reference() -> str:
    """Return the page: every rule of every group."""
    parts = [_INTRODUCTION]
    for title, rules in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_PREFLIGHT["section"](rule) for rule in rules]
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("lint.md").write_text(reference())
