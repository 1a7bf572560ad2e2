"""The changelog's form, and the notes of a release."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime

import pytest

from tests.project.conftest import CHANGELOG, ROOT
from tools.release_check.changelog import check_changelog, notes, sections

TODAY = date(2026, 2, 2)


def found(text: str, tag: str | None = None, version: str = "1.2.3") -> list[str]:
    """Return what is wrong with a changelog."""
    return [each.message for each in check_changelog(text, version, tag, TODAY)]


def test_a_right_changelog() -> None:
    """With and without a tag."""
    assert [] == found(CHANGELOG)
    assert [] == found(CHANGELOG, "v1.2.3")


def test_this_changelog() -> None:
    """It is in its form all the time."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    today = datetime.now(UTC).date()

    assert [] == [each.message for each in check_changelog((ROOT / "CHANGELOG.md").read_text(), version, None, today)]


def test_entries_wait_under_unreleased() -> None:
    """Until there is a tag."""
    text = CHANGELOG.replace("## [1.2.3] - 2026-02-01\n\n", "")

    assert [] == found(text)
    assert [
        (
            "CHANGELOG.md must have a section `## [1.2.3] - YYYY-MM-DD` with entries, got none: move those of "
            "[Unreleased] there"
        ),
        "[Unreleased] in CHANGELOG.md must be empty at a release: move its entries to [1.2.3]",
    ] == found(text, "v1.2.3")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "## [1.2.3] - 2026-02-01",
            "## 1.2.3",
            "must be `## [Unreleased]` or `## [VERSION] - YYYY-MM-DD`, got `## 1.2.3`",
        ),
        ("## [1.2.3] - 2026-02-01", "## [1.2.x] - 2026-02-01", "got `## [1.2.x] - 2026-02-01`"),
        ("## [1.2.3] - 2026-02-01", "## [1.2.3]", "[1.2.3] in CHANGELOG.md must have the date of its release"),
        ("2026-02-01", "2026-02-30", "as YYYY-MM-DD, got 2026-02-30"),
        ("2026-02-01", "1.2.2026", "as YYYY-MM-DD, got 1.2.2026"),
        ("2026-02-01", "20260201", "as YYYY-MM-DD, got 20260201"),
        ("2026-02-01", "2026-02-04", "must have a date that has come, got 2026-02-04"),
        ("[Unreleased]", "[Unreleased] - 2026-02-01", "[Unreleased] of CHANGELOG.md must have no date"),
        ("## [Unreleased]\n", "", "the first section of CHANGELOG.md must be `## [Unreleased]`"),
        ("[1.2.2]", "[1.2.3]", "must have each version once, got [1.2.3] 2 times"),
        ("[1.2.2]", "[1.10.0]", "must have the newest version first, got 1.2.3 above 1.10.0"),
        ("### Added", "### New", "a part of [1.2.3] in CHANGELOG.md must be one of Added, Changed,"),
        ("- Something.\n", "", "Added of [1.2.3] in CHANGELOG.md must have entries, got none: remove it"),
    ],
)
def test_rejects_a_changelog(old: str, new: str, words: str) -> None:
    """One line for each mistake."""
    assert old in CHANGELOG
    assert any(words in each for each in found(CHANGELOG.replace(old, new)))


@pytest.mark.parametrize(
    "text", ["", "# Changelog\n", "# Changelog\n\n## [Unreleased]\n\n## [1.2.2] - 2026-01-31\n\n- Old.\n"]
)
def test_rejects_a_changelog_without_entries(text: str) -> None:
    """Something has changed in every version."""
    assert "CHANGELOG.md must have entries under [1.2.3] or [Unreleased], got none" in found(text)


def test_the_notes_are_the_section() -> None:
    """Without its heading, and to the next one."""
    assert "### Added\n\n- Something.\n" == notes(CHANGELOG, "1.2.3")


@pytest.mark.parametrize("version", ["9.9.9", "1.2", "Unreleased"])
def test_rejects_notes_of_nothing(version: str) -> None:
    """An empty release says nothing."""
    with pytest.raises(LookupError, match="must have a section"):
        notes(CHANGELOG, version)


def test_code_has_no_sections() -> None:
    """A number sign in a block of code is a comment."""
    text = "## [Unreleased]\n\n```sh\n## [1.0.0] - no\n```\n"

    assert ["Unreleased"] == [each.name for each in sections(text)]
