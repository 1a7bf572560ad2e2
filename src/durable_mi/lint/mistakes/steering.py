"""Where a value that can differ on replay must not go: into operations, their names, and what decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.lint.code.taints import Steer, TaintKind
from durable_mi.lint.code.zone import ZoneKind

if TYPE_CHECKING:
    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.taints import Taint, Taints
    from durable_mi.lint.reading.run import Run

__all__ = [
    "leave_early",
    "require_ordered",
    "require_recorded",
    "require_stable_condition",
    "require_stable_name",
    "settle",
]


_IN_A_STEP = "; call it inside a step, and use the step's result"


def require_recorded(run: Run, taints: Taints, frame: Frame, use: str) -> None:
    """Report what differs each time and goes into an operation."""
    if frame.zone.kind is ZoneKind.IMPORT:
        return
    for taint in taints:
        if taint.kind is TaintKind.DIFFERS:
            _differs(run, taint, use)


def require_stable_name(run: Run, taints: Taints) -> None:
    """Report an operation's name that differs each time."""
    for taint in taints:
        if taint.kind is TaintKind.DIFFERS:
            run.report_at(
                "DMC103",
                taint.module,
                taint.node,
                f"the name of an operation must be the same on replay, but {taint.what} differs each time: the "
                "execution fails "
                "with NonDeterministicExecutionError; make the name from the event, an index or a step's result",
            )
        elif taint.kind is TaintKind.READ:
            _read(run, taint)
        else:
            _order(run, taint)


def require_stable_condition(run: Run, taints: Taints, frame: Frame) -> None:
    """Report what decides which operations come, and can be different on replay."""
    if not frame.zone.is_replayed:
        return
    for taint in taints:
        if taint.kind is TaintKind.DIFFERS:
            _differs(run, taint, "it decides which operations run")
        elif taint.kind is TaintKind.READ:
            if not taint.imported:
                _read(run, taint)
        else:
            _order(run, taint)


def require_ordered(run: Run, taints: Taints) -> None:
    """Report an order that is not the same in another process, of what operations are made of."""
    for taint in taints:
        if taint.kind is TaintKind.UNORDERED:
            _order(run, taint)


def leave_early(run: Run, taints: Taints, frame: Frame) -> None:
    """Note that a condition can end the body, which matters only if operations come after it."""
    if taints and frame.zone.is_replayed:
        run.steers.append(Steer(tuple(taints), run.operations))


def settle(run: Run, frame: Frame) -> None:
    """Report the conditions that ended a body before further operations."""
    for steer in run.steers:
        if run.operations > steer.operations:
            require_stable_condition(run, frozenset(steer.taints), frame)
    run.steers.clear()


def _differs(run: Run, taint: Taint, use: str) -> None:
    when = (
        "it is evaluated once in each process, when the module is imported"
        if taint.imported
        else "it differs each time"
    )
    run.report_at(
        "DMC101",
        taint.module,
        taint.node,
        f"{taint.what} must not run in the flow that is replayed: {when}, and {use}{_IN_A_STEP}",
    )


def _read(run: Run, taint: Taint) -> None:
    run.report_at(
        "DMC102",
        taint.module,
        taint.node,
        f"{taint.what} must not decide about operations from outside a step: what it reads can have changed on replay, "
        f"which then takes another way{_IN_A_STEP}",
    )


def _order(run: Run, taint: Taint) -> None:
    run.report_at(
        "DMC104",
        taint.module,
        taint.node,
        f"the order of {taint.what} must not decide the order of operations: it differs between processes; "
        "use sorted(...)",
    )
