"""The pages in Markdown, of a checkout and of an unpacked source distribution."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

__all__ = ["markdown_pages"]

ROOT: Final = Path(__file__).parents[2]


def markdown_pages(root: Path = ROOT) -> list[Path]:
    """Return the pages: what git has or could add, and without git what is in no hidden directory but `.github`.

    Args:
        root: The checkout, or the directory of the source distribution.
    """
    if not (root / ".git").exists():
        return sorted(path for path in root.rglob("*.md") if not _is_installed(path.relative_to(root)))
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(path for path in (root / name for name in names) if path.is_file())


def _is_installed(path: Path) -> bool:
    return any(part == "cdk.out" or (part.startswith(".") and part != ".github") for part in path.parts)
