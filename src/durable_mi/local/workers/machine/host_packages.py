"""A function's code made to run on this machine: host builds in the place of what was compiled for another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.local.workers.machine.installed_distribution import InstalledDistribution, loads, shared_objects
from durable_mi.local.workers.start_failure import InitError
from durable_mi.packaging.host import HostInstallError, installed_for_interpreter
from durable_mi.packaging.pin import normal_name
from durable_mi.packaging.requirements import LockedRequirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.local.workers.machine.interpreter import Interpreter

__all__ = ["HostCode", "HostPackagesError", "fit"]

_LOCK: Final = "requirements.txt"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


class HostPackagesError(InitError):
    """A package that was compiled for another machine or Python has no build for this one."""


@dataclass(frozen=True, slots=True)
class HostCode:
    """Code that runs on this machine.

    Attributes:
        directory: Where it lies: the code itself, or the composed directory.
        notices: What was done and what will not load, one line each.
    """

    directory: Path
    notices: tuple[str, ...] = ()


def fit(code: Path, interpreter: Interpreter, into: Path) -> HostCode:
    """Replace the distributions in a function's code that the interpreter cannot load by host builds.

    The same versions are installed, with the hashes of the code's ``requirements.txt`` where that is a lock, into the
    cache. The result is composed of symbolic links into the code and into the cache; neither is changed.

    Args:
        code: Directory with the function's code.
        interpreter: The one that runs the handler.
        into: Directory to compose in; it is made when it is needed, and must not be there.

    Returns:
        The code as it is when all of it loads.

    Raises:
        HostPackagesError: A version has no wheel for this machine, or the package index cannot be reached.
    """
    distributions = InstalledDistribution.all_in(code)
    foreign = tuple(each for each in distributions if each.is_foreign(code, interpreter))
    owned = frozenset[str]().union(*(each.files for each in distributions))
    notices = [
        f"{file} was compiled for another machine or Python, belongs to no installed package, and will not load here"
        for file in sorted(shared_objects(code))
        if file not in owned and not loads(code / file, interpreter)
    ]
    if not foreign:
        return HostCode(code, tuple(notices))
    names = _listed([str(each) for each in foreign])
    tags = _listed(sorted({each.tags[0] if each.tags else "another machine" for each in foreign}))
    try:
        host = installed_for_interpreter(
            _requirements(code, distributions, foreign), interpreter.executable, str(interpreter)
        )
    except HostInstallError as error:
        msg = (
            f"{names}, built for {tags}, must be replaced by the same versions for {interpreter}: {error}; "
            "select another interpreter with --python, or select versions that have wheels for both"
        )
        raise HostPackagesError(msg) from error
    _compose(code, host, frozenset[str]().union(*(each.files for each in foreign)), into)
    replaced = f"{names}, built for {tags}: replaced by the same versions for {interpreter}"
    return HostCode(into, (replaced, *notices))


def _requirements(
    code: Path, distributions: Sequence[InstalledDistribution], foreign: Sequence[InstalledDistribution]
) -> tuple[str, ...]:
    """Return what to install: the foreign distributions, and what only this machine or its Python needs besides."""
    present = {each.name for each in distributions}
    locked = _lock(code)
    pinned = {(pin.name, pin.version) for pin in locked.pins} if locked else set()
    if locked and all((each.name, each.version) in pinned for each in foreign):
        conditional = {pin.name for pin in locked.pins if pin.marker and pin.name not in present}
        return locked.lines_for({each.name for each in foreign} | conditional)
    needs = {need for each in distributions for need in each.requires if ";" in need and "extra ==" not in need}
    missing = sorted(need for need in needs if (name := _NAME.match(need)) and normal_name(name[0]) not in present)
    return (*(f"{each.name}=={each.version}" for each in foreign), *missing)


def _lock(code: Path) -> LockedRequirements | None:
    try:
        return LockedRequirements.read(code / _LOCK)
    except ValueError:
        return None


def _compose(code: Path, host: Path, replaced: frozenset[str], into: Path) -> None:
    """Link the code without the replaced files over the host builds; whole directories where only one side has any."""
    parts = {parent.as_posix() for file in replaced for parent in Path(file).parents}

    def lay(relative: Path, into: Path) -> None:
        into.mkdir()
        names = {
            path.name for side in (code, host) if (side / relative).is_dir() for path in (side / relative).iterdir()
        }
        for name in names:
            path = relative / name
            ours, theirs = code / path, host / path
            if ours.is_dir() and (theirs.is_dir() or path.as_posix() in parts):
                lay(path, into / name)
            elif ours.exists() and path.as_posix() not in replaced:
                (into / name).symlink_to(ours.absolute())
            elif theirs.exists():
                (into / name).symlink_to(theirs.absolute())

    lay(Path(), into)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1]
