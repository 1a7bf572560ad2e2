"""The README: short, and its first screen shows what one writes and what one runs."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
MOST_WORDS = 900
MOST_LINES = 16
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_it_is_short() -> None:
    """Code included; the rest is on pages of its own."""
    assert len(README.split()) < MOST_WORDS


def test_the_first_screen_has_handler_stack_commands_and_picture() -> None:
    """Before the first heading below the title."""
    first = README.partition("\n## ")[0]
    (handler, stack, commands) = BLOCK.findall(first)

    assert "@durable_execution" in handler[1]
    assert "DurableManagedFunction(" in stack[1]
    assert ["make demo", "make test"] == [line.partition("  ")[0] for line in commands[1].splitlines()]
    assert max(len(code.splitlines()) for _, code in (handler, stack)) <= MOST_LINES
    assert re.search(r"^!\[[^\]]+\]\(docs/images/page-timeline\.png\)$", first, re.MULTILINE)
    assert "**Not verified: needs an AWS account.**" in first
