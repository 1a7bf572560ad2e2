"""What the workflows below some paths were found to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.lint.code.project import Project, python_files
from durable_mi.lint.reading.reader import find_mistakes
from durable_mi.lint.rules import RULES
from durable_mi.lint.suppressions import ignores

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from durable_mi.lint.code.module import UnreadableModuleError
    from durable_mi.lint.finding import Finding
    from durable_mi.lint.rule import Severity

__all__ = ["LintReport", "lint"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LintReport:
    """What was found.

    Attributes:
        findings: In the order of files and lines, without those that a comment ignores.
        suppressed: Those that a comment ignores.
        unreadable: Files that are not Python which this interpreter can read, and why.
        files: How many files were read.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    unreadable: tuple[UnreadableModuleError, ...]
    files: int

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity."""
        return sum(RULES[finding.rule].severity is severity for finding in self.findings)


def lint(paths: Sequence[Path], *, ignored: Collection[str] = (), tops: Iterable[Path] | None = None) -> LintReport:
    """Read the workflows in files and directories. Nothing is imported or executed.

    Args:
        paths: Files and directories. Virtual environments, builds and hidden directories in them are left out.
        ignored: Ids of rules to leave out.
        tops: Directories that absolute imports begin at. Defaults to the directories of ``paths``.
    """
    files: dict[Path, None] = {}
    for path in paths:
        absolute = path.absolute()
        files.update(dict.fromkeys(python_files(absolute) if absolute.is_dir() else (absolute,)))
    roots = tops if tops is not None else (path if path.is_dir() else path.parent for path in paths)
    project = Project(tuple(dict.fromkeys(path.absolute() for path in roots)))
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in find_mistakes(project, files):
        if finding.rule in ignored:
            continue
        places = [(finding.file, finding.line), *([finding.also] if finding.also is not None else [])]
        modules = [(project.module(file), line) for file, line in places]
        is_suppressed = any(module is not None and ignores(module, line, finding.rule) for module, line in modules)
        (suppressed if is_suppressed else kept).append(finding)
    return LintReport(
        findings=tuple(kept),
        suppressed=tuple(suppressed),
        unreadable=tuple(project.unreadable[file] for file in sorted(project.unreadable)),
        files=len(files),
    )
