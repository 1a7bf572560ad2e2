"""User-facing text uses AWS's words: no word of the list below is in docs, help, messages, API docs or the page."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
import pytest

from durable_mi.cli.group import durable_mi as group
from durable_mi.lint.rules import RULES as CODE_RULES
from durable_mi.preflight.report import RULES
from tests.docs.markdown_pages import markdown_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from durable_mi.findings.listed import RuleTexts

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ROOT / "src"


class Word(NamedTuple):
    """A word to avoid.

    Attributes:
        pattern: Finds it, in any case.
        instead: The words to use.
        example: A text with the word.
    """

    pattern: str
    instead: str
    example: str


WORDS: Final = (
    Word(r"(?-i:Left out:)", "Defaults to ...", "Left out: 4 GiB."),
    Word(r"tell|tells|telling|told", "return, show, report, list", "`str()` tells it in a few sentences"),
    Word(r"(?:say|says|saying|said) of", "show, report", "what the service says of it"),
    Word(r"without a word", "without an error message", "it ends without a word"),
    Word(r"stands?|standing|stood|stand-ins?", "is, placeholder, fallback", "local-Table stands in for Table"),
    Word(r"mend|mends|mended|mending", "fix", "how to mend it"),
    Word(r"(?:take|takes|taking|taken|took) up", "resume", "3 executions of an earlier run taken up"),
    Word(r"(?:pass|passes|passing|passed) over", "skip", "passed over: a parameter"),
    Word(r"only (?:a|the) deploy\b(?!ed)", "known only at deploy time", "which only a deploy tells"),
    Word(r"(?:hold|holds|holding|held) against", "check against, compare with", "held against max_vcpus"),
    Word(r"refuse|refuses|refused|refusing|refusals?", "reject, raise", "Lambda refuses it"),
    Word(r"ledgers?|journals?", "execution store", "the journal of the executions"),
    Word(r"catalogues?", "function registry", "the catalogue of functions"),
    Word(r"cautions?", "warning", "a caution with an id"),
    Word(r"guards?", "supervisor", "a guard ends the processes"),
    Word(r"surroundings", "construct paths", "the surroundings of a function"),
    Word(r"firewalls?", "security groups", "the firewall of the instances"),
    Word(r"come due at once", "skip the wait", "Let waits come due at once"),
    Word(r"keep(?:s)? their length", "show their full duration", "histories keep their length"),
    Word(r"earlier run", "previous run", "executions of an earlier run"),
    Word(r"who says so", "source", "how to fix it and who says so"),
    Word(r"the story", "the output", "Tell the story as text"),
)

# The value "stand-in" of --worker and DURABLE_MI_WORKER is older than this list, and values do not change.
EXCEPTIONS: Final = re.compile(
    r"(?:--worker |DURABLE_MI_WORKER=|awslambdaric\||Linux, |\()stand-in\b|^stand-in$"
)  # fmt: skip
SEARCHED: Final = [(word, re.compile(rf"(?i)(?<![\w-])(?:{word.pattern})(?![\w-])")) for word in WORDS]
# Most texts have none of them, which one search finds out in a fraction of the time.
ANY: Final = re.compile("|".join(pattern.pattern.removeprefix("(?i)") for _, pattern in SEARCHED), re.IGNORECASE)


def found(texts: Iterator[tuple[str, str]]) -> list[str]:
    """List each word to avoid with its place and the words to use instead."""
    lines = ((place, EXCEPTIONS.sub("", " ".join(text.split()))) for place, text in texts)
    return [
        f"{place}: {match[0]!r}, use {word.instead}"
        for place, line in lines
        if ANY.search(line)
        for word, pattern in SEARCHED
        for match in pattern.finditer(line)
    ]


def pages() -> Iterator[tuple[str, str]]:
    """Yield each line of each page of the documentation."""
    for page in markdown_pages():
        yield str(page.relative_to(ROOT)), page.read_text(encoding="utf-8")


def help_texts() -> Iterator[tuple[str, str]]:
    """Yield the help of the group and of every command."""
    context = click.Context(group, info_name="durable-mi")
    yield "durable-mi", group.get_help(context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"durable-mi {name}", command.get_help(click.Context(command, info_name=name, parent=context))


def strings() -> Iterator[tuple[str, str]]:
    """Yield each string of the code but docstrings and names, the parts of f-strings as one."""
    for path in sorted(SOURCES.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        inner = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        documentation = {id(node) for node in docstrings(nodes)}
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
                text = node.value
            else:
                continue
            if id(node) not in documentation and not text.isidentifier():
                yield f"{path.relative_to(ROOT)}:{node.lineno}", text


def api_docs() -> Iterator[tuple[str, str]]:
    """Yield each docstring of the constructs, which are their reference, without the names of arguments."""
    for path in sorted((SOURCES / "durable_mi_constructs").rglob("*.py")):
        for node in docstrings(ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", re.sub(r"(?m)^ +\w+: ", "", str(node.value))


def docstrings(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    """Yield the string statements of a module: docstrings of modules, classes, functions and attributes."""
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant(value=str()) as constant):
                yield constant


def scripts() -> Iterator[tuple[str, str]]:
    """Yield the strings of the page's scripts, and its HTML."""
    for path in sorted(path for kind in ("*.js", "*.html") for path in SOURCES.rglob(kind)):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".js":
            code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.DOTALL | re.MULTILINE)
            text = "\n".join(re.findall(r'"[^"\n]*"|`[^`]*`', code))
        yield str(path.relative_to(ROOT)), text


def rules() -> Iterator[tuple[str, str]]:
    """Yield the texts of each rule, over templates and over code."""
    every: list[RuleTexts] = [*RULES.values(), *CODE_RULES.values()]
    for rule in every:
        yield rule.id, f"{rule.title} {rule.why} {rule.fix} {rule.source}"


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.example)
def test_finds_a_word(word: Word) -> None:
    """Each entry of the list finds its own example, whatever its case."""
    hits = [found(iter([("text", text)])) for text in (word.example, f"Yes: {word.example}, and more")]

    assert all(any(hit.endswith(f"use {word.instead}") for hit in each) for each in hits)


def test_allows_the_value_of_an_option() -> None:
    """The name of the fallback runtime client on the command line, and nothing else."""
    texts = ("stand-in", "with `--worker stand-in` or `DURABLE_MI_WORKER=stand-in`", "understand, outstanding")

    assert [] == found(("text", text) for text in texts)
    assert found(iter([("text", "the stand-in runs the handlers")]))


@pytest.mark.parametrize("texts", [pages, help_texts, strings, api_docs, scripts, rules])
def test_text_for_users_has_plain_words(texts: Callable[[], Iterator[tuple[str, str]]]) -> None:
    """No source of text for users has a word of the list, and each has texts at all."""
    assert next(texts(), None) is not None
    assert [] == found(texts())
