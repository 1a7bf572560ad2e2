"""Dynamic references: ``{{resolve:ssm:name}}`` and the like, which CloudFormation replaces when it deploys."""

from __future__ import annotations

import re
from typing import Final

from durable_mi.cloudformation.values import Unknown

__all__ = ["split"]

_REFERENCE: Final = re.compile(r"(\{\{resolve:[^{}]*\}\})")


def split(text: str) -> list[str | Unknown]:
    """Split a text into what is known and its dynamic references.

    Args:
        text: A text of a template.

    Returns:
        The text alone where it has none; the reference itself, braces included, is what an :class:`Unknown` names.
    """
    if "{{resolve:" not in text:
        return [text]
    return [
        Unknown(part) if index % 2 else part for index, part in enumerate(_REFERENCE.split(text)) if index % 2 or part
    ]
