"""Whether a policy's resource can match a function or its durable executions.

A durable execution's ARN is ``arn:...:function:NAME:VERSION/durable-execution/EXECUTION/ID``, where ``VERSION`` is a
number, ``$LATEST`` or ``$LATEST.PUBLISHED``, and never an alias. On managed instances it is never ``$LATEST``.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Unknown, parts_of
from durable_mi.preflight.iam.pattern_automaton import ANY, ANYTHING, NAME, NUMBER, Symbols, meet, text
from durable_mi.preflight.parameters import PSEUDO_NAMES, holds_no_colon, without_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.pattern_automaton import Pattern
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Level", "is_everything", "is_log_group", "reaches"]

_WILDCARD: Final = re.compile(r"(\$\{[^}]*\}|[*?])")
_ARN: Final[Pattern] = (*text("arn:"), NAME, *text(":lambda:"), NAME, *text(":"), NAME, *text(":function:"))
_QUALIFIER: Final = Symbols((NAME.characters or frozenset()) | {"$", "."}, repeats=True)
_EXECUTION: Final[Pattern] = (*text("/durable-execution/"), NAME, *text("/"), NAME)
_LATEST: Final = text("$LATEST")
_PUBLISHED: Final = text("$LATEST.PUBLISHED")
# The first of the characters that stand for generated names, in a private area of Unicode.
_FIRST: Final = 0xF0000


class Level(Enum):
    """What an action is asked of."""

    FUNCTION = "function"
    UNQUALIFIED = "function without a qualifier"
    QUALIFIED = "version or alias"
    EXECUTION = "execution"


def reaches(model: Model, resource: object, level: Level, function: Function | None = None) -> bool:
    """Return whether a resource of a policy statement may match on a level; also where that is not known.

    Args:
        model: The template.
        resource: The resolved resource.
        level: The level that the action is asked of.
        function: The function; ``None`` for any.
    """
    parts = parts_of(resource)
    if not parts or parts == ("*",):
        return True
    match parts:
        case (Reference(logical_id, "Arn"), ":*") if logical_id in model.functions:
            # What nearly everyone writes.
            return level is not Level.UNQUALIFIED and (function is None or function.id == logical_id)
    pattern = tuple(_pattern(model, parts))
    if function is None:
        named = model.targets.of(resource)
        function = model.functions.get(named.function) if named else None
    if function is None:
        pattern = tuple(NAME if _is_placeholder(place) else place for place in pattern)
    return any(meet(pattern, target) for target in _targets(model, level, function))


def is_log_group(value: object, group: TemplateResource) -> bool:
    """Return whether a value, with IAM's wildcards, may be the ARN of a log group; also where that is not known.

    Args:
        value: The resolved value.
        group: The ``AWS::Logs::LogGroup``.
    """
    parts = parts_of(value)
    # A name that is generated, or holds the name of something, may be any.
    names = [piece for part in parts_of(group.get("LogGroupName")) for piece in _literal(part)] or [ANYTHING]
    arn = (*text("arn:"), NAME, *text(":logs:"), NAME, *text(":"), NAME, *text(":log-group:"), *names)
    pattern = tuple(piece for part in parts for piece in _literal(part))
    # Elsewhere the ARN of a log group ends with ":*".
    return not parts or meet(pattern, arn) or meet(pattern, (*arn, *text(":"), ANYTHING))


def _literal(part: str | Reference | Unknown) -> Iterator[Symbols]:
    if isinstance(part, str):
        yield from _written(part)
    else:
        yield NAME if isinstance(part, Unknown) and without_stack(part) in PSEUDO_NAMES else ANYTHING


def is_everything(resource: object) -> bool:
    """Return whether a resource of a policy statement matches every function, version and execution."""
    parts = parts_of(resource)
    if any(
        not isinstance(part, str) and not (isinstance(part, Unknown) and without_stack(part) in PSEUDO_NAMES)
        for part in parts
    ):
        return False
    # The region and the account of the stack are those of its functions.
    written = "".join(part if isinstance(part, str) else "*" for part in parts)
    return re.fullmatch(r"\*|arn:[^:]*:lambda:\*:\*:(\*|function:\*)", written) is not None


def _targets(model: Model, level: Level, function: Function | None) -> Iterator[Pattern]:
    if function is None:
        # Functions of other templates, and those that nothing is known about.
        yield from _arns((NAME,), ((NUMBER,), _LATEST, _PUBLISHED), level)
    else:
        yield from _arns(_possible_name(model, function), _versions(function), level)


def _arns(name: Pattern, versions: Iterable[Pattern], level: Level) -> Iterator[Pattern]:
    if level is Level.EXECUTION:
        for version in versions:
            yield (*_ARN, *name, *text(":"), *version, *_EXECUTION)
    if level in {Level.FUNCTION, Level.UNQUALIFIED}:
        yield (*_ARN, *name)
    if level in {Level.FUNCTION, Level.QUALIFIED}:
        yield (*_ARN, *name, *text(":"), _QUALIFIER)


def _versions(function: Function) -> tuple[Pattern, ...]:
    if not function.is_managed:
        return (NUMBER,), _LATEST
    return ((NUMBER,),) if function.publishes_latest is False else ((NUMBER,), _PUBLISHED)


def _possible_name(model: Model, function: Function) -> Pattern:
    """Return what a function's name may be: where it is generated it may be any, and its own placeholder."""
    given = function.item.get("FunctionName")
    if given is not MISSING:
        return tuple(_pattern(model, parts_of(given)))
    return (Symbols((NAME.characters or frozenset()) | {_symbol(model, function.id)}, repeats=True),)


def _pattern(model: Model, parts: Iterable[str | Reference | Unknown]) -> Iterator[Symbols]:
    for part in parts:
        if isinstance(part, str):
            yield from _written(part)
        elif isinstance(part, Unknown):
            yield NAME if part in model.parts_of_names or holds_no_colon(model.stacks, part) else ANYTHING
        else:
            yield from _referred(model, part)


def _written(part: str) -> Iterator[Symbols]:
    for index, piece in enumerate(_WILDCARD.split(part)):
        if index % 2 == 0:
            yield from text(piece)
        else:
            # What is in braces is a policy variable.
            yield ANY if piece == "?" else ANYTHING


def _referred(model: Model, reference: Reference) -> Iterator[Symbols]:
    item = model.items.get(reference.logical_id)
    match item.type if item else "", reference.attribute:
        case "AWS::Lambda::Function", "Arn":
            yield from _ARN
            yield from _name(model, reference.logical_id)
        case "AWS::Lambda::Function", "":
            yield from _name(model, reference.logical_id)
        case "AWS::Lambda::Alias", "" | "AliasArn":
            yield from _qualified(model, reference.logical_id)
            name = item.get("Name") if item else MISSING
            # An alias's name is no number, so a letter stands for one that is not known.
            yield from _pattern(model, parts_of(name)) if isinstance(name, str) else text("alias")
        case "AWS::Lambda::Version", "" | "FunctionArn":
            yield from _qualified(model, reference.logical_id)
            yield NUMBER
        case "AWS::Lambda::Version", "Version":
            yield NUMBER
        case _:
            yield ANYTHING


def _qualified(model: Model, logical_id: str) -> Iterator[Symbols]:
    target = model.targets.of(Reference(logical_id))
    yield from _ARN
    if target is None:
        yield NAME
    else:
        yield from _name(model, target.function)
    yield from text(":")


def _name(model: Model, logical_id: str) -> Pattern:
    given = model.items[logical_id].get("FunctionName")
    if given is not MISSING:
        return tuple(_pattern(model, parts_of(given)))
    return text(_symbol(model, logical_id))


def _symbol(model: Model, logical_id: str) -> str:
    return chr(_FIRST + model.function_numbers[logical_id])


def _is_placeholder(place: Symbols) -> bool:
    return place.characters is not None and len(place.characters) == 1 and ord(next(iter(place.characters))) >= _FIRST
