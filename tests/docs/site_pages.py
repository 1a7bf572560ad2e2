"""The pages of the site: what the index leads to, and the anchors of each page."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE: Final = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
_CODE: Final = re.compile(r"`[^`\n]+`")
_DIRECTIVE: Final = re.compile(r"^::: (\S+)", re.MULTILINE)


def pages() -> list[Path]:
    """List the pages."""
    return sorted(DOCS.rglob("*.md"))


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[tuple[Path, str]]:
    """List the targets of a page's internal links, each with its anchor, which may be empty."""
    found = []
    for link in _LINK.findall(_CODE.sub("code", prose(page))):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            found.append(((page.parent / path).resolve() if path else page, anchor))
    return found


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page, as GitHub and the site both make them, and those of documented names."""
    text = prose(page)
    found: set[str] = set(_DIRECTIVE.findall(text))
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)).strip().lower()
        slug = re.sub(r"[ -]+", "-", slug)
        number = 1
        while (unique := slug if number == 1 else f"{slug}_{number - 1}") in found:
            number += 1
        found.add(unique)
    return frozenset(found)


def navigation() -> list[str]:
    """List the pages of the navigation in zensical.toml."""

    def leaves(node: Any) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        else:
            for each in node.values() if isinstance(node, dict) else node:
                yield from leaves(each)

    return list(leaves(tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]))


def reached(start: Path) -> set[Path]:
    """Return the pages that one link from a page leads to, and the page."""
    return {start, *(target for target, _ in links(start))}
