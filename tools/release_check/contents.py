"""What is in the wheel and in the source distribution: what git tracks, no more and no less."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.release_check.archives import Archive, Distributions
    from tools.release_check.project import Project

__all__ = ["LARGEST_ARCHIVE", "LARGEST_FILE", "check_contents"]

LARGEST_FILE: Final = 500_000
"""Bytes. The largest file of today has 200 kB; whatever is larger is data, a build or a mistake."""
LARGEST_ARCHIVE: Final = 5_000_000
"""Bytes. Today's source distribution has half of it."""
_SHOWN: Final = 5


def check_contents(project: Project, built: Distributions) -> Iterator[Finding]:
    """Compare the distributions with the checkout."""
    for archive in (built.wheel, built.sdist):
        yield from _check_sizes(archive)
        metadata = archive.metadata()
        if metadata["Version"] != project.version:
            yield Finding(
                message=f"{archive.path.name} must be of version {project.version}, got {metadata['Version']}: build "
                "it again"
            )
    sources = {name.removeprefix("src/") for name in project.tracked if name.startswith("src/")}
    in_wheel = {name for name in built.wheel.files if ".dist-info/" not in name}
    yield from _compare("the wheel", in_wheel, sources)
    yield from _compare("the source distribution", {*built.sdist.files} - {"PKG-INFO"}, {*project.tracked})
    yield from _check_entry_points(built.wheel)


def _check_sizes(archive: Archive) -> Iterator[Finding]:
    size = archive.path.stat().st_size
    if size > LARGEST_ARCHIVE:
        yield Finding(
            message=f"{archive.path.name} must have at most {LARGEST_ARCHIVE:,} bytes, got {size:,}: leave out what "
            "nobody needs"
        )
    for name, content in sorted(archive.files.items()):
        # The list of the wheel's files grows with them.
        if len(content) > LARGEST_FILE and not name.endswith(".dist-info/RECORD"):
            yield Finding(
                message=f"a file of {archive.path.name} must have at most {LARGEST_FILE:,} bytes, got {name} with "
                f"{len(content):,}"
            )


def _compare(what: str, there: set[str], tracked: set[str]) -> Iterator[Finding]:
    if missing := tracked - there:
        yield Finding(
            message=f"{what} must have every file that git tracks, {_some(missing)} missing: see [tool.hatch.build] in "
            "pyproject.toml"
        )
    if foreign := there - tracked:
        yield Finding(
            message=f"{what} must have only files that git tracks, {_some(foreign)} not: remove or commit them"
        )


def _some(names: set[str]) -> str:
    listed = ", ".join(sorted(names)[:_SHOWN])
    verb = "is" if len(names) == 1 else "are"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{listed}{more} {verb}"


def _check_entry_points(wheel: Archive) -> Iterator[Finding]:
    text = next((text for name, text in wheel.files.items() if name.endswith(".dist-info/entry_points.txt")), b"")
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.read_string(text.decode())
    for group in parser.sections():
        for name, value in parser[group].items():
            path = value.partition(":")[0].strip().replace(".", "/")
            if not {f"{path}.py", f"{path}/__init__.py"} & wheel.files.keys():
                yield Finding(message=f"the entry point {name} of {group} must name a module of the wheel, got {value}")
