"""Whether a value is known while the app is built.

A text is read here, and CDK is called only if another value can be a token: each call is a round trip to Node.
"""

from __future__ import annotations

import re
from typing import Final

import aws_cdk as cdk

__all__ = ["is_unresolved"]

# How CDK writes tokens (its core/lib/private/encoding): "${Token[NAME.1]}" in strings, numbers near -1.9e289.
_STRING_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")
_LOWEST_LITERAL: Final = -1e280


def is_unresolved(value: object) -> bool:
    """Return whether a value is a token, or contains one.

    Args:
        value: Anything that a construct takes.
    """
    match value:
        case None | bool():
            return False
        case str():
            return _STRING_TOKEN.search(value) is not None
        case int() | float():
            return value < _LOWEST_LITERAL and cdk.Token.is_unresolved(value)
    return cdk.Token.is_unresolved(value)
