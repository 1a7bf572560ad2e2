"""By which qualifiers a function cannot, or should not, be invoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.preflight.target import Qualifier

if TYPE_CHECKING:
    from durable_mi.preflight.function import Function

__all__ = ["invocation_problem"]


def invocation_problem(function: Function, qualifier: Qualifier) -> str:
    """Return what is wrong with a qualifier; empty where nothing is.

    Args:
        function: The function that is invoked.
        qualifier: What follows its name.
    """
    durable, managed, switched_off = function.is_durable, function.is_managed, function.publishes_latest is False
    found = {
        Qualifier.LATEST: (
            (managed, "$LATEST, which cannot be invoked on managed instances"),
            (durable, "$LATEST, whose code changes under running executions"),
        ),
        Qualifier.LATEST_PUBLISHED: (
            (switched_off, "$LATEST.PUBLISHED, which is switched off"),
            (durable, "$LATEST.PUBLISHED, which moves under running executions"),
        ),
        Qualifier.NONE: (
            (managed and switched_off, "the unqualified function, whose $LATEST.PUBLISHED is switched off"),
            (managed and durable, "the unqualified function, which moves under running executions"),
            (durable, "the unqualified function, which Lambda rejects"),
        ),
    }
    return next((problem for holds, problem in found.get(qualifier, ()) if holds), "")
