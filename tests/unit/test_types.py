"""What mypy is told to read of the CDK is what something here imports, so nothing is `Any` unseen."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NEEDED_BY_ALL = {"aws_cdk", "aws_cdk._jsii.*", "aws_cdk.interfaces.*"}


def _imported(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    if "aws_cdk" not in text:  # most files, and parsing them takes the longest
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module="aws_cdk"):
                yield from (f"aws_cdk.{it.name}" for it in node.names if it.name.startswith(("aws_", "pipelines")))
            case ast.ImportFrom(module=str(module)) if module.startswith("aws_cdk."):
                yield module
            case ast.Import():
                yield from (it.name for it in node.names if it.name.startswith("aws_cdk."))


def test_mypy_reads_what_is_imported_of_the_cdk() -> None:
    """A module that mypy passes over has no types; one that nothing imports costs time."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    (read,) = (it["module"] for it in settings["overrides"] if it["follow_imports"] == "normal")
    files = [
        file for folder in settings["files"] for file in (ROOT / folder).rglob("*.py") if "cdk.out" not in file.parts
    ]
    assert len(files) > 1

    assert NEEDED_BY_ALL | {name for file in files for name in _imported(file)} == set(read)
