"""Write preflight.md anew from the rules: ``.venv/bin/python docs/reference/generate_preflight.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.preflight.rules import GROUPS

if TYPE_CHECKING:
    from durable_mi.preflight.rule import Rule

_INTRODUCTION = """\
# Preflight rules

What `durable-mi check`, the CDK plugin `DurableMiPreflight` and
`cfn-lint -a durable_mi.preflight.cfn_lint -- template.yaml` look for. [How to use them](../how-to/preflight.md).
This page is generated from the rules.

An *error* fails in the deploy or at run time. A *warning* works but costs or risks something, or no source confirms
that Lambda refuses it. A value that only a deploy tells is never a finding.
"""


def reference() -> str:
    """Give the page: every rule of every family."""
    parts = [_INTRODUCTION]
    for family in GROUPS:
        parts.append(f"## {family.title}\n")
        parts += [_section(rule) for rule in family.rules]
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    return (
        f"### {rule.id}: {rule.title}\n\n"
        f"*{rule.severity.value.capitalize()}.* {rule.why}\n\n"
        f"**Fix.** {rule.fix}\n\n"
        f"**Source.** {rule.source}.\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("preflight.md").write_text(reference())
