"""Executions whose invocations fail, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.evidence import TIMED_OUT
from durable_mi.diagnosis.rules.words import named
from durable_mi.operate.formatting import deadline, duration

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence
    from durable_mi.timeline.invocation import Invocation

__all__ = ["failing_initialization", "invocation_fails", "invocation_timeout"]


def invocation_timeout(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution whose last invocations timed out."""
    failing = evidence.failing
    if not failing or failing[-1].error != TIMED_OUT:
        return None
    steps = [each for each in evidence.open if each.kind == "Step" and each.status == "STARTED"]
    limit = None if evidence.version is None else evidence.version.timeout_s
    after = _measured(failing[-1]) if limit is None else duration(limit)
    times = "The last invocation timed out" if len(failing) == 1 else f"The last {len(failing)} invocations timed out"
    if steps:
        names = ", ".join(dict.fromkeys(named(each) for each in steps))
        at = f"{names} was not done by then: it is longer than the function's timeout"
        fix = "Set a longer timeout on a new version, or split the step; an execution stays on its version."
    else:
        at = "it was in no step then: code outside of the operations takes longer than the function's timeout"
        fix = "Move long work into steps, and give the invocation a longer timeout on a new version."
    return Diagnosis(
        kind=Kind.INVOCATION_TIMEOUT,
        found=f"{times} after {after}: {at}. "
        "Lambda does not end the code of such an invocation, which keeps its worker.",
        fix=fix,
        commands=(commands.timeline(evidence.execution.arn), commands.stop(evidence.execution.arn)),
    )


def invocation_fails(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution whose last invocations failed otherwise."""
    failing = evidence.failing
    if not failing:
        return None
    last = failing[-1]
    ended = deadline(last.ended or last.started, evidence.now)
    times = "The last invocation" if len(failing) == 1 else f"The last {len(failing)} invocations"
    return Diagnosis(
        kind=Kind.INVOCATION_FAILS,
        found=f"{times} failed, last at {ended}, with {last.failure}. Lambda invokes the function again.",
        fix="Fix the error in a new version; this execution stays on its version.",
        commands=(commands.timeline(evidence.execution.arn), commands.stop(evidence.execution.arn)),
    )


def failing_initialization(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that cannot begin since the handler cannot be loaded, as the platform logged it."""
    if evidence.timeline.spans or evidence.timeline.invocations:
        return None
    own = [
        each
        for each in evidence.platform or ()
        if each.type in {"platform.initReport", "platform.initRuntimeDone"}
        and each.version in {None, evidence.timeline.version}
    ]
    if not own or own[-1].status not in {"error", "failure", "timeout"}:
        return None
    last = own[-1]
    return Diagnosis(
        kind=Kind.INVOCATION_FAILS,
        found=f"The handler of {evidence.label} cannot be loaded: its initialization ended with "
        f"{last.error or last.status} at {deadline(last.at, evidence.now)}.",
        fix="Fix the package in a new version; this execution stays on its version.",
        commands=(commands.timeline(evidence.execution.arn), commands.stop(evidence.execution.arn)),
    )


def _measured(invocation: Invocation) -> str:
    return duration(((invocation.ended or invocation.started) - invocation.started).total_seconds())
