"""Locked requirements installed into a directory for another platform, once per content and platform."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.packaging.cache import kept
from durable_mi.packaging.pin import normal_name, required_names
from durable_mi.packaging.requirements import HOW_TO_LOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.packaging.requirements import LockedRequirements
    from durable_mi.packaging.target import PackageTarget

FORMAT: Final = "1"
"""Part of every cache key. Increase it in a release that installs differently."""

LEAVINGS: Final = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")
"""Files of an installation that record how and from where it was made. They can contain paths of this machine."""

GET_UV: Final = "pip install 'durable-mi-constructs[packaging]'"
"""How to install uv together with the constructs."""

NO_WHEEL: Final = re.compile(
    r"(?P<uv>\S+==\S+) has no (?:usable )?wheels|No matching distribution found for (?P<pip>\S+)"
)
UNREACHABLE: Final = re.compile(r"Failed to fetch|Retrying \(Retry")
INPUT_AT_FAULT: Final = re.compile(
    r"unsatisfiable|hash mismatch|do not match the hashes|requires a different python", re.IGNORECASE
)
"""Messages of uv and pip that are about the requirements, not about the machine or its network."""


def installed_requirements(locked: LockedRequirements, target: PackageTarget) -> Path:
    """Return a directory with the requirements for the target, and install them if it does not exist yet.

    Only wheels are installed, with uv if it is available and with pip otherwise, so nothing of the project or its
    requirements runs on this machine. Index settings of either (environment, configuration files, options in the
    requirements file) apply. The directory is shared: copy from it, never write to it.

    Args:
        locked: The requirements to install, and nothing else.
        target: The platform to install for.

    Raises:
        ValueError: A requirement has no wheel for the target, the requirements contradict each other or their hashes,
            or they are not complete.
        RuntimeError: Neither uv nor pip is installed, or it failed for a reason outside the requirements, such as an
            index that cannot be reached.
    """
    local = "".join(sorted(f"{name}\n" for name in _local_names(locked)))  # they may be all that completes the lock
    key = hashlib.sha256(f"{FORMAT}\0{target}\0{local}".encode() + locked.content).hexdigest()[:32]

    def make(directory: Path) -> None:
        if locked.pins:
            _install(locked, target, directory)
            _check_complete(locked, directory)
            tidy(directory)

    return kept("requirements", key, make)


def install_wheel(wheel: Path, target: PackageTarget, directory: Path) -> None:
    """Install one wheel into a directory, without its requirements.

    Args:
        wheel: The wheel.
        target: The platform to install for.
        directory: The directory.

    Raises:
        ValueError: The wheel is not for the target.
        RuntimeError: Neither uv nor pip is installed, or it failed for another reason.
    """
    command = _uv_command(target) or _pip_command(target)
    run = run_installer([*command, "--no-deps", "--target", str(directory), str(wheel)], wheel.parent)
    if run.returncode != 0:
        raise _failure(wheel.name, target, run.stderr)
    tidy(directory)


def run_installer(command: Sequence[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run uv, pip or Poetry, and return what it printed.

    Args:
        command: The command.
        directory: The working directory: the settings of the project there apply.
    """
    return subprocess.run(  # noqa: S603 - the command is ours, and its free arguments are paths
        command,
        cwd=directory,
        env={**os.environ, "NO_COLOR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )


def _install(locked: LockedRequirements, target: PackageTarget, directory: Path) -> None:
    uv = _uv_command(target)
    if uv is None:
        _check_markers(locked, target)
    command = uv or _pip_command(target)
    if locked.hashed:
        command.append("--require-hashes")
    if locked.local and uv is not None:
        command.append("--no-deps")  # or uv would look for them in the index
    # not the file itself, which can name local projects too, and may be the text that another tool exported
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "requirements.txt"
        file.write_text(locked.install_text(), encoding="utf-8")
        run = run_installer(
            [*command, "--target", str(directory), "--requirement", str(file)], directory=locked.path.parent
        )
    if run.returncode != 0:
        raise _failure(locked.path.name, target, run.stderr)


def find_uv() -> str | None:
    """Return uv's path: the one installed with this Python, otherwise the first on ``PATH``."""
    beside = Path(sys.executable).with_name("uv")  # in a virtual environment that is not activated
    return str(beside) if beside.is_file() else shutil.which("uv")


def _uv_command(target: PackageTarget) -> list[str] | None:
    uv = find_uv()
    if uv is None:
        return None
    return [
        *(uv, "pip", "install", "--quiet", "--no-progress", "--no-compile-bytecode"),
        *("--python", sys.executable, "--python-platform", target.uv_platform, "--python-version", target.python),
        *("--only-binary", ":all:"),
    ]


def _pip_command(target: PackageTarget) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        msg = f"uv or pip must be installed to install the project's requirements, got neither; run: {GET_UV}"
        raise RuntimeError(msg)
    platforms = [argument for platform in target.pip_platforms for argument in ("--platform", platform)]
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"),
        # pip evaluates markers for this machine, so the requirements of requirements are not followed: the lock names
        # them all
        *("--no-deps", "--only-binary", ":all:", "--implementation", "cp", "--python-version", target.python),
        *platforms,
    ]


def _check_markers(locked: LockedRequirements, target: PackageTarget) -> None:
    if marked := next((pin for pin in locked.pins if pin.marker), None):
        msg = (
            f"{locked.path.name}: a requirement must have no environment marker without uv (pip evaluates markers for "
        )
        msg += f"this machine), got '{marked}; {marked.marker}'; install uv, or compile the file for Python "
        msg += f"{target.python} on Linux"
        raise ValueError(msg)


def _failure(name: str, target: PackageTarget, said: str) -> Exception:
    """Translate the installer's output into one line that names the requirement and the platform."""
    if UNREACHABLE.search(said):
        msg = f"{name} could not be installed for {target}: the package index could not be reached; check "
        msg += "the network and the index settings of uv or pip"
        return RuntimeError(msg)
    if match := NO_WHEEL.search(said):
        msg = f"{match['uv'] or match['pip']}, required by {name}, must have a wheel for {target}, "
        msg += "got none from the package index; sources are not built: "
        msg += "choose a version with a wheel, or the other architecture"
        return ValueError(msg)
    msg = f"{name} could not be installed for {target}: {reason(said)}"
    return ValueError(msg) if INPUT_AT_FAULT.search(said) else RuntimeError(msg)


def reason(said: str) -> str:
    """Return an installer's message in one line.

    Args:
        said: What the installer wrote.
    """
    lines = [line for line in said.splitlines() if not line.startswith(("WARNING", "warning", "hint"))]
    joined = re.sub(r"\s*\n\s*(?:cause:|╰─▶)", ": ", "\n".join(lines))
    words = " ".join(re.sub(r"^\W*(?:error:)?", "", joined, flags=re.IGNORECASE | re.MULTILINE).split())
    return words or "the installer gave no reason"


def _check_complete(locked: LockedRequirements, directory: Path) -> None:
    """Reject a lock without all transitive requirements: its content would depend on the day."""
    local = _local_names(locked)
    wanted = locked.names | local
    found = {normal_name(distribution.name): distribution for distribution in distributions(path=[str(directory)])}
    missing = set(found) - wanted
    for distribution in found.values():
        missing |= required_names(distribution.requires or ()) - set(found) - local  # uv has judged markers by then
    if missing:
        msg = f"{locked.path.name} must name every requirement, also transitive ones, got none for "
        msg += f"{', '.join(sorted(missing))}; compile it: {HOW_TO_LOCK}"
        raise ValueError(msg)


def _local_names(locked: LockedRequirements) -> frozenset[str]:
    return frozenset(each.name for each in locked.local)


def tidy(directory: Path) -> None:
    """Remove what belongs to this machine or this installation, so that the same lock gives the same files.

    Args:
        directory: The directory that the installer wrote.
    """
    (directory / ".lock").unlink(missing_ok=True)
    # console scripts begin with the path of this machine's Python
    shutil.rmtree(directory / "bin", ignore_errors=True)
    for caches in list(directory.rglob("__pycache__")):
        shutil.rmtree(caches)
    for info in directory.glob("*.dist-info"):
        for name in LEAVINGS:
            (info / name).unlink(missing_ok=True)
        record = info / "RECORD"
        if record.is_file():
            lines = record.read_text(encoding="utf-8").splitlines()
            kept = sorted(line for line in lines if (directory / line.rsplit(",", 2)[0].strip('"')).is_file())
            record.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8", newline="\n")
