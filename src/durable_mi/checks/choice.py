"""Options that take one of a few members: those of an enum, or of a class that is used like one.

There is one rule for all of them. The member itself is taken, and so is a string that equals the member's name or its
value, in the same case: what a context value or a YAML file holds. Anything else is an error, as an option that is
ignored in silence costs more than one that stops.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from durable_mi.checks.check_error import CheckError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from durable_mi.checks.option import Text

__all__ = ["classes_of", "shown", "take_entries", "take_instance", "take_member", "take_name"]

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)
_LONGEST: Final = 120
# By name, as it is in a private module of jsii; a test holds it.
_SEVERAL: Final = "InterfaceDynamicProxy"


def take_member(option: str, value: object, enum: type[_E], *, each: bool = False) -> _E:
    """Take a member of an enum, by itself or by its text.

    Args:
        option: The option, as :class:`~durable_mi.checks.check_error.CheckError` takes it.
        value: What the option was given.
        enum: The enum.
        each: Whether the option is a list, and the value one of its entries.

    Returns:
        The member.

    Raises:
        CheckError: The value is neither a member, nor a member's name or value.
    """
    if isinstance(value, enum):
        return value
    members = {entry.name: str(entry.value) for entry in enum}
    return enum[take_name(option, value, members, owner=enum.__name__, each=each)]


def take_name(option: str, value: object, members: Mapping[str, str], *, owner: str, each: bool = False) -> str:
    """Take the text of a member.

    Args:
        option: The option, as :class:`~durable_mi.checks.check_error.CheckError` takes it.
        value: What the option was given.
        members: The value of each member, by its name.
        owner: The class that has the members.
        each: Whether the option is a list, and the value one of its entries.

    Returns:
        The member's name.

    Raises:
        CheckError: The value is neither a member's name nor its value.
    """
    if isinstance(value, str):
        for candidate, text in members.items():
            if value in {candidate, text}:
                return candidate
    suggested = _nearest(value, members)
    raise CheckError(
        option,
        subject=_subject(option, each=each),
        requirement=f"must be one of {', '.join(members)}",
        got=shown(value),
        fix=f"pass {owner}.{suggested}, or the string {members[suggested]!r}",
    )


def take_instance(option: str, value: _T, *kinds: type, fix: str, each: bool = False) -> _T:
    """Take an object of a class whose members cannot be written as text.

    Args:
        option: The option, as :class:`~durable_mi.checks.check_error.CheckError` takes it.
        value: What the option was given.
        kinds: The classes that it may be of.
        fix: What to pass.
        each: Whether the option is a list, and the value one of its entries.

    Returns:
        The value.

    Raises:
        CheckError: The value is no such object.
    """
    if isinstance(value, kinds):
        return value
    wanted = " or ".join(kind.__name__ for kind in kinds)
    raise CheckError(
        option,
        subject=_subject(option, each=each),
        requirement=f"must be of type {wanted}",
        got=shown(value),
        fix=fix,
    )


def take_entries(option: str, value: Iterable[_T]) -> list[_T]:
    """Take a list, and not a text, which would be taken apart into its letters.

    Args:
        option: The option, as :class:`~durable_mi.checks.check_error.CheckError` takes it.
        value: What the option was given.

    Returns:
        The entries.

    Raises:
        CheckError: The value is no list.
    """
    # By the protocol, as CDK and callers bring lists, tuples and sequences of their own.
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise CheckError(
            option,
            requirement="must be a list",
            got=shown(value),
            fix="put the value into brackets, [...]",
        )
    return list(value)


def _subject(option: str, *, each: bool) -> Text:
    return ("each of ", option) if each else option


def _nearest(value: object, members: Mapping[str, str]) -> str:
    """Return the member that differs in its case only, otherwise the first one."""
    written = value.casefold() if isinstance(value, str) else None
    same = (entry for entry, text in members.items() if written in {entry.casefold(), text.casefold()})
    return next(same, next(iter(members)))


def shown(value: object) -> str:
    """Return a value in one line; long texts by their beginning, and other objects by their class alone.

    An object that CDK made is shown by the interface that it is known by.

    Args:
        value: What an option was given.
    """
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if value is None or isinstance(value, (str, int, float, Enum)):
        text = repr(value)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    name = classes_of(value)[-1].__name__
    if name.startswith("_") and name.endswith("Proxy"):
        return f"an object of type {name[1:].removesuffix('Proxy')}"
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def classes_of(value: object) -> list[type]:
    """Return the classes of a value: what CDK imports or looks up is several objects, one for each interface.

    Args:
        value: Anything.
    """
    cls = type(value)
    return [type(part) for part in vars(value)["_delegates"]] if cls.__name__ == _SEVERAL else [cls]
