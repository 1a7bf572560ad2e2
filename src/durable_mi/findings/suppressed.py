"""A finding that is left out, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.findings.listed import ListedFinding

__all__ = ["Kind", "Suppressed"]


class Kind(StrEnum):
    """Where a suppression is written; the values are those of SARIF."""

    IN_SOURCE = "inSource"
    """In the file that it is about."""

    EXTERNAL = "external"
    """Elsewhere: in the configuration, the command line or a baseline."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is left out.

    Attributes:
        finding: The finding.
        where: Where the suppression is written.
        reason: Why; empty where nobody says.
        kind: Whether it is written in the file that it is about.
        leaves_out_rule: Whether the whole rule is left out, and not only this finding.
    """

    finding: ListedFinding
    where: str
    reason: str
    kind: Kind
    leaves_out_rule: bool = False

    @property
    def by(self) -> str:
        """The place and the reason in a few words."""
        return f"{self.where}: {self.reason}" if self.reason else f"{self.where}, without a reason"
