"""The changelog's sections, and the notes of a release."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding
from tools.release_check.versions import is_version, order

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["UNRELEASED", "Section", "check_changelog", "notes", "sections"]

UNRELEASED: Final = "Unreleased"
_GROUPS: Final = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""Those of https://keepachangelog.com/en/1.1.0/."""
_TITLE: Final = re.compile(r"\[(?P<name>[^\]]+)\](?: - (?P<date>\S+))?")
_FENCE: Final = re.compile(r"^ *(```|~~~)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """What one version changed.

    Attributes:
        title: The heading, without its number signs.
        name: The version or ``Unreleased``, as far as the heading has one.
        date: The day of the release, as it is written.
        body: The text below the heading.
    """

    title: str
    name: str | None
    date: str | None
    body: str


def sections(text: str) -> list[Section]:
    """Return the sections in their order."""
    found: list[tuple[str, list[str]]] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced and line.startswith("## "):
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
    read = []
    for title, lines in found:
        match = _TITLE.fullmatch(title)
        name, day = (match["name"], match["date"]) if match else (None, None)
        read.append(Section(title=title, name=name, date=day, body="\n".join(lines).strip()))
    return read


def notes(text: str, version: str) -> str:
    """Return the notes of a release: its section without the heading.

    Raises:
        LookupError: There is no such section, or it is empty.
    """
    body = next((each.body for each in sections(text) if each.name == version), "")
    if not body:
        msg = f"CHANGELOG.md must have a section `## [{version}] - YYYY-MM-DD` with entries, got none: write it"
        raise LookupError(msg)
    return body + "\n"


def check_changelog(text: str, version: str, tag: str | None, today: date) -> Iterator[Finding]:
    """Check that the changelog is in its form, and has the version that is released.

    Args:
        text: The changelog.
        version: The version in ``pyproject.toml``.
        tag: The tag of the release. Without one, the entries can still be under *Unreleased*.
        today: The day of the check.
    """
    found = sections(text)
    for section in found:
        yield from _check_section(section, today)
    names = [section.name for section in found]
    for name in sorted({name for name in names if name is not None and names.count(name) > 1}):
        yield Finding(message=f"CHANGELOG.md must have each version once, got [{name}] {names.count(name)} times")
    if names[:1] != [UNRELEASED]:
        yield Finding(message="the first section of CHANGELOG.md must be `## [Unreleased]`: add it, empty if need be")
    released = [section for section in found if section.name is not None and is_version(section.name)]
    for newer, older in pairwise(released):
        assert newer.name is not None  # noqa: S101 - for the types
        assert older.name is not None  # noqa: S101 - for the types
        if order(newer.name) < order(older.name):
            yield Finding(
                message=f"CHANGELOG.md must have the newest version first, got {newer.name} above {older.name}"
            )
    yield from _check_entries(found, version, tag)


def _check_section(section: Section, today: date) -> Iterator[Finding]:
    if section.name is None or not (section.name == UNRELEASED or is_version(section.name)):
        yield Finding(
            message=f"a section of CHANGELOG.md must be `## [Unreleased]` or `## [VERSION] - YYYY-MM-DD`, got "
            f"`## {section.title}`"
        )
        return
    if section.name == UNRELEASED:
        if section.date is not None:
            yield Finding(message=f"the section [Unreleased] of CHANGELOG.md must have no date, got {section.date}")
    else:
        yield from _check_date(section, today)
    groups = re.split(r"^### (.*)$", section.body, flags=re.MULTILINE)
    for title, body in zip(groups[1::2], groups[2::2], strict=True):
        if title.strip() not in _GROUPS:
            yield Finding(
                message=f"a part of [{section.name}] in CHANGELOG.md must be one of {', '.join(_GROUPS)}, got {title}"
            )
        if not body.strip():
            yield Finding(message=f"{title} of [{section.name}] in CHANGELOG.md must have entries, got none: remove it")


def _check_date(section: Section, today: date) -> Iterator[Finding]:
    try:
        if section.date is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", section.date, re.ASCII):
            raise ValueError  # noqa: TRY301 - the same answer for a date that is none and one that does not exist
        day = date.fromisoformat(section.date)
    except ValueError:
        yield Finding(
            message=f"[{section.name}] in CHANGELOG.md must have the date of its release as YYYY-MM-DD, got "
            f"{section.date}"
        )
        return
    # Somewhere it may be tomorrow already.
    if day > today + timedelta(days=1):
        yield Finding(message=f"[{section.name}] in CHANGELOG.md must have a date that has come, got {section.date}")


def _check_entries(found: list[Section], version: str, tag: str | None) -> Iterator[Finding]:
    bodies = {section.name: section.body for section in found}
    if tag is None:
        if not bodies.get(version) and not bodies.get(UNRELEASED):
            yield Finding(message=f"CHANGELOG.md must have entries under [{version}] or [Unreleased], got none")
        return
    if not bodies.get(version):
        yield Finding(
            message=f"CHANGELOG.md must have a section `## [{version}] - YYYY-MM-DD` with entries, got none: move "
            "those of [Unreleased] there"
        )
    if bodies.get(UNRELEASED):
        yield Finding(
            message=f"[Unreleased] in CHANGELOG.md must be empty at a release: move its entries to [{version}]"
        )
