"""Templates of what a user names, and what there is no template."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.source import Source, TemplateError
from durable_mi.cloudformation.template import Template, joined, read
from durable_mi.preflight.files.named import STDIN, Found, expanded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Reading", "read_paths"]

_STDIN_NAME: Final = Path("<stdin>")
_MAX_BYTES: Final = 256 * 1024 * 1024
"""Far beyond any template, of which CloudFormation takes 1 MB; a pipe can be without end."""
_MAX_LINE: Final = 1000
"""Characters of an error, which may name a key without end."""
_SECTION: Final = b"Resources"
_OF_AWS: Final = (b"AWS::", b"AWSTemplateFormatVersion")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What the paths that a user names hold.

    Attributes:
        templates: The templates, those that are nested in others included.
        errors: What was named, and why it is no template; one line each.
        unreadable: What was found in directories and looks like a template, and why it is none; one line each.
        others: Other files that were found in directories.
    """

    templates: tuple[Template, ...]
    errors: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    others: tuple[Path, ...] = ()


@dataclass(slots=True)
class _Reader:
    is_excluded: Callable[[Path], bool]
    found: list[Template] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    has_excluded: bool = False

    def take(self, path: Path) -> None:
        """Read what a path leads to; what cannot be read costs nothing of the others."""
        searched = False
        before = len(self.errors)
        try:
            for each in expanded(path, self._leaves_out, lambda entry, error: self._reject(path, entry, error)):
                searched |= not each.is_named
                self._take(each)
        except AssemblyError as error:
            self.errors.append(_line(error))
            return
        searched |= path.is_dir()
        if searched and len(self.errors) == before and not self.has_excluded and not self._holds_any(path):
            problem = "holds no template: name a template, or a directory with templates"
            self.errors.append(_line(TemplateError(path, problem)))

    def _reject(self, path: Path, entry: Path, error: OSError) -> None:
        """Note a part of what was named that cannot be looked at."""
        line = _line(TemplateError(entry, f"cannot be read ({error.strerror})"))
        (self.errors if entry == path else self.unreadable).append(line)

    def _leaves_out(self, path: Path) -> bool:
        excluded = self.is_excluded(path)
        self.has_excluded |= excluded
        return excluded

    def _holds_any(self, path: Path) -> bool:
        """Return whether a template was read below a path, which may be a glob."""
        if not path.is_dir():
            return bool(self.found)
        top = path.resolve()
        return any(template.file.resolve().is_relative_to(top) for template in self.found)

    def _take(self, each: Found) -> None:
        real = str(each.path) if each.path == STDIN else os.path.realpath(each.path)
        if real in self.seen:
            return
        self.seen.add(real)
        try:
            if each.is_named or each.path.is_dir() or _has_resources(each.path):
                problems: list[AssemblyError] = []
                self.found += [one for one in _templates(each.path, problems) if not self._leaves_out(one.file)]
                for problem in problems:
                    self._note(each, _line(problem))
            else:
                self.others.append(each.path)
        except AssemblyError as error:
            self._note(each, _line(error))
        except OSError as error:
            self._note(each, _line(TemplateError(each.path, f"cannot be read ({error.strerror})")))

    def _note(self, each: Found, line: str) -> None:
        if each.is_named:
            self.errors.append(line)
        elif each.path.is_dir() or _looks_like_a_template(each.path):
            self.unreadable.append(line)
        else:
            self.others.append(each.path)


def read_paths(paths: Iterable[Path], is_excluded: Callable[[Path], bool]) -> Reading:
    """Read what paths lead to; each file once, whatever leads to it.

    Args:
        paths: Files, directories, globs, and ``-`` for a template on the standard input.
        is_excluded: Whether a file or directory is to be left out.
    """
    reader = _Reader(is_excluded)
    for path in paths:
        reader.take(path)
    return Reading(
        templates=tuple(joined(list(_once(reader.found)))),
        errors=tuple(reader.errors),
        unreadable=tuple(reader.unreadable),
        others=tuple(reader.others),
    )


def _templates(path: Path, problems: list[AssemblyError]) -> Sequence[Template]:
    if path == STDIN:
        return [_of_bytes(_STDIN_NAME, sys.stdin.buffer.read(_MAX_BYTES + 1))]
    kind = path.stat()
    if stat.S_ISDIR(kind.st_mode):
        return read(path, problems)
    if stat.S_ISFIFO(kind.st_mode):
        with path.open("rb") as pipe:
            return [_of_bytes(path, pipe.read(_MAX_BYTES + 1))]
    if not stat.S_ISREG(kind.st_mode):
        raise TemplateError(path, "must be a file or a directory, got a device: name a template")
    if kind.st_size > _MAX_BYTES:
        raise TemplateError(path, _too_large())
    return read(path)


def _of_bytes(name: Path, content: bytes) -> Template:
    if len(content) > _MAX_BYTES:
        raise TemplateError(name, _too_large())
    source = Source.decode(name, content)
    return replace(Template.of(source), source=source)


def _too_large() -> str:
    return f"must have at most {_MAX_BYTES // 1024 // 1024} MB, got more: CloudFormation takes 1 MB"


def _once(found: Iterable[Template]) -> Iterator[Template]:
    """Yield templates; those of cloud assemblies before others, and no file alone that is in an assembly too."""
    every = list(found)
    of_assemblies = {os.path.realpath(each.file) for each in every if each.stack.neighbours}
    for each in every:
        if each.stack.neighbours or os.path.realpath(each.file) not in of_assemblies:
            yield each


def _has_resources(file: Path) -> bool:
    """Return whether a file can be a template, so that other JSON and YAML need not be parsed."""
    kind = file.stat()
    return stat.S_ISREG(kind.st_mode) and kind.st_size <= _MAX_BYTES and _SECTION in file.read_bytes()


def _looks_like_a_template(file: Path) -> bool:
    try:
        content = file.read_bytes()
    except OSError:
        return True
    return any(word in content for word in _OF_AWS)


def _line(error: Exception) -> str:
    line = " ".join(str(error).split())
    # The file is at the beginning, and the fix at the end.
    half = _MAX_LINE // 2
    return line if len(line) <= _MAX_LINE else f"{line[:half]}...{line[-half:]}"
