"""The execution that a user means: by its ARN, its name, the beginning of its name or id, or ``latest``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import NotFoundError, UsageError
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from durable_mi.operate.selection.selection import Selection
    from durable_mi.operate.selection.summary import Summary

__all__ = ["LATEST", "Reference"]

LATEST: Final = "latest"
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+")
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Reference:
    """What a user calls an execution.

    Attributes:
        text: An ARN; a name; the beginning of one name or id alone; or ``latest``, the one that started last.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Check what a user wrote; nothing is read yet.

        Raises:
            UsageError: It cannot be an execution's ARN, name or id.
        """
        if text.startswith("arn:") or "/" in text or ":" in text:
            ExecutionArn.parse(text)
        elif not _NAME.fullmatch(text):
            msg = (
                "an execution must be named by its ARN, its name, the beginning of its name or id, or latest, "
                f"got {text!r}"
            )
            raise UsageError(msg)
        return cls(text)

    @property
    def arn(self) -> ExecutionArn | None:
        """The ARN, if it is one."""
        return ExecutionArn.parse(self.text) if self.text.startswith("arn:") else None

    def resolve(self, selection: Callable[[], Selection]) -> ExecutionArn:
        """Return the execution.

        Args:
            selection: Returns where to look; it is called only if this is no ARN.

        Raises:
            NotFoundError: There is none.
            UsageError: There are several, or it is not known where to look.
        """
        if self.arn is not None:
            return self.arn
        where = selection()
        if self.text == LATEST:
            newest = where.select(Filters(), limit=1)
            if not newest:
                msg = f"{_functions(where)} must have an execution, got none: start one first"
                raise NotFoundError(msg)
            return newest[0][1].id
        named = [row[1] for row in where.each(Filters(name=self.text), page_items=_SHOWN + 1)]
        return self._one(where, named or self._beginning(where)).id

    def _beginning(self, where: Selection) -> Iterable[Summary]:
        found: list[Summary] = []
        for _, execution in where.each(Filters()):
            if execution.id.id == self.text:
                return [execution]
            if execution.name.startswith(self.text) or execution.id.id.startswith(self.text):
                found.append(execution)
        return found

    def _one(self, where: Selection, found: Iterable[Summary]) -> Summary:
        candidates = list(found)
        if not candidates:
            msg = (
                f"{_functions(where)} must have an execution whose name is or whose name or id begins with "
                f"{self.text}, got none: `durable-mi list` shows them"
            )
            raise NotFoundError(msg)
        if len(candidates) > 1:
            more = f" and {len(candidates) - _SHOWN} more" if len(candidates) > _SHOWN else ""
            shown = ", ".join(_called(each, candidates) for each in candidates[:_SHOWN])
            msg = f"{self.text} must mean one execution, but it can be {shown}{more}: write more of it, or pass the ARN"
            raise UsageError(msg)
        return candidates[0]


def _called(execution: Summary, candidates: list[Summary]) -> str:
    """Return what a candidate is called: by its name, or by its id where several have its name."""
    is_alone = [each.name for each in candidates].count(execution.name) == 1
    return execution.name if is_alone else f"{execution.id.id} ({execution.name}, {execution.status})"


def _functions(where: Selection) -> str:
    names = ", ".join(each.label for each in where.functions)
    return f"function {names}" if len(where.functions) == 1 else f"one of the functions {names}"
