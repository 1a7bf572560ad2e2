"""What only a maintainer can add, since nobody else knows it: addresses, contacts, settings of accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.release_check.project import Project

__all__ = ["MARK", "check_missing", "relative_links"]

MARK: Final = "To fill in by a maintainer:"
_PLACES: Final = re.compile(r"[A-Z_]+\.md|\.github/.+\.(?:md|yml)")
_LINK: Final = re.compile(r"""\]\(\s*<?([^)\s>]+)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)=["']([^"']+)""", re.MULTILINE)
_CODE: Final = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_URLS: Final = ("Changelog", "Documentation", "Homepage", "Issues", "Source")
"""Labels that PyPI knows."""


def relative_links(markdown: str) -> list[str]:
    """Return the targets of links and pictures that work only next to the other files, each once."""
    targets = [next(filter(None, each)) for each in _LINK.findall(_CODE.sub("", markdown))]
    relative = [each for each in targets if not re.match(r"(?i)[a-z][a-z+.-]*:|//|#", each)]
    return list(dict.fromkeys(relative))


def check_missing(project: Project) -> Iterator[Finding]:
    """List what is still to be filled in."""
    labels = {label.lower(): url for label, url in project.metadata.get("urls", {}).items()}
    if missing := [label for label in _URLS if label.lower() not in labels]:
        yield _to_fill_in(f"pyproject.toml, [project.urls]: the addresses of {', '.join(missing)}")
    for label, url in labels.items():
        if not re.fullmatch(r"https://[\w-]+(\.[\w-]+)+(/\S*)?", url) or re.search(r"//(?:\S*\.)?example\b", url):
            yield Finding(message=f"the address {label} in [project.urls] must be a public https address, got {url!r}")
    if not (project.metadata.get("authors") or project.metadata.get("maintainers")):
        yield _to_fill_in("pyproject.toml, [project]: authors or maintainers, with a name or an address")
    if links := relative_links(project.text("README.md")):
        yield _to_fill_in(
            f"README.md: {len(links)} links and pictures that PyPI cannot follow, since they are relative: prefix them "
            f"with the repository's address ({', '.join(links)})"
        )
    for name in sorted(filter(_PLACES.fullmatch, project.tracked)):
        for number, line in enumerate(project.text(name).splitlines(), 1):
            if MARK in line:
                yield _to_fill_in(f"{name}:{number}: {line.partition(MARK)[2].strip(' -*>#')}")


def _to_fill_in(message: str) -> Finding:
    return Finding(message=message, to_fill_in=True)
