"""A project's locked requirements: a requirements file in which every line is one exact version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.packaging.local_requirement import LocalRequirement
from durable_mi.packaging.pin import Pin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

__all__ = ["HOW_TO_LOCK", "OTHER_LOCKS", "LockedRequirements"]

COMMENT: Final = re.compile(r"(^|\s)#.*$")

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

PATH_OPTIONS: Final = ("-f", "--find-links")
"""Those of them that can have a path of this machine."""

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
class LockedRequirements:
    """The content of a lock: what is required, without how the file writes it.

    Attributes:
        path: Path of the file.
        options: The lines that decide where wheels come from, in order.
        pins: Its pinned requirements, in order.
        local: Its requirements that are paths, in order.
    """

    path: Path
    options: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    local: tuple[LocalRequirement, ...] = ()

    @property
    def content(self) -> bytes:
        """The pinned requirements in one form, without the comments, order, line ends and continuations of the file.

        The package's hash is computed from it, and it is the lock that the package has. Paths are not part of it: the
        package's hash has the content of what they lead to.
        """
        lines = [*self.options, *sorted({pin.line for pin in self.pins})]
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def hashed(self) -> bool:
        """Whether the requirements have hashes, so that the installer must check every wheel."""
        return any(pin.hashed for pin in self.pins)

    @property
    def names(self) -> frozenset[str]:
        """The names of the pinned distributions in normal form."""
        return frozenset(pin.name for pin in self.pins)

    def lines_for(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the file's options, and the requirements of some distributions with their markers and hashes.

        Args:
            names: The distributions, in normal form.
        """
        return (*self.options, *(pin.line for pin in self.pins if pin.name in names))

    def install_text(self) -> str:
        """Return the pinned requirements for an installer that reads them from another directory."""
        options = [_with_whole_path(option, self.path.parent) for option in self.options]
        return "".join(f"{line}\n" for line in (*options, *(pin.line for pin in self.pins)))

    @classmethod
    def read(cls, path: Path) -> LockedRequirements:
        """Read a requirements file, as ``uv pip compile``, ``uv export`` or ``pip-compile`` write it.

        Args:
            path: The file. It can be empty, but it must exist.

        Raises:
            ValueError: The file is missing, or :meth:`parse` rejects it.
        """
        if not path.is_file():
            raise ValueError(_missing(path))
        return cls.parse(path.read_text(encoding="utf-8-sig"), path)

    @classmethod
    def parse(cls, text: str, path: Path) -> LockedRequirements:
        """Read the text of a requirements file.

        Args:
            text: The text.
            path: The file that the text is from; relative paths in it are relative to its directory.

        Raises:
            ValueError: A requirement is neither pinned with ``==`` nor the path of a project or wheel, only some have
                hashes, or the file reads another file or has an option that a lock cannot have.
        """
        options, pins, local = [], [], []
        for number, line in _logical_lines(text):
            where = f"{path.name} line {number}"
            if found := LocalRequirement.parse(line, path.parent):
                local.append(found)
            elif line.startswith("-"):
                options.append(_option(where, line))
            else:
                pins.append(_pin(where, line))
        bare = [str(pin) for pin in pins if not pin.hashed]
        if bare and len(bare) < len(pins):
            msg = f"{path.name}: either every requirement must have a hash or none, got none for {', '.join(bare)}"
            msg += f"; compile it again: {HOW_TO_LOCK}"
            raise ValueError(msg)
        return cls(path=path, options=tuple(options), pins=tuple(pins), local=tuple(local))


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


def _option(where: str, line: str) -> str:
    option = re.split(r"[\s=]", line, maxsplit=1)[0]
    if option in OPTIONS:
        return " ".join(line.split())
    msg = f"{where}: a lock must name every requirement, got {line!r}"
    if LocalRequirement.looks_like(line):
        msg += "; there is no pyproject.toml or setup.py at that path"
    else:
        msg += f"; compile it into one file: {HOW_TO_LOCK}"
    raise ValueError(msg)


def _pin(where: str, line: str) -> Pin:
    requirement, *options = re.split(r"\s+(?=--)", line)
    if strange := [option for option in options if not option.startswith("--hash")]:
        msg = f"{where}: a locked requirement must have no option except --hash, got {strange[0]!r}"
        raise ValueError(msg)
    pin = Pin.parse(requirement, tuple(re.sub(r"^--hash[=\s]\s*", "", option) for option in options))
    if pin is not None:
        return pin
    msg = f"{where}: a requirement must be pinned as name==version, got {requirement.strip()!r}"
    if LocalRequirement.looks_like(line):
        msg += "; a path must lead to a directory with pyproject.toml or setup.py, or to a wheel"
    else:
        msg += f"; compile the file: {HOW_TO_LOCK}"
    raise ValueError(msg)


def _with_whole_path(option: str, directory: Path) -> str:
    name, value = (*re.split(r"[\s=]", option, maxsplit=1), "")[:2]
    if name not in PATH_OPTIONS or not (directory / value).exists():
        return option
    return f"{name} {(directory / value).resolve().as_uri()}"  # pip splits a path at its spaces
