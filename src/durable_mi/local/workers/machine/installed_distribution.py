"""The distributions that are installed in a function's code, and which of their files a given machine can load."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING, Final, Self

from durable_mi.packaging.pin import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from durable_mi.local.workers.machine.interpreter import Interpreter

__all__ = ["InstalledDistribution", "loads", "shared_objects"]

_ELF: Final = b"\x7fELF"
_ELF_MACHINE: Final = struct.Struct("<16x2xH")
_ELF_MACHINES: Final = {"x86_64": 62, "amd64": 62, "aarch64": 183, "arm64": 183}
"""The processors that Lambda and its users' machines have, in the words of ``uname``, to ELF's ``e_machine``."""

_EXTENSION: Final = re.compile(r"\.(?:cpython|cp|pypy|graalpy)[^.]*\.(?:so|pyd)$")
_STABLE_ABI: Final = re.compile(r"cp(\d)(\d+)-abi3-")


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """One distribution, as its ``dist-info`` directory describes it.

    Attributes:
        name: The name in its normal form (PEP 503).
        version: The version.
        tags: The tags of the wheel it came from; a pure Python one's end with ``-any``.
        requires: Its requirements, each with its environment marker.
        files: Its files, relative to the code's directory; empty where ``RECORD`` is missing.
    """

    name: str
    version: str
    tags: tuple[str, ...]
    requires: tuple[str, ...]
    files: frozenset[str]

    @classmethod
    def all_in(cls, code: Path) -> tuple[Self, ...]:
        """Return every distribution in a directory, by name."""
        return tuple(sorted((cls._read(info) for info in code.glob("*.dist-info")), key=lambda each: each.name))

    @classmethod
    def _read(cls, info: Path) -> Self:
        distribution = PathDistribution(info)
        wheel = distribution.read_text("WHEEL") or ""
        files = distribution.files or ()
        return cls(
            name=normal_name(distribution.name),
            version=distribution.version,
            tags=tuple(line.partition(":")[2].strip() for line in wheel.splitlines() if line.startswith("Tag:")),
            requires=tuple(distribution.requires or ()),
            files=frozenset(file.as_posix() for file in files),
        )

    def __str__(self) -> str:
        """Name the distribution as a message does."""
        return f"{self.name} {self.version}"

    def is_foreign(self, code: Path, interpreter: Interpreter) -> bool:
        """Return whether a compiled file of it cannot be loaded by the interpreter.

        Args:
            code: The directory that it is installed in.
            interpreter: The one that runs the handler.
        """
        if self.tags and all(tag.endswith("-any") for tag in self.tags):
            return False
        oldest = [(int(match[1]), int(match[2])) for tag in self.tags if (match := _STABLE_ABI.match(tag))]
        if oldest and min(oldest) > interpreter.version[:2]:
            return True
        return any(not loads(code / file, interpreter) for file in self.files)


def loads(file: Path, interpreter: Interpreter) -> bool:
    """Return whether a file is none that was compiled, or was compiled for the interpreter's system and version."""
    # Every interpreter takes a bare `.so` too, so the whole of a tagged ending must be one of its own.
    if (tagged := _EXTENSION.search(file.name)) and tagged[0] not in interpreter.suffixes:
        return False
    machine = _elf_machine(file)
    if machine is None:
        return True
    return interpreter.system == "linux" and machine == _ELF_MACHINES.get(interpreter.machine.lower())


def shared_objects(code: Path) -> Iterator[str]:
    """Return the files below a directory whose names are those of shared objects, relative to it."""
    for path in code.rglob("*.so*"):
        if path.is_file() and re.search(r"\.so(\.\d+)*$", path.name):
            yield path.relative_to(code).as_posix()


def _elf_machine(file: Path) -> int | None:
    try:
        with file.open("rb") as opened:
            head = opened.read(_ELF_MACHINE.size)
    except OSError:
        return None
    if not head.startswith(_ELF) or len(head) < _ELF_MACHINE.size:
        return None
    (machine,) = _ELF_MACHINE.unpack(head)
    return int(machine)
