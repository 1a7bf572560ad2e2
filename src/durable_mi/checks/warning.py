"""A value that works, but costs or risks something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.checks.option import CONSTRUCT_NAMES, Option, Text, render

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CheckWarning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckWarning:
    """A warning with a stable id and its parts kept apart.

    Attributes:
        id: ``durable-mi:`` and a name in lower case with hyphens. It is API: users acknowledge warnings by it.
        option: The option that the warning is about: an :class:`~durable_mi.checks.option.Option`, or the name of an
            option that only the constructs have.
        got: What came, a clause.
        consequence: What follows from it, a clause.
        fix: How to change it, a sentence without its full stop.
    """

    id: str
    option: str
    got: Text
    consequence: Text
    fix: Text

    @property
    def message(self) -> str:
        """The warning with the names of the constructs' arguments."""
        return self.render(CONSTRUCT_NAMES)

    def render(self, names: Mapping[Option, str]) -> str:
        """Word the warning in one line.

        Args:
            names: What each option is called where the warning is read.

        Returns:
            What came, what follows from it and how to change it.
        """
        return f"{render(self.got, names)}: {render(self.consequence, names)}. {render(self.fix, names)}."
