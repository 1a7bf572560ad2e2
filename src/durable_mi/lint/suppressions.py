"""Comments that leave a finding out: ``# durable-mi: ignore[DMC101] reason``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.lint.code.module import Module

__all__ = ["Comment", "comment", "comments", "ignores"]

_MARK: Final = "durable-mi:"
_COMMENT: Final = re.compile(r"#\s*durable-mi:\s*ignore(?:\[(?P<rules>[^\]]*)\])?(?P<reason>[^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that leaves findings out.

    Attributes:
        rules: Ids of the rules; ``None`` where it leaves out all of them.
        reason: Why; empty where it does not say.
    """

    rules: frozenset[str] | None
    reason: str

    def ignores(self, rule: str) -> bool:
        """Return whether it leaves out a rule."""
        return self.rules is None or rule in self.rules


def comment(module: Module, line: int) -> Comment | None:
    """Return the comment of a line that leaves findings out, ``None`` where there is none."""
    match = _COMMENT.search(module.text_line(line))
    if match is None:
        return None
    rules = match["rules"]
    named = None if rules is None else frozenset(each.strip().upper() for each in rules.split(","))
    return Comment(named, match["reason"].strip(" \t:-"))


def comments(module: Module) -> Iterator[tuple[int, Comment]]:
    """Yield every such comment of a module with its line."""
    if _MARK not in module.text.lower():
        return
    for line in range(1, module.text.count("\n") + 2):
        found = comment(module, line)
        if found is not None:
            yield line, found


def ignores(module: Module, line: int, rule: str) -> bool:
    """Return whether a comment in a line ignores a rule; one without rules ignores all of them."""
    found = comment(module, line)
    return found is not None and found.ignores(rule)
