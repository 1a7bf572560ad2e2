"""Whether a value is known while the app is built.

A text is read here, and CDK is called only if another value can be a token: each call is a round trip to Node.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from durable_mi.checks.check_error import CheckError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["convert", "is_unresolved"]

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


def convert(option: str, value: cdk.Duration | cdk.Size, unit: str, conversion: Callable[[], float]) -> float:
    """Return a duration or size in the unit that the service wants, which CDK does not convert a token to.

    Args:
        option: The option, as :class:`~durable_mi.checks.check_error.CheckError` takes it.
        value: The duration or size.
        unit: The unit, as CDK names it.
        conversion: How the value is converted.

    Raises:
        CheckError: It is a token in another unit.
    """
    try:
        return conversion()
    except RuntimeError:
        if not value.is_unresolved():
            raise
        raise CheckError(
            option,
            requirement=f"must be in {unit} where it is a token",
            got="a token in another unit",
            fix=f"pass cdk.{type(value).__name__}.{unit}(...), with a parameter or a context value in {unit}",
        ) from None
