"""What a user names to be checked: files, directories, globs, and the standard input."""

from __future__ import annotations

from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.cloudformation.content.json_object import JsonObject
from durable_mi.cloudformation.source import TemplateError
from durable_mi.preflight.files.globs import matches
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


def expanded(
    path: Path, is_excluded: Callable[[Path], bool], reject: Callable[[Path, OSError], None]
) -> Iterator[Found]:
    """Yield what a path that a user names leads to.

    Args:
        path: A file, a directory, a glob, or ``-``.
        is_excluded: Whether a file or directory is to be left out.
        reject: Takes each file or directory below it that cannot be looked at, and why.

    Raises:
        AssemblyError: It leads to nothing.
    """
    if path == STDIN:
        yield Found(path, is_named=True)
    elif _exists(path):
        if path.is_dir():
            yield from _directory(path, is_excluded, reject)
        elif not is_excluded(path):
            yield Found(path, is_named=True)
    elif has_magic(str(path)):
        yield from _glob(path, is_excluded, reject)
    else:
        raise TemplateError(path, f"does not exist: {_NAME}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TemplateError(path, f"cannot be read ({reason}): {_NAME}") from error


def _directory(
    path: Path, is_excluded: Callable[[Path], bool], reject: Callable[[Path, OSError], None]
) -> Iterator[Found]:
    # A manifest that cannot be read is an error: the directory is a cloud assembly, or was to be one.
    if (path / "manifest.json").is_file() and "artifacts" in JsonObject.read(path / "manifest.json").content:
        yield Found(path, is_named=True)
        return
    yield from (Found(each, is_named=False) for each in candidates(path, is_excluded, reject))


def _glob(
    pattern: Path, is_excluded: Callable[[Path], bool], reject: Callable[[Path, OSError], None]
) -> Iterator[Found]:
    found = matches(pattern)
    if not found:
        raise TemplateError(pattern, f"matches nothing: {_NAME}")
    for match in found:
        if is_excluded(match) or not NOT_THE_PROJECT.isdisjoint({*match.parts} - {*pattern.parts}):
            continue
        if match.is_dir() and not CloudAssembly.is_at(match):
            # `**` matches each directory beside the files in it, which are found once.
            yield from (Found(each, is_named=False) for each in candidates(match, is_excluded, reject))
        else:
            yield Found(match, is_named=False)
