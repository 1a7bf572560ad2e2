"""Executions that have ended: how, and at what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.rules.words import error_line, named
from durable_mi.operate.formatting import deadline

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence
    from durable_mi.timeline.span import Span

__all__ = ["ended"]


def ended(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that has ended."""
    execution = evidence.execution
    if not execution.has_ended:
        return None
    at = "" if execution.ended is None else f" at {deadline(execution.ended, execution.started)}"
    again, timeline = commands.restart(execution.arn), commands.timeline(execution.arn)
    match execution.status:
        case "SUCCEEDED":
            return Diagnosis(kind=Kind.SUCCEEDED, found=f"It succeeded{at}.", commands=(timeline,))
        case "FAILED":
            return Diagnosis(
                kind=Kind.FAILED,
                found=f"It failed{at}{_failure(evidence)}.",
                fix="Fix the cause, then start it again.",
                commands=(timeline, again),
            )
        case "TIMED_OUT":
            return Diagnosis(
                kind=Kind.TIMED_OUT,
                found=f"It timed out as a whole{at}, while it {_was_at(evidence)}.",
                fix="Raise the execution timeout if that is too short for what it waits for, then start it again.",
                commands=(again, timeline),
            )
        case "STOPPED":
            why = "" if execution.error is None else f", with {error_line(execution.error)}"
            return Diagnosis(
                kind=Kind.STOPPED,
                found=f"It was stopped{at}{why}, while it {_was_at(evidence)}.",
                fix="If it should have gone on, start it again.",
                commands=(again, timeline),
            )
    return Diagnosis(kind=Kind.DELETED, found="It is deleted, or is being deleted.")


def _failure(evidence: Evidence) -> str:
    error = evidence.execution.error
    failed = _failed_operation(evidence)
    if failed is None:
        return f" in the handler, outside of its operations: {error_line(error)}"
    attempt = f" at attempt {failed.attempts[-1].number}" if failed.attempts else ""
    own = error_line(failed.error)
    # A step's error reaches the handler as the SDK's StepError, which names the original one nowhere.
    around = "" if error is None or error.type is None or failed.error is None else _around(error.type, failed)
    return f" in {named(failed)}{attempt}: {own}{around}"


def _around(type_: str, failed: Span) -> str:
    own = None if failed.error is None else failed.error.type
    return "" if type_ == own else f" (it reached the handler as {type_.rpartition('.')[2]})"


def _failed_operation(evidence: Evidence) -> Span | None:
    """Return the operation whose error the execution failed with; the last one that failed with its message.

    An earlier operation can have failed too, and the handler can have gone on.
    """
    error = evidence.execution.error
    if error is None or not error.message:
        return None
    failed = [each for each in evidence.timeline.spans if each.status in {"FAILED", "TIMED_OUT", "STOPPED"}]
    same = [
        each
        for each in failed
        if each.error is not None and (each.error.message or "") and str(each.error.message) in str(error.message)
    ]
    leaves = [each for each in same if each.kind != "Context"] or same
    return max(leaves, key=lambda each: each.ended or each.started, default=None)


def _was_at(evidence: Evidence) -> str:
    spans = [
        each
        for each in evidence.timeline.spans
        if each.kind != "Context" and (each.status in {"STARTED", "PENDING"} or each.status == "STOPPED")
    ]
    verbs = {"Step": "was at", "Wait": "slept in", "Callback": "waited for", "ChainedInvoke": "waited for"}
    texts = list(dict.fromkeys(f"{verbs[each.kind]} {named(each)}" for each in spans))
    if texts:
        return " and ".join(texts[:3])
    done = [each for each in evidence.timeline.spans if each.kind != "Context"]
    return f"was past {named(done[-1])} and in no operation" if done else "had not reached its first operation"
