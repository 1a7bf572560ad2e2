"""What the workflows below some paths were found to be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from durable_mi.lint.code.project import Project, python_files
from durable_mi.lint.reading.reader import find_mistakes
from durable_mi.lint.rules import RULES
from durable_mi.lint.suppressions import Comment, comment, comments

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from durable_mi.findings.severity import Severity
    from durable_mi.lint.code.module import UnreadableModuleError
    from durable_mi.lint.finding import Finding

__all__ = ["LintReport", "lint", "lint_files", "nothing"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LintReport:
    """What was found.

    Attributes:
        findings: In the order of files and lines, without those that a comment ignores.
        suppressed: Those that a comment ignores, each with the comment's reason.
        vain: Comments that ignore nothing: file, line and rules.
        unreadable: Files that are not Python which this interpreter can read, and why.
        files: How many files were read.
    """

    findings: tuple[Finding, ...]
    suppressed: Mapping[Finding, str]
    vain: tuple[tuple[Path, int, str], ...]
    unreadable: tuple[UnreadableModuleError, ...]
    files: int

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(RULES[finding.rule].severity is severity for finding in self.findings)


def nothing(_file: Path) -> bool:
    """Exclude no file."""
    return False


def lint(
    paths: Sequence[Path],
    *,
    ignored: Collection[str] = (),
    tops: Iterable[Path] | None = None,
    is_excluded: Callable[[Path], bool] = nothing,
) -> LintReport:
    """Read the workflows in files and directories. Nothing is imported or executed.

    Args:
        paths: Files and directories. Virtual environments, builds and hidden directories in them are left out.
        ignored: Ids of rules to leave out.
        tops: Directories that absolute imports begin at. Defaults to the directories of ``paths``.
        is_excluded: Whether nothing is to be reported about a file. Defaults to none.
    """
    files: dict[Path, None] = {}
    for path in map(_full, paths):
        below = python_files(path) if path.is_dir() else (path,)
        files.update(dict.fromkeys(file for file in below if not is_excluded(file)))
    roots = tops if tops is not None else (path if path.is_dir() else path.parent for path in paths)
    project = Project(tuple(dict.fromkeys(map(_full, roots))))
    return lint_files(project, files, ignored=ignored, is_excluded=is_excluded)


def lint_files(
    project: Project,
    files: Collection[Path],
    *,
    ignored: Collection[str] = (),
    is_excluded: Callable[[Path], bool] = nothing,
) -> LintReport:
    """Read the workflows in some files of a project, once.

    Args:
        project: The modules, of which none was read yet.
        files: The files to look for workflows in.
        ignored: Ids of rules to leave out.
        is_excluded: Whether nothing is to be reported about a file. Defaults to none.
    """
    kept: list[Finding] = []
    suppressed: dict[Finding, str] = {}
    used: set[tuple[Path, int]] = set()
    for finding in find_mistakes(project, files):
        if finding.rule in ignored or is_excluded(finding.file):
            continue
        places = [(finding.file, finding.line), *([finding.also] if finding.also is not None else [])]
        ignoring = {place: each for place in places if (each := _comment(project, *place, finding.rule)) is not None}
        used.update(ignoring)
        if ignoring:
            suppressed[finding] = next(iter(ignoring.values())).reason
        else:
            kept.append(finding)
    return LintReport(
        findings=tuple(kept),
        suppressed=suppressed,
        vain=tuple(_vain(project, files, used)),
        unreadable=tuple(project.unreadable[file] for file in sorted(project.unreadable) if not is_excluded(file)),
        files=len(files),
    )


def _comment(project: Project, file: Path, line: int, rule: str) -> Comment | None:
    """Return the comment that ignores a rule in a line, ``None`` where there is none."""
    module = project.module(file)
    found = comment(module, line) if module is not None else None
    return found if found is not None and found.ignores(rule) else None


def _vain(
    project: Project, files: Iterable[Path], used: Collection[tuple[Path, int]]
) -> Iterator[tuple[Path, int, str]]:
    for file in files:
        module = project.module(file)
        for line, found in comments(module) if module is not None else ():
            if (file, line) not in used:
                yield file, line, "every rule" if found.rules is None else ", ".join(sorted(found.rules))


def _full(path: Path) -> Path:
    # Not resolved: a file is reported by the name that leads to it.
    return Path(os.path.normpath(path.absolute()))
