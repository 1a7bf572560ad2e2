"""The version, and the tag that releases it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tools.release_check.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.release_check.project import Project

__all__ = ["check_version", "is_version", "order"]

_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:(a|b|rc)(0|[1-9]\d*))?", re.ASCII)


def is_version(text: str) -> bool:
    """Return whether a text is a version that is a semantic one and PyPI's normal form at once."""
    return _VERSION.fullmatch(text) is not None


def order(version: str) -> tuple[int, int, int, str, int]:
    """Return a key by which versions sort: pre-releases before their release."""
    match = _VERSION.fullmatch(version)
    if match is None:
        msg = f"a version must be MAJOR.MINOR.PATCH, got {version}"
        raise ValueError(msg)
    major, minor, patch, phase, number = match.groups()
    return int(major), int(minor), int(patch), phase or "release", int(number or 0)


def check_version(project: Project, tag: str | None) -> Iterator[Finding]:
    """Check the form of the version, that it is new, and that the tag is its own.

    Args:
        project: The checkout.
        tag: The tag of the release, if there is to be one now.
    """
    version = project.version
    if not is_version(version):
        yield Finding(
            message=f"the version in pyproject.toml must be MAJOR.MINOR.PATCH, with aN, bN or rcN for a pre-release, "
            f"got {version!r}"
        )
        return
    if tag is None:
        # Between two releases the version is that of the last one.
        return
    if tag != f"v{version}":
        yield Finding(
            message=f"the tag must be v{version} like the version in pyproject.toml, got {tag!r}: change one of them"
        )
    if project.git("tag", "--list", f"v{version}").strip():
        tagged = project.git("rev-list", "--max-count=1", f"v{version}").strip()
        if tagged != project.git("rev-parse", "HEAD").strip():
            yield Finding(
                message=f"a version must be released once, but v{version} is the tag of {tagged[:12]}: raise the "
                "version in pyproject.toml"
            )
    if changed := project.git("status", "--porcelain").splitlines():
        yield Finding(
            message=f"a release must be built from what is committed, got {len(changed)} changed or new files such as "
            f"{changed[0][3:]}: commit or remove them"
        )
