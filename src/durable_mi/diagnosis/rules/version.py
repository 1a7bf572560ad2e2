"""Executions whose version cannot run anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.rules.words import what

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence

__all__ = ["parked_version", "version_failed"]

_PARKED: Final = frozenset({"Deactivated", "Deactivating", "Inactive"})


def parked_version(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution on a version that has no execution environments."""
    version, scaling = evidence.version, evidence.scaling
    has_none = scaling is not None and scaling.maximum == 0
    if not has_none and (version is None or version.state not in _PARKED):
        return None
    state = "" if version is None or version.state is None else f", in the state {version.state}{version.because}"
    numbers = "minimum and maximum of its execution environments are 0" if has_none else "it is not active"
    at = f" It is at {what(evidence)}." if evidence.open else ""
    return Diagnosis(
        kind=Kind.PARKED_VERSION,
        found=f"It runs on {evidence.label}, which is parked: {numbers}{state}.{at} "
        "Nothing starts on a parked version, and no traffic wakes it.",
        fix="Wake the version, and let it drain.",
        commands=(
            commands.wake(evidence.timeline.function_name, evidence.timeline.version),
            commands.status(evidence.timeline.function_name),
        ),
    )


def version_failed(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution on a version that failed, or is being deleted."""
    version = evidence.version
    if version is None or version.state is None or not version.is_stopped(None):
        return None
    return Diagnosis(
        kind=Kind.VERSION_FAILED,
        found=f"It runs on {evidence.label}, which is in the state {version.state}{version.because}, "
        "so nothing runs on it.",
        fix="Fix the reason of that state; the execution stays on this version.",
        commands=(commands.status(evidence.timeline.function_name), commands.stop(evidence.execution.arn)),
    )
