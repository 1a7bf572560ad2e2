"""The Python interpreter that runs the handlers."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from durable_mi.local.workers import _awslambdaric

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Interpreter", "InterpreterError"]

_VERSION: Final = re.compile(r"(?:python)?(\d+)\.(\d+)(?:\.(\d+))?")
_OLDEST: Final = (3, 11)
"""The oldest Python that the durable execution SDK runs on (its ``Requires-Python``)."""

_PROBE: Final = f"""
import importlib.machinery, importlib.metadata, json, platform, sys
try:
    client = importlib.metadata.version({_awslambdaric.DISTRIBUTION!r})
except importlib.metadata.PackageNotFoundError:
    client = None
print(json.dumps([
    sys.implementation.name, sys.version_info[:3], sys.platform, platform.machine(),
    importlib.machinery.EXTENSION_SUFFIXES, client,
]))
"""
_PROBE_SECONDS: Final = 10


class InterpreterError(ValueError):
    """No such interpreter, or it cannot run the handlers."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python interpreter of this machine.

    Attributes:
        executable: Its path.
        implementation: ``cpython`` or another.
        version: Major, minor and patch version.
        system: Its ``sys.platform``.
        machine: The processor in the words of ``uname``, such as ``x86_64``.
        suffixes: Ends of the names of extension modules that it loads.
        runtime_client: Version of the ``awslambdaric`` that is installed for it, ``None`` if there is none.
    """

    executable: Path
    implementation: str
    version: tuple[int, int, int]
    system: str
    machine: str
    suffixes: tuple[str, ...]
    runtime_client: str | None

    @classmethod
    def running(cls) -> Self:
        """Return the interpreter of this process."""
        return cls(
            executable=Path(sys.executable),
            implementation=sys.implementation.name,
            version=(sys.version_info.major, sys.version_info.minor, sys.version_info.micro),
            system=sys.platform,
            machine=platform.machine(),
            suffixes=tuple(EXTENSION_SUFFIXES),
            runtime_client=_awslambdaric.installed_version(),
        )

    @classmethod
    def find(cls, wanted: str) -> Interpreter:
        """Find an interpreter.

        Args:
            wanted: A version such as ``3.13`` or ``3.13.1``; a command; the path of an interpreter; or the directory
                of a virtual environment. A version is taken from the running interpreter, from ``PATH``, from pyenv
                or from uv, in that order.

        Raises:
            InterpreterError: There is none, it is no Python, or it is older than 3.11 or not CPython.
        """
        match = _VERSION.fullmatch(wanted)
        if match is None:
            return _usable(cls._at(wanted))
        version = tuple(int(part) for part in match.groups() if part)
        for candidate in _candidates(version):
            found = _probe(candidate)
            if found is not None and found.version[: len(version)] == version and found.implementation == "cpython":
                return _usable(found)
        text = ".".join(map(str, version))
        msg = (
            f"no Python {text} found on PATH, in pyenv or among uv's: install it (`uv python install {text}`), "
            "or give the path of an interpreter"
        )
        raise InterpreterError(msg)

    @classmethod
    def _at(cls, wanted: str) -> Interpreter:
        path = Path(wanted).expanduser()
        if path.is_dir():
            path /= "bin/python"
        found = shutil.which(path)
        if found is None:
            msg = f"the interpreter must be a version such as 3.13 or the path of a Python, got {wanted}, not there"
            raise InterpreterError(msg)
        interpreter = _probe(Path(found).absolute())
        if interpreter is None:
            msg = f"the interpreter must be CPython {_text(_OLDEST)} or newer, got {wanted}, which is none"
            raise InterpreterError(msg)
        return interpreter

    @property
    def is_running(self) -> bool:
        """Return whether it is the interpreter of this process, with what is installed beside it."""
        return self.executable == Path(sys.executable)

    @property
    def python(self) -> str:
        """Return the major and minor version, such as ``3.13``."""
        return _text(self.version[:2])

    def __str__(self) -> str:
        """Name the interpreter as a message does."""
        return f"{self.machine} and Python {self.python}"


def _usable(interpreter: Interpreter) -> Interpreter:
    if interpreter.implementation != "cpython" or interpreter.version < _OLDEST:
        msg = (
            f"handlers run on CPython {_text(_OLDEST)} or newer, got {interpreter.implementation} "
            f"{_text(interpreter.version)} at {interpreter.executable}"
        )
        raise InterpreterError(msg)
    return interpreter


def _candidates(version: tuple[int, ...]) -> Iterator[Path]:
    """Yield paths that may be a Python of this version; what is none, such as a shim of pyenv's, is found out later."""
    yield Path(sys.executable)
    name = f"python{_text(version[:2])}"
    for entry in os.get_exec_path():
        path = Path(entry) / name
        if path.is_file():
            yield path.absolute()
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    managed = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    text = _text(version)
    for directory, pattern in ((pyenv, f"{text}*/bin/python"), (managed, f"cpython-{text}*/bin/{name}")):
        yield from sorted(directory.glob(pattern), reverse=True)


@cache
def _probe(executable: Path) -> Interpreter | None:
    """Ask an interpreter what it is; ``None`` when it does not answer as a Python does."""
    if executable == Path(sys.executable):
        return Interpreter.running()
    try:
        answer = subprocess.run(  # noqa: S603 - the user named it
            [executable, "-I", "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_SECONDS, check=True
        )
        implementation, version, system, machine, suffixes, client = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(executable, implementation, tuple(version), system, machine, tuple(suffixes), client)


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
