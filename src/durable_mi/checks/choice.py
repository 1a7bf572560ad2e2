"""Options that take one of a few members: those of an enum, or of a class that is used like one.

There is one rule for all of them. The member itself is taken, and so is a string that equals the member's name or its
value, in the same case: what a context value or a YAML file holds. Anything else is an error, as an option that is
ignored in silence costs more than one that stops.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["entries", "instance", "member", "name"]

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)


def member(option: str, value: object, enum: type[_E]) -> _E:
    """Take a member of an enum, by itself or by its text.

    Args:
        option: The option's name, for the message.
        value: What the option was given.
        enum: The enum.

    Returns:
        The member.

    Raises:
        ValueError: The value is neither a member, nor a member's name or value.
    """
    if isinstance(value, enum):
        return value
    return enum[name(option, value, {entry.name: str(entry.value) for entry in enum}, owner=enum.__name__)]


def name(option: str, value: object, members: Mapping[str, str], *, owner: str) -> str:
    """Take the text of a member.

    Args:
        option: The option's name, for the message.
        value: What the option was given.
        members: The value of each member, by its name.
        owner: The class that has the members.

    Returns:
        The member's name.

    Raises:
        ValueError: The value is neither a member's name nor its value.
    """
    if isinstance(value, str):
        for candidate, text in members.items():
            if value in {candidate, text}:
                return candidate
    suggested = _nearest(value, members)
    msg = (
        f"{option} must be one of {', '.join(members)}, got {_shown(value)}: "
        f"pass {owner}.{suggested}, or the string {members[suggested]!r}"
    )
    raise ValueError(msg)


def instance(option: str, value: _T, *kinds: type, fix: str) -> _T:
    """Take an object of a class whose members cannot be written as text.

    Args:
        option: The option's name, for the message.
        value: What the option was given.
        kinds: The classes that it may be of.
        fix: What to pass.

    Returns:
        The value.

    Raises:
        ValueError: The value is no such object.
    """
    if isinstance(value, kinds):
        return value
    wanted = " or ".join(kind.__name__ for kind in kinds)
    msg = f"{option} must be of type {wanted}, got {_shown(value)}: {fix}"
    raise ValueError(msg)


def entries(option: str, value: Iterable[_T]) -> list[_T]:
    """Take a list, and not a text, which would be taken apart into its letters.

    Args:
        option: The option's name, for the message.
        value: What the option was given.

    Returns:
        The entries.

    Raises:
        ValueError: The value is no list.
    """
    # By the protocol, as CDK and callers bring lists, tuples and sequences of their own.
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        msg = f"{option} must be a list, got {_shown(value)}: put the value into brackets, [...]"
        raise ValueError(msg)
    return list(value)


def _nearest(value: object, members: Mapping[str, str]) -> str:
    """The member that differs in its case alone, else the first one."""
    written = value.casefold() if isinstance(value, str) else None
    same = (entry for entry, text in members.items() if written in {entry.casefold(), text.casefold()})
    return next(same, next(iter(members)))


def _shown(value: object) -> str:
    """A value in one line; what other objects print can be long, and says no more than their class."""
    return repr(value) if value is None or isinstance(value, (str, int, float, Enum)) else f"a {type(value).__name__}"
