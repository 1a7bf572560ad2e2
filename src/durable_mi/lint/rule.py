"""One kind of mistake in workflow code."""

from __future__ import annotations

from dataclasses import dataclass

from durable_mi.findings.severity import Severity

__all__ = ["Rule", "Severity"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One kind of mistake.

    Attributes:
        id: ``DMC`` and three digits, the first of which is the group. It is API: users ignore rules by it.
        title: What is wrong, in a few words.
        severity: How sure it is that it must be fixed.
        why: What happens on replay, or later.
        fix: How to write it instead.
        source: Where AWS says so, or what was tried.
    """

    id: str
    title: str
    severity: Severity
    why: str
    fix: str
    source: str
