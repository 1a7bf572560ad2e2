"""A value that the service would reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.checks.option import CONSTRUCT_NAMES, Option, Text, render

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CheckError"]


class CheckError(ValueError):
    """A value that the service would reject, with its parts kept apart.

    ``str()`` words it for users of the constructs; :meth:`render` takes the names of any other reader.

    Attributes:
        option: The option that is wrong: an :class:`~durable_mi.checks.option.Option`, or the name of an option that
            only the constructs have.
        requirement: What must hold, to be read after the subject.
        fix: How to fix it.
        got: What came; ``None`` where the requirement says it already.
        subject: What the requirement is about. Defaults to the option.
    """

    def __init__(
        self, option: str, requirement: Text, fix: Text, got: Text | None = None, subject: Text | None = None
    ) -> None:
        # All of them, so that the error can be copied to another process.
        super().__init__(option, requirement, fix, got, subject)
        self.option = option
        self.requirement = requirement
        self.fix = fix
        self.got = got
        self.subject = option if subject is None else subject

    def __str__(self) -> str:
        """Word the error with the names of the constructs' arguments."""
        return self.render(CONSTRUCT_NAMES)

    def render(self, names: Mapping[Option, str]) -> str:
        """Word the error in one line.

        Args:
            names: What each option is called where the error is read.

        Returns:
            What must hold, what came and how to fix it.
        """
        came = "" if self.got is None else f", got {render(self.got, names)}"
        must = f"{render(self.subject, names)} {render(self.requirement, names)}"
        return f"{must}{came}: {render(self.fix, names)}"
