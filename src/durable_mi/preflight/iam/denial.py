"""Whether a statement denies what a durable execution asks for, whatever its version and its id."""

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

__all__ = ["denies_executions"]

# One character, in a private area of Unicode, for each part of an ARN that may be anything: a pattern that matches it
# matches them all.
_PARTITION, _REGION, _ACCOUNT, _VERSION, _EXECUTION, _ID = map(chr, range(0xE000, 0xE006))
_PSEUDO: Final = {"AWS::Partition": _PARTITION, "AWS::Region": _REGION, "AWS::AccountId": _ACCOUNT}
_FIRST_OTHER: Final = 0xE100
_ANY_CHARACTER: Final = "[^\ue000-\uf8ff]"
_FUNCTION: Final = f"arn:{_PARTITION}:lambda:{_REGION}:{_ACCOUNT}:function:"
# Whoever names a function of the template by its name means the template's own region and account.
_WRITTEN: Final = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:(?=[^*?:])")


def denies_executions(model: Model, statement: Statement, function: Function, action: str) -> bool:
    """Return whether a statement is known to deny an action for every execution of a function.

    Args:
        model: The template.
        statement: A statement whose effect is ``Deny``.
        function: The function.
        action: An action that is asked of a durable execution.
    """
    if statement.is_conditional or not statement.names(action):
        return False
    if statement.except_resources:
        return bool(statement.resources) and not any(
            reaches(model, entry, Level.EXECUTION, function) for entry in statement.resources
        )
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
