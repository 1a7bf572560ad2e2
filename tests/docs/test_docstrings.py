"""Docstrings: the texts of arguments, attributes, results and errors begin with a capital letter."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
SECTION: Final = re.compile(r"(Args|Attributes|Raises|Returns|Yields):")
NAMED: Final = re.compile(r" {4}[\w*.]+: *(.*)")
MODULES: Final = [path for folder in ("src", "docs") for path in sorted((ROOT / folder).rglob("*.py"))]


def texts(docstring: str) -> Iterator[str]:
    """Yield the first line of each text in the sections of a docstring."""
    section = ""
    for line in docstring.splitlines():
        if heading := SECTION.fullmatch(line):
            section = heading[1]
        elif line and not line.startswith(" "):
            section = ""
        elif section in {"Returns", "Yields"} and line:
            yield line.strip()
            section = ""
        elif section and (named := NAMED.fullmatch(line)):
            yield named[1]


def small(docstring: str) -> list[str]:
    """List the texts of a docstring that do not begin with a capital letter; vCPUs begin so."""
    return [text for text in texts(docstring) if re.match(r"(?!vCPU)[a-z]|$", text)]


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each docstring of a module with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node)
            if docstring is not None:
                yield node.body[0].lineno, docstring


def test_finds_small_letters() -> None:
    """In every section, and in none of the lines that go on."""
    docstring = """Do it.

    Args:
        first: A text that goes on
            where: this is no argument.
        second: small.
        count: vCPUs of all.

    Returns:
        none of
        them.

    Raises:
        ValueError: it failed.
    """

    assert ["small.", "none of", "it failed."] == small(ast.get_docstring(ast.parse(f'"""{docstring}"""')) or "")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_texts_begin_with_a_capital_letter(path: Path) -> None:
    """As sentences do."""
    assert [] == [f"line {line}: {text}" for line, docstring in docstrings(path) for text in small(docstring)]
