"""The documentation: every Python snippet runs, every block can be read, every relative link leads somewhere."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from durable_mi.cli.group import durable_mi
from tests.docs.markdown_pages import markdown_pages

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PAGES = markdown_pages()
BLOCK = re.compile(r"^( *)```python\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
BLOCK_OF_ANY = re.compile(r"^( *)```([\w-]*)[^\n]*\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ *(durable-mi [a-z].*)$", re.MULTILINE)
SHELLS = {"bash", "console", "sh"}
READERS: dict[str, Callable[[str], object]] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.compose}
LANGUAGES = {*SHELLS, *READERS, "fish", "mermaid", "python", "text"}
USES = re.compile(r"`(durable-mi [a-z][^`]*)`|^ *(?:\$ )?(durable-mi [a-z].*)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def name(page: Path) -> str:
    """Return the page's path in the repository."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[tuple[str, str]]:
    """List the blocks of a page, each with its language."""
    found = BLOCK_OF_ANY.findall(page.read_text(encoding="utf-8"))
    return [(language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)) for indent, language, text in found]


def commands(language: str, text: str) -> str:
    """Return what a reader types: of a console, the lines with a prompt."""
    lines = re.findall(r"^\$ (.*)$", text, flags=re.MULTILINE) if language == "console" else [text]
    return "\n".join(lines)


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(page.read_text())], ids=name)
def test_the_snippets_of_a_page_run_one_after_the_other(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page share their names, and begin where a reader begins, in the checkout."""
    monkeypatch.chdir(ROOT)
    text = page.read_text()
    names: dict[str, Any] = {"__name__": "snippet"}
    ran = 0
    for block in BLOCK.finditer(text):
        indent, source = block.groups()
        line = text.count("\n", 0, block.start(2))
        code = "\n" * line + re.sub(f"^{indent}", "", source, flags=re.MULTILINE)
        exec(compile(code, str(page), "exec"), names)  # noqa: S102 - the page's own code
        ran += 1
    assert ran


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    """A link without a scheme is a file or directory of the repository."""
    # A regular expression in code can look like a link.
    text = re.sub(r"`[^`\n]+`", "code", page.read_text())
    links = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    assert [] == [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK_OF_ANY.search(page.read_text())], ids=name)
def test_each_block_of_a_page_is_of_a_known_language(page: Path) -> None:
    """Data can be read, and commands are commands of a shell; `text` is an output or a drawing, which nobody runs."""
    shell = []
    for language, text in blocks(page):
        assert language in LANGUAGES, text
        if (read := READERS.get(language)) is not None:
            assert read(text)
        if language in SHELLS:
            shell.append(commands(language, text))
    if shell:
        done = subprocess.run(["bash", "-n"], input="\n".join(shell), capture_output=True, text=True, check=False)
        assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    "command",
    sorted(
        {
            line.strip()
            for page in PAGES
            for language, text in blocks(page)
            if language in SHELLS
            for line in COMMAND.findall(commands(language, text).replace("\\\n", ""))
        }
    ),
)
def test_commands_on_the_pages_are_understood(command: str) -> None:
    """Every `durable-mi` in a block of a page is parsed as click would, and not run."""
    words = shlex.split(command, comments=True)[1:]
    words = words[: words.index(">")] if ">" in words else words
    found: click.Command | None = durable_mi
    while isinstance(found, click.Group):
        found = found.get_command(click.Context(found), words.pop(0))
    assert found is not None
    try:
        found.make_context(command, words)
    except click.BadParameter as error:
        # A directory of the reader.
        assert re.search(r"^Directory '[a-z]+' does not exist\.$", error.message)  # noqa: PT017 - its only message


def _unknown(use: str) -> str | None:
    """Return the first word of a command line that durable-mi does not know: a command or an option."""
    try:
        words = shlex.split(use, comments=True)[1:]
    except ValueError:  # it goes on in the next line
        words = use.split()[1:]
    found: click.Command = durable_mi
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        word = words.pop(0)
        inner = found.get_command(click.Context(found), word)
        if inner is None:
            return word
        found = inner
    options = {option for parameter in found.get_params(click.Context(found)) for option in parameter.opts}
    given = (word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word))
    return next((option for option in given if option not in options | {"-h", "--help"}), None)


@pytest.mark.parametrize("page", [page for page in PAGES if USES.search(page.read_text())], ids=name)
def test_a_page_names_commands_and_options_that_exist(page: Path) -> None:
    """In its blocks and in its sentences."""
    uses = {part for match in USES.findall(page.read_text()) for part in match if part}

    assert {} == {use: word for use in uses if (word := _unknown(use)) is not None}


@pytest.mark.parametrize(
    ("use", "word"),
    [
        ("durable-mi list --stack Orders # all", None),
        ("durable-mi callback succeed order-1 --result '{", None),
        ("durable-mi strop order-1", "strop"),
        ("durable-mi dead-letters lost", "lost"),
        ("durable-mi stop order-1 --because=x", "--because"),
    ],
)
def test_finds_a_command_or_an_option_that_does_not_exist(use: str, word: str | None) -> None:
    """The check of the pages itself."""
    assert word == _unknown(use)


def test_the_page_of_public_names_is_current() -> None:
    """Run docs/reference/generate_api.py after a change."""
    page = ROOT / "docs/reference/api.md"

    assert runpy.run_path(str(page.with_name("generate_api.py")))["reference"]() == page.read_text(encoding="utf-8")
