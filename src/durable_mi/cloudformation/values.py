"""What a value in a template comes to, as far as it is known before deployment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MISSING", "Missing", "Reference", "Text", "Unknown", "joined", "literal", "parts_of", "shown"]

_MAX_TEXT: Final = 1_000_000
"""Characters of a text. A whole template has at most as many bytes (CloudFormation quotas)."""


class Missing(Enum):
    """The type of :data:`MISSING`."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
"""A value that is not given: no such key, ``null`` or ``AWS::NoValue``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a resource of the template.

    Attributes:
        logical_id: The resource.
        attribute: The attribute of ``Fn::GetAtt``; empty for ``Ref``.
    """

    logical_id: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known only after deployment.

    Attributes:
        what: What it would take to know it, such as ``parameter Memory``.
        many: Whether it is a list.
    """

    what: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text that holds references or unknown parts.

    Attributes:
        parts: Its parts in order.
    """

    parts: tuple[str | Reference | Unknown, ...]


def parts_of(value: object) -> tuple[str | Reference | Unknown, ...]:
    """Return the parts of a text value.

    Args:
        value: A resolved value.

    Returns:
        One part for a string, a number, a reference or an unknown; none where the value is missing or no text.
    """
    match value:
        case Text(parts):
            return parts
        case str() | Reference() | Unknown():
            return (value,)
        case bool():
            return (str(value).lower(),)
        case int() | float():
            return (str(value),)
    return ()


def joined(values: Iterable[object], separator: str = "") -> str | Reference | Unknown | Text:
    """Join values into one text.

    Args:
        values: Resolved values.
        separator: What comes between two of them.

    Returns:
        The only part where there is one; a :class:`Text` where there are several; :class:`Unknown` where the text is
        longer than any that CloudFormation takes.
    """
    parts: list[str | Reference | Unknown] = []
    for index, value in enumerate(values):
        if index and separator:
            parts.append(separator)
        inner = parts_of(value)
        parts.extend(inner or (Unknown("a list or an object"),))
    if sum(len(part) for part in parts if isinstance(part, str)) > _MAX_TEXT:
        # Texts that hold a text several times, which others hold several times, grow without end.
        return Unknown(f"a text of more than {_MAX_TEXT} characters")
    merged: list[str | Reference | Unknown] = []
    for is_text, together in groupby(parts, lambda part: isinstance(part, str)):
        if not is_text:
            merged.extend(together)
        elif text := "".join(map(str, together)):
            merged.append(text)
    if not merged:
        return ""
    if len(merged) == 1:
        return merged[0]
    return Text(tuple(merged))


def literal(value: object) -> str:
    """Return the literal parts of a text: all but references and unknown values.

    Args:
        value: A resolved value.
    """
    return "".join(part for part in parts_of(value) if isinstance(part, str))


def shown(value: object) -> str:
    """Return a resolved value as a reader of the template would recognise it.

    Args:
        value: A resolved value.
    """
    match value:
        case Reference(logical_id, attribute):
            return f"{logical_id}.{attribute}" if attribute else logical_id
        case Unknown(what):
            return f"${{{what}}}"
        case Text(parts):
            return "".join(f"${{{shown(part)}}}" if isinstance(part, Reference) else shown(part) for part in parts)
    return str(value)
