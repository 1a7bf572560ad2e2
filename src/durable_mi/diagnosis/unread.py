"""What could not be read, and which permission it takes. A rule never guesses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from durable_mi.operate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Attempts", "Unread", "listed"]

_Read = TypeVar("_Read")
_Arguments = ParamSpec("_Arguments")


@dataclass(frozen=True, slots=True)
class Unread:
    """One call that failed.

    Attributes:
        what: What is unknown because of it.
        why: The error in one line, which names the missing permission where that is the cause.
    """

    what: str
    why: str


@dataclass(slots=True)
class Attempts:
    """Reads things one by one, and remembers what failed.

    Attributes:
        failed: What could not be read so far.
    """

    failed: list[Unread] = field(default_factory=list)

    def read(
        self, what: str, read: Callable[_Arguments, _Read], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Read | None:
        """Read something; ``None`` if that fails.

        Args:
            what: What it is, for the report.
            read: The call.
            args: Its arguments.
            kwargs: Its arguments.
        """
        try:
            return read(*args, **kwargs)
        except ServiceError as error:
            self._note(what, str(error))
            return None

    def _note(self, what: str, why: str) -> None:
        if Unread(what, why) not in self.failed:
            self.failed.append(Unread(what, why))


def listed(unread: Iterable[Unread]) -> tuple[str, ...]:
    """Return one line for each reason, with everything that is unknown because of it."""
    by_reason: dict[str, list[str]] = {}
    for each in unread:
        subjects = by_reason.setdefault(each.why, [])
        if each.what not in subjects:
            subjects.append(each.what)
    return tuple(f"{' and '.join(subjects)}: {why}" for why, subjects in by_reason.items())
