"""Licence notices: of the project, and of whatever it ships that somebody else made."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.release_check.archives import Archive, Distributions
    from tools.release_check.project import Project

__all__ = ["check_notices", "foreign_reason"]

_APACHE: Final = ("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS")
_MARK: Final = re.compile(
    r"(?i)copyright\s*(?:\(c\)|©|\d{4})|©\s*\d{4}|@license|@preserve|spdx-license-identifier|licensed under|"
    r"permission is hereby granted|all rights reserved|sourceMappingURL="
)
_TEXT: Final = frozenset(
    {".css", ".html", ".in", ".js", ".json", ".py", ".svg", ".tmpl", ".txt", ".typed", ".md", ".toml", ".yml"}
)
_LONGEST_LINE: Final = 1_000
"""Characters. Longer lines of a script or style sheet are a bundle, which nobody writes by hand."""


def check_notices(project: Project, built: Distributions) -> Iterator[Finding]:
    """Check that the licence is shipped, and that what others made is named in ``NOTICE``."""
    expression = project.metadata.get("license")
    if expression != "Apache-2.0":
        yield Finding(
            message=f"the license in pyproject.toml must be Apache-2.0 like the file LICENSE, got {expression!r}"
        )
    licence = project.text("LICENSE")
    if not licence:
        yield Finding(message="LICENSE must hold the text of Apache-2.0, got nothing: add the file")
    elif lacking := [each for each in _APACHE if each not in licence]:
        yield Finding(message=f"LICENSE must be the text of Apache-2.0, which has {lacking[0]!r}, got another one")
    for archive in (built.wheel, built.sdist) if licence else ():
        if licence.encode() not in [
            text for name, text in archive.files.items() if name.rsplit("/", 1)[-1] == "LICENSE"
        ]:
            yield Finding(message=f"{archive.path.name} must have the file LICENSE: add it to license-files")
    notice = project.text("NOTICE")
    foreign = _foreign(built.wheel)
    for name, reason in foreign:
        if name not in notice:
            yield Finding(
                message=f"what others made must be named in NOTICE with its licence, got {name} in the wheel, which "
                f"{reason}: add it there, or remove it"
            )
    if notice and not any(name.endswith(".dist-info/licenses/NOTICE") for name in built.wheel.files):
        yield Finding(message="the wheel must have the file NOTICE: add it to license-files in pyproject.toml")


def _foreign(wheel: Archive) -> list[tuple[str, str]]:
    own = [name for name in sorted(wheel.files) if ".dist-info/" not in name]
    return [(name, reason) for name in own if (reason := foreign_reason(name, wheel.files[name])) is not None]


def foreign_reason(name: str, content: bytes) -> str | None:
    """Return why a shipped file seems to be somebody else's, or nothing.

    Args:
        name: Its path in the wheel.
        content: What is in it.
    """
    path = PurePosixPath(name)
    if path.suffix not in _TEXT:
        return f"is a file of a kind that nobody writes by hand here ({path.suffix or path.name})"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "is no text"
    if match := _MARK.search(text):
        return f"has {match[0]!r}"
    if ".min." in path.name or (
        path.suffix in {".css", ".js"} and any(len(line) > _LONGEST_LINE for line in text.splitlines())
    ):
        return "is a bundle"
    return None
