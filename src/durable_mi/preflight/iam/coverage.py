"""What the resources of a statement cover: some of what is asked for, or every execution of a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, parts_of
from durable_mi.preflight.iam.resource_patterns import Level, is_everything, reaches
from durable_mi.preflight.parameters import without_stack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.cloudformation.values import Unknown
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.model import Model

__all__ = ["covers_executions", "may_match"]

# One character, in a private area of Unicode, for each part of an ARN that may be anything: a pattern that matches it
# matches them all.
_PARTITION, _REGION, _ACCOUNT, _VERSION, _EXECUTION, _ID = map(chr, range(0xE000, 0xE006))
_PSEUDO: Final = {"AWS::Partition": _PARTITION, "AWS::Region": _REGION, "AWS::AccountId": _ACCOUNT}
_FIRST_OTHER: Final = 0xE100
_ANY_CHARACTER: Final = "[^\ue000-\uf8ff]"
_FUNCTION: Final = f"arn:{_PARTITION}:lambda:{_REGION}:{_ACCOUNT}:function:"
# Whoever names a function of the template by its name means the template's own region and account.
_WRITTEN: Final = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:(?=[^*?:])")


def may_match(model: Model, statement: Statement, level: Level, function: Function | None = None) -> bool:
    """Return whether a statement may be about something on a level; also where that is not known.

    Args:
        model: The template.
        statement: The statement.
        level: The level that the action is asked of.
        function: The function; ``None`` for any.
    """
    if statement.except_resources:
        return function is None or level is not Level.EXECUTION or not covers_executions(model, statement, function)
    return not statement.resources or any(reaches(model, entry, level, function) for entry in statement.resources)


def covers_executions(model: Model, statement: Statement, function: Function) -> bool:
    """Return whether what a statement names is known to match every execution of a function.

    Args:
        model: The template.
        statement: The statement, whose resources may be those that it does not cover.
        function: The function.
    """
    return any(is_everything(entry) or _covers(model, entry, function) for entry in statement.resources)


def _covers(model: Model, resource: object, function: Function) -> bool:
    written = _Writer(model, function)
    pattern = _WRITTEN.sub(_FUNCTION, written.text(parts_of(resource)), count=1)
    execution = f"{_FUNCTION}{written.name()}:{_VERSION}/durable-execution/{_EXECUTION}/{_ID}"
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", _ANY_CHARACTER)
    return re.fullmatch(expression, execution) is not None


class _Writer:
    """Writes resolved values as texts in which the same unknown part is the same character."""

    def __init__(self, model: Model, function: Function) -> None:
        self._model = model
        self._function = function
        self._others: dict[object, str] = {}

    def name(self) -> str:
        """Return the function's name."""
        given = self._function.item.get("FunctionName")
        return self._other(Reference(self._function.id)) if given is MISSING else self.text(parts_of(given))

    def text(self, parts: Iterable[str | Reference | Unknown]) -> str:
        """Return a value of several parts."""
        return "".join(map(self._part, parts))

    def _part(self, part: str | Reference | Unknown) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Reference):
            if part.logical_id != self._function.id:
                return self._other(part)
            return f"{_FUNCTION}{self.name()}" if part.attribute == "Arn" else self.name()
        return _PSEUDO.get(without_stack(part)) or self._other(part)

    def _other(self, part: object) -> str:
        return self._others.setdefault(part, chr(_FIRST_OTHER + len(self._others)))
