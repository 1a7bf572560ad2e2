"""Requirements installed for an interpreter of this machine, once per content and interpreter."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from durable_mi.packaging.cache import kept
from durable_mi.packaging.install import FORMAT, NO_WHEEL, UNREACHABLE, find_uv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["HostInstallError", "installed_for_interpreter"]

_ONE_AT_A_TIME: Final = threading.Lock()
"""Several functions of an app often use the same package."""


class HostInstallError(Exception):
    """Requirements could not be installed for this machine."""


def installed_for_interpreter(requirements: Sequence[str], python: Path, name: str) -> Path:
    """Return a directory with exactly these requirements, and install them if it does not exist yet.

    Only wheels are installed, with uv if it is available and with pip otherwise. Dependencies of the requirements are
    not installed. Neither the interpreter's own packages nor its directories are touched. The directory is shared: read
    from it, never write to it.

    Args:
        requirements: Lines of a requirements file. Options and hashes apply. A line whose environment marker does not
            match the interpreter is ignored.
        python: Path of the interpreter.
        name: Name of the interpreter's platform, such as ``x86_64 and Python 3.13``. It is part of the directory's key
            and of messages.

    Raises:
        HostInstallError: A requirement has no wheel for the interpreter, or the package index cannot be reached.
    """
    content = "".join(f"{line}\n" for line in requirements)
    key = hashlib.sha256(f"{FORMAT}\0host\0{sys.platform}\0{name}\0{content}".encode()).hexdigest()[:32]

    def make(directory: Path) -> None:
        file = directory.with_name("requirements.txt")
        file.write_text(content, encoding="utf-8")
        _install(file, directory, python, name)
        (directory / ".lock").unlink(missing_ok=True)

    with _ONE_AT_A_TIME:
        return kept("host", key, make)


def _install(file: Path, directory: Path, python: Path, name: str) -> None:
    run = subprocess.run(  # noqa: S603 - the command is ours
        [
            *_installer(python),
            *("--quiet", "--no-deps", "--only-binary", ":all:"),
            *("--target", str(directory), "--requirement", str(file)),
        ],
        cwd=directory,
        env={**os.environ, "NO_COLOR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise HostInstallError(_reason(run.stderr, name))


def _installer(python: Path) -> list[str]:
    if uv := find_uv():
        return [uv, "pip", "install", "--no-progress", "--no-compile-bytecode", "--python", str(python)]
    if importlib.util.find_spec("pip") is None:
        msg = "uv or pip must be installed to install packages for this machine, got neither; run: pip install uv"
        raise HostInstallError(msg)
    return [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-input", "--no-compile"]


def _reason(said: str, name: str) -> str:
    if UNREACHABLE.search(said):
        return (
            f"packages could not be installed for {name}: the package index could not be reached; check the network "
            "and the index settings of uv or pip"
        )
    if match := NO_WHEEL.search(said):
        return f"{match['uv'] or match['pip']} must have a wheel for {name}, got none: sources are not built"
    lines = [line.strip() for line in said.splitlines() if not line.startswith(("WARNING", "warning", "hint"))]
    reason = " ".join(filter(None, lines)) or "the installer gave no reason"
    return f"packages could not be installed for {name}: {reason}"
