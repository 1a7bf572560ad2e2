"""Write preflight.md again from the rules: ``.venv/bin/python docs/reference/generate_preflight.py``."""  # noqa: INP001

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.preflight.rules import GROUPS

if TYPE_CHECKING:
    from durable_mi.findings.listed import RuleTexts

_INTRODUCTION = """\
# Preflight rules

These are the rules of `durable-mi check`, of the CDK plugin `DurableMiPreflight` and of
`cfn-lint -a durable_mi.preflight.cfn_lint -- template.yaml`. [How to use them](../how-to/preflight.md). This page is
generated from the rules.

An *error* fails in the deployment or at run time. A *warning* works but has a cost or a risk, or no source confirms
that Lambda rejects it. A value that is known only at deploy time is never a finding.
"""


def reference() -> str:
    """Return the page: every rule of every group."""
    parts = [_INTRODUCTION]
    for group in GROUPS:
        parts.append(f"## {group.title}\n")
        parts += [section(rule) for rule in group.rules]
    return "\n".join(parts)


def section(rule: RuleTexts) -> str:
    """Return what the page has about a rule."""
    return (
        f"### {rule.id}: {rule.title}\n\n"
        f"*{rule.severity.value.capitalize()}.* {rule.why}\n\n"
        f"**Fix.** {rule.fix}\n\n"
        f"**Source.** {rule.source}.\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("preflight.md").write_text(reference())
