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

from durable_mi.packaging.requirements import HOW_TO_LOCK, normal_name

if TYPE_CHECKING:
    from durable_mi.packaging.requirements import LockedRequirements
    from durable_mi.packaging.target import PackageTarget

FORMAT: Final = "1"
"""Part of every cache key. Increase it in a release that installs differently."""

CACHE_VARIABLE: Final = "DURABLE_MI_CACHE_DIR"
"""Environment variable that moves the cache."""

LEAVINGS: Final = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")
"""Files of an installation that record how and from where it was made. They can contain paths of this machine."""

NO_WHEEL: Final = re.compile(
    r"(?P<uv>\S+==\S+) has no (?:usable )?wheels|No matching distribution found for (?P<pip>\S+)"
)
UNREACHABLE: Final = re.compile(r"Failed to fetch|Retrying \(Retry")
INPUT_AT_FAULT: Final = re.compile(
    r"unsatisfiable|hash mismatch|do not match the hashes|requires a different python", re.IGNORECASE
)
"""Messages of uv and pip that are about the requirements, not about the machine or its network."""


def cache_directory() -> Path:
    """Return where installed requirements are kept: ``DURABLE_MI_CACHE_DIR``, or the user's cache directory."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given)
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "durable-mi"
    try:
        return Path.home() / ".cache" / "durable-mi"
    except RuntimeError:  # an account without a home, as in some build containers
        return Path(tempfile.gettempdir()) / "durable-mi"


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
    key = hashlib.sha256(f"{FORMAT}\0{target}\0".encode() + locked.content).hexdigest()[:32]
    cache = cache_directory() / "requirements"
    final = cache / key
    if final.is_dir():
        return final
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{key}-", dir=cache, ignore_cleanup_errors=True) as temporary:
        made = Path(temporary) / "site"
        made.mkdir()
        if locked.pins:
            _install(locked, target, made)
            _check_complete(locked, made)
            _tidy(made)
        try:
            made.rename(final)
        except OSError:  # another process was faster, and its directory holds the same
            if not final.is_dir():
                raise
    return final


def _install(locked: LockedRequirements, target: PackageTarget, directory: Path) -> None:
    command = _uv_command(target) or _pip_command(locked, target)
    if locked.hashed:
        command.append("--require-hashes")
    command += ["--target", str(directory), "--requirement", locked.path.name]
    # the folder of the file, so that uv reads the project's settings and relative paths in the file hold for both
    run = subprocess.run(  # noqa: S603 - the command is ours, and its one free argument is a file name
        command,
        cwd=locked.path.parent,
        env={**os.environ, "NO_COLOR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise _failure(locked, target, run.stderr)


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


def _pip_command(locked: LockedRequirements, target: PackageTarget) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        msg = "uv or pip must be installed to install the project's requirements, got neither; run: pip install uv"
        raise RuntimeError(msg)
    if marked := next((pin for pin in locked.pins if pin.marker), None):
        msg = (
            f"{locked.path.name}: a requirement must have no environment marker without uv (pip evaluates markers for "
        )
        msg += f"this machine), got '{marked}; {marked.marker}'; install uv, or compile the file for Python "
        msg += f"{target.python} on Linux"
        raise ValueError(msg)
    platforms = [argument for platform in target.pip_platforms for argument in ("--platform", platform)]
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"),
        # for the same reason the requirements of requirements are not followed: the lock names them all
        *("--no-deps", "--only-binary", ":all:", "--implementation", "cp", "--python-version", target.python),
        *platforms,
    ]


def _failure(locked: LockedRequirements, target: PackageTarget, said: str) -> Exception:
    """Translate the installer's output into one line that names the requirement and the platform."""
    if UNREACHABLE.search(said):
        msg = f"{locked.path.name} could not be installed for {target}: the package index could not be reached; check "
        msg += "the network and the index settings of uv or pip"
        return RuntimeError(msg)
    if match := NO_WHEEL.search(said):
        msg = f"{match['uv'] or match['pip']}, required by {locked.path.name}, must have a wheel for {target}, "
        msg += "got none from the package index; sources are not built: "
        msg += "choose a version with a wheel, or the other architecture"
        return ValueError(msg)
    lines = [line for line in said.splitlines() if not line.startswith(("WARNING", "warning", "hint"))]
    reason = re.sub(r"\s*\n\s*(?:cause:|╰─▶)", ": ", "\n".join(lines))
    reason = " ".join(re.sub(r"^\W*(?:error:)?", "", reason, flags=re.IGNORECASE | re.MULTILINE).split())
    msg = f"{locked.path.name} could not be installed for {target}: {reason or 'the installer gave no reason'}"
    return ValueError(msg) if INPUT_AT_FAULT.search(said) else RuntimeError(msg)


def _check_complete(locked: LockedRequirements, directory: Path) -> None:
    """Reject a lock without all transitive requirements: its content would depend on the day."""
    wanted = {pin.name for pin in locked.pins}
    found = {normal_name(distribution.name): distribution for distribution in distributions(path=[str(directory)])}
    missing = set(found) - wanted
    for distribution in found.values():
        # what has a marker may not be needed on the target, and uv has judged it by then
        needs = {re.split(r"[^\w.-]", need, maxsplit=1)[0] for need in distribution.requires or () if ";" not in need}
        missing |= {normal_name(need) for need in needs} - set(found)
    if missing:
        msg = f"{locked.path.name} must name every requirement, also transitive ones, got none for "
        msg += f"{', '.join(sorted(missing))}; compile it: {HOW_TO_LOCK}"
        raise ValueError(msg)


def _tidy(directory: Path) -> None:
    """Remove what belongs to this machine or this installation, so that the same lock gives the same files."""
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
