"""One locked requirement: a distribution at one version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Pin", "normal_name", "required_names"]

_PIN: Final = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"={2,3}\s*(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*(?P<marker>;.*)?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One distribution at one version.

    Attributes:
        name: The name in its normal form (PEP 503): lower case, single hyphens.
        version: The exact version.
        extras: Its extras in normal form, sorted.
        marker: The environment marker without its semicolon, or an empty string.
        hashes: Its hashes as ``sha256:...``, sorted.
    """

    name: str
    version: str
    extras: tuple[str, ...] = ()
    marker: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def hashed(self) -> bool:
        """Whether the requirement has at least one hash."""
        return bool(self.hashes)

    @property
    def line(self) -> str:
        """The requirement as a line of a requirements file, in one form however it was written."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}=={self.version}{marker}" + "".join(f" --hash={value}" for value in self.hashes)

    @classmethod
    def parse(cls, requirement: str, hashes: tuple[str, ...]) -> Pin | None:
        """Read a requirement.

        Args:
            requirement: The requirement without its options.
            hashes: The values of its option ``--hash``.

        Returns:
            The pin, or ``None`` if the requirement is not pinned with ``==``.
        """
        match = _PIN.fullmatch(requirement.strip())
        if match is None:
            return None
        extras = {normal_name(extra.strip()) for extra in (match["extras"] or "").split(",") if extra.strip()}
        return cls(
            name=normal_name(match["name"]),
            version=match["version"],
            extras=tuple(sorted(extras)),
            marker=" ".join((match["marker"] or "").lstrip("; ").split()),
            hashes=tuple(sorted(set(hashes))),
        )

    def __str__(self) -> str:
        """Return the pin as its line begins."""
        return f"{self.name}=={self.version}"


def normal_name(name: str) -> str:
    """Return a distribution's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required_names(requirements: Iterable[str]) -> frozenset[str]:
    """Return the names of what a distribution requires on every platform, in normal form.

    Args:
        requirements: Its ``Requires-Dist``. What has a marker may not be needed on the target, and is left out.
    """
    names = (re.split(r"[^\w.-]", each, maxsplit=1)[0] for each in requirements if ";" not in each)
    return frozenset(normal_name(name) for name in names)
