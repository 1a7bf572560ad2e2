"""Whether a policy's resource can match a function or its durable executions.

A durable execution's ARN is ``arn:...:function:NAME:VERSION/durable-execution/EXECUTION/ID``, where ``VERSION`` is a
number, ``$LATEST`` or ``$LATEST.PUBLISHED``, and never an alias.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import Reference, Unknown, parts_of

if TYPE_CHECKING:
    from durable_mi.preflight.model import Model

__all__ = ["Level", "reaches"]

_SOMETHING: Final = "*"
_FUNCTION_ARN: Final = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:(?P<rest>.*)", re.DOTALL)
_LATEST: Final = "$LATEST.PUBLISHED"

_ARN: Final = "arn:aws:lambda:region:account:function:name"
_FORMS: Final = {
    ("AWS::Lambda::Function", "Arn"): _ARN,
    ("AWS::Lambda::Function", ""): "name",
    ("AWS::Lambda::Alias", ""): f"{_ARN}:alias",
    ("AWS::Lambda::Alias", "AliasArn"): f"{_ARN}:alias",
    ("AWS::Lambda::Version", ""): f"{_ARN}:1",
    ("AWS::Lambda::Version", "FunctionArn"): f"{_ARN}:1",
    ("AWS::Lambda::Version", "Version"): "1",
}


class Level(Enum):
    """What an action is asked of."""

    FUNCTION = "function"
    EXECUTION = "execution"


def reaches(model: Model, resource: object, level: Level) -> bool:
    """Return whether a resource of a policy statement may match on a level; also where that is not known.

    Args:
        model: The template.
        resource: The resolved resource.
        level: The level that the action is asked of.
    """
    text = "".join(part if isinstance(part, str) else _arn(model, part) for part in parts_of(resource))
    found = _FUNCTION_ARN.match(text)
    if found is None:
        # Not a function's ARN: a wildcard over everything, something unknown, or another service's.
        return True
    rest = found["rest"]
    if level is Level.FUNCTION:
        return "/durable-execution/" not in rest
    name, colon, qualifier = rest.partition(":")
    if not colon:
        return _SOMETHING in name
    version, slash, execution = qualifier.partition("/")
    if not _may_be_version(version):
        return False
    return _SOMETHING in version or (bool(slash) and (_SOMETHING in execution or execution.startswith("durable")))


def _may_be_version(version: str) -> bool:
    """Return whether the part after a function's name may be a version number, ``$LATEST`` or ``$LATEST.PUBLISHED``."""
    stem, wildcard, _ = version.partition(_SOMETHING)
    if wildcard or "?" in stem:
        stem = stem.partition("?")[0]
        return not stem or stem.isdecimal() or _LATEST.startswith(stem)
    return stem.isdecimal() or stem in {"$LATEST", _LATEST}


def _arn(model: Model, part: Reference | Unknown) -> str:
    """Return a reference in the form of an ARN as far as it matters here; a wildcard for what is not known."""
    if isinstance(part, Unknown):
        return _SOMETHING
    item = model.items.get(part.logical_id)
    return _FORMS.get((item.type if item else "", part.attribute), _SOMETHING)
