"""What a user names to be checked: files, directories, globs, and the standard input."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.cloudformation.content.json_object import JsonObject
from durable_mi.cloudformation.source import TemplateError
from durable_mi.preflight.files.walk import NOT_THE_PROJECT, candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["STDIN", "Found", "expanded"]

STDIN: Final = Path("-")
"""What names the standard input."""
_NAME: Final = "name a template, a directory with templates, or the directory that `cdk synth` wrote"


@dataclass(frozen=True, slots=True)
class Found:
    """A file or a cloud assembly to read.

    Attributes:
        path: Where it is.
        is_named: Whether the user named it and nothing else: then it must be a template.
    """

    path: Path
    is_named: bool


def expanded(path: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Found]:
    """Yield what a path that a user names leads to.

    Args:
        path: A file, a directory, a glob, or ``-``.
        is_excluded: Whether a file or directory is to be left out.

    Raises:
        AssemblyError: It leads to nothing.
    """
    if path == STDIN:
        yield Found(path, is_named=True)
    elif _exists(path):
        if path.is_dir():
            yield from _directory(path, is_excluded)
        elif not is_excluded(path):
            yield Found(path, is_named=True)
    elif glob.has_magic(str(path)):
        yield from _glob(path, is_excluded)
    else:
        raise TemplateError(path, f"does not exist: {_NAME}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TemplateError(path, f"cannot be read ({reason}): {_NAME}") from error


def _directory(path: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Found]:
    # A manifest that cannot be read is an error: the directory is a cloud assembly, or was to be one.
    if (path / "manifest.json").is_file() and "artifacts" in JsonObject.read(path / "manifest.json").content:
        yield Found(path, is_named=True)
        return
    yield from (Found(each, is_named=False) for each in _below(path, is_excluded))


def _below(path: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Path]:
    try:
        yield from candidates(path, is_excluded)
    except OSError as error:
        raise TemplateError(Path(error.filename or path), f"cannot be read ({error.strerror})") from error


def _glob(pattern: Path, is_excluded: Callable[[Path], bool]) -> Iterator[Found]:
    matches = [Path(each) for each in sorted(glob.glob(str(pattern), recursive=True))]  # noqa: PTH207 - as given
    if not matches:
        raise TemplateError(pattern, f"matches nothing: {_NAME}")
    for match in matches:
        if is_excluded(match) or not NOT_THE_PROJECT.isdisjoint({*match.parts} - {*pattern.parts}):
            continue
        if match.is_dir() and not CloudAssembly.is_at(match):
            # `**` matches each directory beside the files in it, which are found once.
            yield from (Found(each, is_named=False) for each in _below(match, is_excluded))
        else:
            yield Found(match, is_named=False)
