"""The actions of durable executions, and how IAM matches them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CHECKPOINT",
    "ON_EXECUTIONS",
    "ON_FUNCTIONS",
    "is_about_executions",
    "matches",
    "matches_any",
    "misspelt",
]

CHECKPOINT: Final = ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")
"""What the execution role needs, asked of a durable execution."""

ON_EXECUTIONS: Final = (
    "lambda:GetDurableExecution",
    "lambda:GetDurableExecutionHistory",
    "lambda:StopDurableExecution",
    "lambda:SendDurableExecutionCallbackSuccess",
    "lambda:SendDurableExecutionCallbackFailure",
    "lambda:SendDurableExecutionCallbackHeartbeat",
    "lambda:PauseDurableExecution",
    "lambda:ResumeDurableExecution",
    "lambda:DeleteDurableExecution",
)
"""What others are granted, asked of a durable execution."""

ON_FUNCTIONS: Final = ("lambda:ListDurableExecutionsByFunction",)
"""What others are granted, asked of a function."""

_DURABLE: Final = {
    action.partition(":")[2].lower(): action.partition(":")[2]
    for action in (*CHECKPOINT, *ON_EXECUTIONS, *ON_FUNCTIONS)
}
_WILDCARDS: Final = re.compile(r"[*?]")
# Words this near to a durable action are meant to be one: a letter or a word more, less or other.
_NEAR: Final = 0.86
# With "durable" in it, it can mean nothing else.
_ANY: Final = 0.0
# Letters that verbs such as Get, Stop and Send can be distinguished by.
_VERB: Final = len("get")


@lru_cache(maxsize=4096)
def matches(pattern: str, action: str) -> bool:
    """Return whether IAM would match an action with a pattern.

    Args:
        pattern: An action of a statement; case does not count, ``*`` and ``?`` are wildcards.
        action: An action without wildcards.
    """
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action.lower()) is not None


def matches_any(patterns: Iterable[str], action: str) -> bool:
    """Return whether IAM would match an action with one of several patterns."""
    return any(matches(pattern, action) for pattern in patterns)


def is_about_executions(pattern: str) -> bool:
    """Return whether a pattern is about durable executions and nothing else.

    ``lambda:Get*`` matches what is asked of a function too, so its statement may be meant for that.
    """
    lowered = pattern.lower()
    return "durable" in lowered or "callback" in lowered


@lru_cache(maxsize=4096)
def misspelt(pattern: str) -> str | None:
    """Return the durable action that a pattern seems to mean, ``None`` where it matches one, or means none.

    Args:
        pattern: An action of a statement.
    """
    service, colon, name = pattern.rpartition(":")
    lowered = name.lower()
    if any(matches(name, action) for action in _DURABLE):
        # Without "durable" in it, another service may have an action of that name.
        is_other = "durable" in lowered and (service.lower() != "lambda" or not colon)
        return f"lambda:{_nearest(lowered, _ANY)}" if is_other else None
    if service.lower() != "lambda":
        return None
    nearest = _nearest(_WILDCARDS.sub("", lowered), _ANY if "durable" in lowered else _NEAR)
    return f"lambda:{nearest}" if nearest else None


def _nearest(name: str, cutoff: float) -> str | None:
    # With its verb right, it is the rest that is misspelt.
    same_verb = [action for action in _DURABLE if action[:_VERB] == name[:_VERB]]
    found = get_close_matches(name, same_verb or _DURABLE, n=1, cutoff=cutoff)
    return _DURABLE[found[0]] if found else None
