"""What forbids a change. The planner asks with what it saw, and whoever applies a plan asks again with a fresh reading.

Each function returns the reason why not, or ``None``. What is unknown forbids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.release.decision import DeleteVersion, SetScaling
from durable_mi.release.scaling import PARKED
from durable_mi.release.tags import RELEASES

if TYPE_CHECKING:
    from durable_mi.release.observed import ObservedFunction, ObservedVersion

__all__ = [
    "ACTIVE",
    "DEACTIVATED",
    "DEACTIVATING",
    "FAILED",
    "may_change_function",
    "may_delete",
    "may_park",
    "may_step_down",
    "may_wake",
    "refusal",
]

ACTIVE: Final = "Active"
DEACTIVATED: Final = "Deactivated"
DEACTIVATING: Final = "Deactivating"
FAILED: Final = "Failed"

_SETTLED: Final = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "IMPORT_COMPLETE",
        "ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)


def may_change_function(observed: ObservedFunction) -> str | None:
    """Return why nothing of a function may be changed."""
    if observed.policy is None:
        return f"the function is not marked: it has no tag {RELEASES}"
    stack = observed.stack
    if stack is None:
        return "no tag names the stack of the function"
    if stack.status is None:
        return f"the status of stack {stack.name} is unknown"
    if stack.status not in _SETTLED:
        return f"stack {stack.name} is in {stack.status}"
    for what, known in (("aliases", observed.aliases), ("versions", observed.versions)):
        if known is None:
            return f"the {what} of the function are unknown" + (f": {observed.problem}" if observed.problem else "")
    return None


def may_wake(version: ObservedVersion) -> str | None:
    """Return why a version may not get higher numbers. Higher numbers cost money and lose nothing."""
    if version.state == DEACTIVATING:
        return "it is being deactivated, and can be woken after that"
    return _may_change(version)


def may_step_down(version: ObservedVersion, live: frozenset[str] | None) -> str | None:
    """Return why a version may not get a lower minimum."""
    if live is None:
        return "the aliases of the function are unknown"
    if version.number in live:
        return "an alias names it"
    return _may_lower(version)


def may_park(version: ObservedVersion, live: frozenset[str] | None, *, is_closed: bool = False) -> str | None:
    """Return why a version may not be parked. Outside of the opening hours an alias may name it."""
    if live is None:
        return "the aliases of the function are unknown"
    if version.number in live and not is_closed:
        return "an alias names it"
    return _may_lower(version) or _has_open_executions(version)


def may_delete(version: ObservedVersion, live: frozenset[str] | None) -> str | None:
    """Return why a version may not be deleted."""
    if live is None:
        return "the aliases of the function are unknown"
    if version.number in live:
        return "an alias names it"
    problem = _may_change(version) or _has_open_executions(version)
    if problem is not None:
        return problem
    if version.scaling != PARKED or version.state != DEACTIVATED:
        return "it is not parked"
    if version.has_any_execution is None:
        return "whether executions of it are listed is unknown" + _because(version)
    return "executions of it are still listed" if version.has_any_execution else None


def refusal(
    action: SetScaling | DeleteVersion,
    version: ObservedVersion,
    live: frozenset[str] | None,
    *,
    is_closed: bool = False,
) -> str | None:
    """Return why an action may not be applied to a version as it is now.

    Args:
        action: What to do.
        version: The version, read right before.
        live: The versions that aliases and weights name, read right before.
        is_closed: Whether the function's opening hours exclude this moment.
    """
    if action.version != version.number:
        msg = f"version must be {action.version}, got {version.number}"
        raise ValueError(msg)
    if isinstance(action, DeleteVersion):
        return may_delete(version, live)
    if action.expected is not None and version.scaling not in (None, action.expected):
        return f"its numbers are now {version.scaling}, not {action.expected}: somebody else changed them"
    if action.scaling == PARKED:
        return may_park(version, live, is_closed=is_closed)
    if version.scaling is not None and action.scaling.minimum >= version.scaling.minimum:
        return may_wake(version)
    return may_step_down(version, live)


def _may_change(version: ObservedVersion) -> str | None:
    if not version.number.isdecimal():
        return f"{version.number} is not a published version"
    return "its numbers are unknown" + _because(version) if version.scaling is None else None


def _may_lower(version: ObservedVersion) -> str | None:
    if version.state != ACTIVE:
        return f"its state is {version.state or 'unknown'}, not {ACTIVE}"
    return _may_change(version)


def _has_open_executions(version: ObservedVersion) -> str | None:
    if version.open_executions is None:
        return "its open executions are unknown" + _because(version)
    listed = [f"{count} {status}" for status, count in version.open_executions.items() if count]
    return f"it has open executions: {', '.join(listed)}" if listed else None


def _because(version: ObservedVersion) -> str:
    return f": {version.problem}" if version.problem else ""
