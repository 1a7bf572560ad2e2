"""Comments that leave a finding out: ``# durable-mi: ignore[DMC101] reason``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from durable_mi.lint.code.module import Module

__all__ = ["ignores"]

_COMMENT: Final = re.compile(r"#\s*durable-mi:\s*ignore(?:\[(?P<rules>[^\]]*)\])?", re.IGNORECASE)


def ignores(module: Module, line: int, rule: str) -> bool:
    """Return whether a comment in a line ignores a rule; one without rules ignores all of them."""
    match = _COMMENT.search(module.text_line(line))
    if match is None:
        return False
    rules = match["rules"]
    return rules is None or rule in {each.strip().upper() for each in rules.split(",")}
