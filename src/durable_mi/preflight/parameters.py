"""What can be said of a value that only a deploy knows."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.values import Unknown

__all__ = ["PSEUDO_NAMES", "changes_with_releases", "holds_no_colon", "names_a_release", "of_releases", "without_stack"]

PSEUDO_NAMES: Final = frozenset(
    {"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackName", "AWS::URLSuffix"},
)
"""Pseudo parameters that are names or numbers."""

_PARAMETER: Final = "parameter "
_OF_STACK: Final = " of stack "
# What people call a parameter that holds a name, or a part of one.
_OF_A_NAME: Final = re.compile(
    r"(name|prefix|stage|env|environment|project|app|application|service|team|tenant|branch|component)$",
    re.IGNORECASE,
)
# What stands behind a name may begin with the colon.
_OF_A_QUALIFIER: Final = re.compile(r"suffix|qualif|alias|version|arn", re.IGNORECASE)
# The short words are within others too, such as Stage and Shared.
_OF_A_RELEASE: Final = re.compile(
    r"(?i:build|release|version|revision|commit|hash|digest|random|unique|suffix)|(?i:sha|tag)(?![a-z])"
)
_VARIABLE: Final = re.compile(r"\$\{([^!}.]+)\}")
# What ends a name, or stands for more than itself.
_NOT_IN_NAMES: Final = ":*?"
# The parts of a regular expression: what a group begins with, a class of characters, an escape, a character.
_PARTS: Final = re.compile(r"\(\?(?:P?<\w+>|<?[=!]|[:>])|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|.", re.DOTALL)


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
    # Of a value in Systems Manager they constrain where it is.
    if not str(parameter.get("Type")).startswith("AWS::SSM::"):
        allowed, pattern = parameter.get("AllowedValues"), parameter.get("AllowedPattern")
        if isinstance(allowed, list) and allowed:
            return not any(set(_NOT_IN_NAMES) & set(str(value)) for value in allowed)
        if parameter.get("Type") == "Number":
            return True
        if isinstance(pattern, str):
            return _matches_names_only(pattern)
    return _OF_A_NAME.search(name) is not None and _OF_A_QUALIFIER.search(name) is None


@lru_cache(maxsize=256)
def _matches_names_only(pattern: str) -> bool:
    """Return whether no part of a regular expression matches a colon or a wildcard."""
    try:
        with warnings.catch_warnings():
            # What other dialects read otherwise is not known.
            warnings.simplefilter("error")
            re.compile(pattern)
            return not any(_matches_more(found[0]) for found in _PARTS.finditer(pattern))
    except (re.error, RecursionError, Warning):
        return False


def _matches_more(part: str) -> bool:
    if len(part) == 1:
        return part in ".:"
    return part[0] in "[\\" and any(re.fullmatch(part, character) for character in _NOT_IN_NAMES)


def changes_with_releases(unknown: Unknown) -> bool:
    """Return whether a parameter's name says that its value is another one with each release."""
    return _is_of_a_release(without_stack(unknown).removeprefix(_PARAMETER))


def of_releases(stacks: Iterable[Stack]) -> frozenset[str]:
    """Return the parameters whose names say so, those with a default too.

    Args:
        stacks: The template, and those that are read as one with it.
    """
    return frozenset(name for stack in stacks for name in stack.parameters if _is_of_a_release(name))


def names_a_release(value: object, parameters: frozenset[str]) -> bool:
    """Return whether a value as it is written has such a parameter in it, which may have a default.

    Args:
        value: The value, unresolved.
        parameters: What :func:`of_releases` returns.
    """
    if not parameters:
        return False
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
            match part:
                case {"Ref": str(name)}:
                    names = [name]
                case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                    names = _VARIABLE.findall(text)
                case _:
                    continue
            if not parameters.isdisjoint(names):
                return True
    return False


def _is_of_a_release(name: str) -> bool:
    return _OF_A_RELEASE.search(name.lower() if name.isupper() else name) is not None
