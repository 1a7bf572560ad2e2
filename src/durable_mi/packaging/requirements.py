"""A project's locked requirements: a requirements file in which every line is one exact version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

COMMENT: Final = re.compile(r"(^|\s)#.*$")

PIN: Final = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"={2,3}\s*(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*(?P<marker>;.*)?"
)

OPTIONS: Final = (
    "-i",
    "-f",
    "--extra-index-url",
    "--find-links",
    "--index-url",
    "--no-index",
    "--only-binary",
    "--require-hashes",
    "--trusted-host",
)
"""Options of a requirements file that decide where wheels come from, but not which ones are installed."""

HOW_TO_LOCK: Final = "uv pip compile requirements.in --generate-hashes --output-file requirements.txt"

OTHER_LOCKS: Final = {
    "uv.lock": "uv export --no-dev --no-emit-project --output-file requirements.txt",
    "poetry.lock": "poetry export --output requirements.txt",
    "pylock.toml": HOW_TO_LOCK,
    "requirements.in": HOW_TO_LOCK,
    "pyproject.toml": "uv pip compile pyproject.toml --generate-hashes --output-file requirements.txt",
}
"""Files that a project can have instead, and the command that creates a requirements file from each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pin:
    """One distribution at one version.

    Attributes:
        name: The name in its normal form (PEP 503): lower case, single hyphens.
        version: The exact version.
        marker: The environment marker without its semicolon, or an empty string.
        hashed: Whether the line has at least one hash.
    """

    name: str
    version: str
    marker: str
    hashed: bool

    def __str__(self) -> str:
        """Return the pin as its line begins."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedRequirements:
    """The content of a requirements file that is a lock.

    Attributes:
        path: Path of the file.
        content: Its bytes with one-character line ends, from which the package's hash is computed.
        pins: Its requirements in order.
    """

    path: Path
    content: bytes
    pins: tuple[Pin, ...]

    @property
    def hashed(self) -> bool:
        """Whether the requirements have hashes, so that the installer must check every wheel."""
        return any(pin.hashed for pin in self.pins)

    def lines_for(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the file's options, and the requirements of some distributions with their markers and hashes.

        Args:
            names: The distributions, in normal form.
        """
        lines = enumerate(text for _, text in _logical_lines(self.content.decode()))
        return tuple(
            line for number, line in lines if (pin := _pin(self.path, number, line)) is None or pin.name in names
        )

    @classmethod
    def read(cls, path: Path) -> LockedRequirements:
        """Read a requirements file, as ``uv pip compile``, ``uv export`` or ``pip-compile`` write it.

        Args:
            path: The file. It can be empty, but it must exist.

        Raises:
            ValueError: The file is missing, a requirement is not pinned with ``==``, only some have hashes, or the
                file reads another file or has an option that a lock cannot have.
        """
        if not path.is_file():
            raise ValueError(_missing(path))
        text = path.read_text(encoding="utf-8-sig")
        pins = tuple(pin for number, line in _logical_lines(text) if (pin := _pin(path, number, line)))
        bare = [str(pin) for pin in pins if not pin.hashed]
        if bare and len(bare) < len(pins):
            msg = f"{path.name}: either every requirement must have a hash or none, got none for {', '.join(bare)}"
            msg += f"; compile it again: {HOW_TO_LOCK}"
            raise ValueError(msg)
        return cls(path=path, content=text.encode(), pins=pins)


def normal_name(name: str) -> str:
    """Return a distribution's name in its normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _missing(path: Path) -> str:
    found = next((name for name in OTHER_LOCKS if path.with_name(name).is_file()), None)
    if found:
        mend = f"create it from {found}: {OTHER_LOCKS[found]}"
    else:
        mend = "compile it, or leave it empty if the project requires nothing"
    return f"the project must have its locked requirements in {path.name}, got no such file in {path.parent}; {mend}"


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line's number and the text of each line, continuations joined, without comments and blanks."""
    parts: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if not parts:
            start = number
        body = COMMENT.sub("", line).rstrip()
        if body.endswith("\\"):
            parts.append(body[:-1])
            continue
        if joined := " ".join([*parts, body]).strip():
            yield start, joined
        parts = []
    if joined := " ".join(parts).strip():
        yield start, joined


def _pin(path: Path, number: int, line: str) -> Pin | None:
    where = f"{path.name} line {number}"
    if line.startswith("-"):
        option = re.split(r"[\s=]", line, maxsplit=1)[0]
        if option not in OPTIONS:
            msg = f"{where}: a lock must name every requirement, got {line!r}; compile it into one file: {HOW_TO_LOCK}"
            raise ValueError(msg)
        return None
    requirement, *options = re.split(r"\s+(?=--)", line)
    if strange := [option for option in options if not option.startswith("--hash")]:
        msg = f"{where}: a locked requirement must have no option except --hash, got {strange[0]!r}"
        raise ValueError(msg)
    match = PIN.fullmatch(requirement.strip())
    if match is None:
        msg = f"{where}: a requirement must be pinned as name==version, got {requirement.strip()!r}"
        msg += f"; compile the file: {HOW_TO_LOCK}"
        raise ValueError(msg)
    return Pin(
        name=normal_name(match["name"]),
        version=match["version"],
        marker=(match["marker"] or "").lstrip("; "),
        hashed=bool(options),
    )
