"""The site's pages: in the navigation, in the index, with links that lead somewhere; generated ones are current."""

from __future__ import annotations

import ast
import re
import runpy
from typing import TYPE_CHECKING, Final

import pytest

from tests.docs.site_pages import DOCS, ROOT, anchors, links, navigation, pages, reached

if TYPE_CHECKING:
    from pathlib import Path


TAGS: Final = {f"durable-mi:{each}" for each in ("releases", "environments", "opening-hours", "release-records")}
"""Ids of the same form that are no warnings: the tags of a function."""


def name(page: Path) -> str:
    """Return the page's path in the docs."""
    return page.relative_to(DOCS).as_posix()


def test_the_index_leads_to_every_page() -> None:
    """By one link; add a line to docs/index.md for a new page."""
    assert set() == {*pages()} - reached(DOCS / "index.md")


def test_the_navigation_has_every_page_once() -> None:
    """Add a line to zensical.toml for a new page."""
    assert [name(page) for page in pages()] == sorted(navigation(), key=lambda each: DOCS / each)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_to_pages_and_anchors_of_the_site(page: Path) -> None:
    """A link out of docs/ would be dead on the site."""
    dead = [
        f"{name(target) if target.is_relative_to(DOCS) else target}#{anchor}"
        for target, anchor in links(page)
        if not target.is_relative_to(DOCS)
        or not target.exists()
        or (anchor and target.suffix == ".md" and anchor not in anchors(target))
    ]
    assert [] == dead


def test_finds_an_anchor_that_is_not_there(tmp_path: Path) -> None:
    """Anchors are made as GitHub makes them, a second one of the same title with a number."""
    page = tmp_path / "page.md"
    page.write_text("# A `title`, with: signs\n\n## Same\n\n```text\n# no title\n```\n\n## Same\n")

    assert {"a-title-with-signs", "same", "same_1"} == anchors(page)


def test_pages_that_messages_name_are_there() -> None:
    """With their headings; those of rules, diagnoses and checks are put together, and have tests beside theirs."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    named = [each.partition("#") for each in set(re.findall(r"docs/[\w/.-]+\.md(?:#[\w-]+)?", sources))]

    assert 5 < len(named)
    assert [] == [
        f"{file}#{anchor}"
        for file, _, anchor in named
        if not (ROOT / file).is_file() or (anchor and anchor not in anchors(ROOT / file))
    ]


def test_the_reference_has_every_warning() -> None:
    """Each id of the code, and no other: add a row to docs/reference/warnings.md for a new one."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    ids = set(re.findall(r'"(durable-mi:[a-z0-9-]+)"', sources)) - TAGS

    rows = re.findall(r"^\| `(durable-mi:[a-z0-9-]+)`", (DOCS / "reference/warnings.md").read_text(), re.MULTILINE)
    assert sorted(ids) == sorted(rows)
    # A warning gets the address of the page there.
    assert ["annotations.py"] == [
        path.name for path in (ROOT / "src").rglob("*.py") if "add_warning_v2" in path.read_text()
    ]


@pytest.mark.parametrize(
    "page", [page for page in pages() if "pip install 'durable-mi-constructs" in page.read_text()], ids=name
)
def test_a_page_that_installs_says_how_before_the_first_release(page: Path) -> None:
    """Remove this, and the sentences, with the first release on PyPI."""
    found = {(target, anchor) for target, anchor in links(page)}

    assert (DOCS / "how-to/init.md", "without-a-release") in found


@pytest.mark.parametrize("page", ["limits", "events-and-metrics", "local-limits"])
def test_generated_pages_are_current(page: str) -> None:
    """Run docs/reference/generate_....py after a change."""
    script = DOCS / "reference" / f"generate_{page.replace('-', '_')}.py"

    assert runpy.run_path(str(script))["reference"]() == script.with_name(f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "package"), [("constructs", "durable_mi_constructs"), ("testing", "durable_mi.testing")]
)
def test_the_reference_has_every_public_name(page: str, package: str) -> None:
    """Add a `:::` line for a new one."""
    source = DOCS.parent / "src" / package.replace(".", "/") / "__init__.py"
    public: list[str] = next(
        ast.literal_eval(node.value)
        for node in ast.parse(source.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    documented = anchors(DOCS / "reference" / f"{page}.md")

    assert set() == {f"{package}.{each}" for each in public} - documented
