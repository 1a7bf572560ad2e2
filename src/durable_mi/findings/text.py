"""What reports for people have in common."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from durable_mi.findings.listed import count
from durable_mi.findings.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.findings.listed import ListedFinding, RuleTexts

__all__ = ["Paint", "counted", "explanation", "page", "plain", "summary", "wrapped"]

Paint: TypeAlias = Callable[[str, Severity | None], str]
"""Adds colours to a piece of text: by severity, or as a heading if that is ``None``."""

_WIDTH: Final = 100


def plain(piece: str, _severity: Severity | None) -> str:
    """Add no colour."""
    return piece


def page(rule: RuleTexts) -> str:
    """Return the page of this project that has the rule, with the anchor of the rule."""
    anchor = re.sub(r"[ -]+", "-", re.sub(r"[^\w\- ]", "", f"{rule.id}: {rule.title}").strip().lower())
    return f"docs/reference/{'lint' if rule.id.startswith('DMC') else 'preflight'}.md#{anchor}"


def explanation(rule: RuleTexts) -> str:
    """Show a rule's rationale, fix, source and page.

    Args:
        rule: The rule.
    """
    parts = (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source), ("Page", page(rule)))
    sections = (wrapped(f"{name}: {what}", "", "  ") for name, what in parts)
    return "\n\n".join((f"{rule.id} ({rule.severity}): {rule.title}", *sections))


def summary(findings: Sequence[ListedFinding], checked: str, command: str) -> str:
    """Return the last line of a report.

    Args:
        findings: What was found.
        checked: What was checked.
        command: The command that explains rules.
    """
    if not findings:
        return f"Nothing found ({checked})."
    counts = [counted(count(findings, severity), severity.value) for severity in (Severity.ERROR, Severity.WARNING)]
    if notes := count(findings, Severity.NOTE):
        counts.append(counted(notes, Severity.NOTE.value))
    first = findings[0].rule.id
    return f"{', '.join(counts)} ({checked}). More about a rule: {command} --explain {first}"


def wrapped(paragraph: str, first: str, then: str) -> str:
    """Break a paragraph into lines; names with hyphens stay whole, so that they can be copied.

    Args:
        paragraph: The paragraph.
        first: What the first line begins with.
        then: What the others begin with.
    """
    return textwrap.fill(
        paragraph,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
