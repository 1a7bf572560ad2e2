"""What can be said of a value that only a deploy knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.values import Unknown

__all__ = ["PSEUDO_NAMES", "changes_with_releases", "holds_no_colon", "without_stack"]

PSEUDO_NAMES: Final = frozenset(
    {"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"},
)
"""Pseudo parameters that are names or numbers."""

_PARAMETER: Final = "parameter "
_OF_STACK: Final = " of stack "
# What people call a parameter that holds a name, or a part of one.
_OF_A_NAME: Final = re.compile(
    r"(name|prefix|suffix|stage|env|environment|project|app|application|service|team|tenant|branch|component)$",
    re.IGNORECASE,
)
_OF_A_RELEASE: Final = re.compile(
    r"build|release|version|revision|commit|sha|hash|tag|digest|random|unique|suffix", re.IGNORECASE
)
_WITH_COLONS: Final = ("a:b", "a:*", "name:live", "work:1", "arn:aws:lambda:us-east-1:123456789012:function:a:b")


def without_stack(unknown: Unknown) -> str:
    """Return what is unknown, without the stack that it is of where several stacks are read as one."""
    return unknown.what.partition(_OF_STACK)[0]


def holds_no_colon(stacks: Iterable[Stack], unknown: Unknown) -> bool:
    """Return whether a value is a name, a number or the like, so that it never holds a colon.

    Args:
        stacks: The template, and those that are read as one with it.
        unknown: A value that is known only at deploy time.
    """
    what = without_stack(unknown)
    if what in PSEUDO_NAMES:
        return True
    name = what.removeprefix(_PARAMETER)
    if name == what or unknown.many:
        return False
    owner = unknown.what.partition(_OF_STACK)[2]
    parameters = [stack.parameters.get(name) for stack in stacks if not owner or stack.name == owner]
    return bool(parameters) and all(_is_of_a_name(name, parameter) for parameter in parameters)


def _is_of_a_name(name: str, parameter: object) -> bool:
    if not isinstance(parameter, dict):
        return False
    allowed, pattern = parameter.get("AllowedValues"), parameter.get("AllowedPattern")
    if isinstance(allowed, list) and allowed:
        return not any(set(":*?") & set(str(value)) for value in allowed)
    if isinstance(pattern, str):
        try:
            return not any(re.fullmatch(pattern, example) for example in _WITH_COLONS)
        except (re.error, RecursionError):
            return False
    return _OF_A_NAME.search(name) is not None


def changes_with_releases(unknown: Unknown) -> bool:
    """Return whether a parameter's name says that its value is another one with each release."""
    return _OF_A_RELEASE.search(without_stack(unknown).removeprefix(_PARAMETER)) is not None
