"""Executions that wait for what the history names: a callback, a time, another execution, somebody who resumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.rules.words import error_line, in_time, named, since, until, what
from durable_mi.operate.formatting import duration
from durable_mi.operate.selection.callback_name import callback_name

if TYPE_CHECKING:
    from datetime import datetime

    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence
    from durable_mi.timeline.span import Span

__all__ = ["callback", "paused", "retry", "step_runs", "wait"]


def paused(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that is paused, or will be when its invocation ends."""
    status = evidence.execution.status
    if status not in {"PAUSED", "PAUSING"}:
        return None
    now, pause = evidence.now, evidence.pause
    begun = "" if pause is None else f" {since(pause.since, now)}"
    reason = f", with the reason {pause.reason!r}" if pause is not None and pause.reason else ""
    verb = "It is paused" if status == "PAUSED" else "It was asked to pause, and pauses when its invocation ends"
    clock = ""
    if pause is not None and pause.stops_timeout is not None:
        clock = " Its timeout does not run meanwhile." if pause.stops_timeout else " Its timeout runs meanwhile."
    at = f" It is at {what(evidence)}; waits and callbacks still complete." if evidence.open else ""
    return Diagnosis(
        kind=Kind.PAUSED,
        found=f"{verb}{begun}{reason}.{clock}{at}",
        fix="Resume it when the reason is gone.",
        commands=(commands.resume(evidence.execution.arn),),
    )


def callback(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that waits for a callback."""
    found = _of(evidence, "Callback")
    if not found:
        return None
    with_deadline = [each for each in found if each.deadline is not None]
    first, now = min(with_deadline, key=lambda each: each.deadline or each.started, default=found[0]), evidence.now
    limit = "without a timeout" if first.deadline is None else until(first.deadline, now)
    heartbeat = "" if first.heartbeat_s is None else f", with a heartbeat every {duration(first.heartbeat_s)}"
    arn = evidence.execution.arn
    answers = tuple(
        commands.answer_callback(arn, callback_name(each.name) or None if len(found) > 1 else None) for each in found
    )
    return Diagnosis(
        kind=Kind.CALLBACK,
        found=f"It waits for {named(first)} {since(first.started, now)}, {limit}{heartbeat}.{_others(evidence, first)}",
        fix="Nothing else continues it: answer the callback, or let it time out.",
        commands=answers,
    )


def wait(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that sleeps."""
    found = [each for each in _of(evidence, "Wait") if each.due is not None]
    if not found:
        return None
    first = min(found, key=_due)
    now, due = evidence.now, _due(first)
    return Diagnosis(
        kind=Kind.WAIT,
        found=f"It sleeps in {named(first)} {until(due, now)}, {in_time(due, now)}.{_others(evidence, first)}",
        fix="There is nothing to do: it continues by itself.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def retry(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution that waits for the next attempt at a step. How many there are, no history shows."""
    found = [each for each in _of(evidence, "Step") if each.status == "PENDING" and each.due is not None]
    if not found:
        return None
    first = min(found, key=_due)
    now, due = evidence.now, _due(first)
    last = first.attempts[-1]
    if last.error is None:
        text = f"It polls: {named(first)} runs again {in_time(due, now)} (poll {last.number + 1})."
    else:
        text = (
            f"It retries {named(first)} {in_time(due, now)} (attempt {last.number + 1}), after attempt {last.number} "
            f"failed with {error_line(last.error)}."
        )
    return Diagnosis(
        kind=Kind.RETRY,
        found=text + _others(evidence, first),
        fix="" if last.error is None else "Fix what fails; the next attempt comes by itself.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def step_runs(evidence: Evidence, commands: Commands) -> Diagnosis | None:
    """Explain an execution whose step runs."""
    found = [each for each in _of(evidence, "Step") if each.status == "STARTED"]
    if not found:
        return None
    first = min(found, key=lambda each: each.started)
    begun = first.attempts[-1].started if first.attempts else first.started
    attempt = f", attempt {first.attempts[-1].number}" if len(first.attempts) > 1 else ""
    limit = None if evidence.version is None else evidence.version.timeout_s
    bound = "" if limit is None else f" An invocation of the function times out after {duration(limit)}."
    return Diagnosis(
        kind=Kind.STEP_RUNS,
        found=f"It runs {named(first)} {since(begun, evidence.now)}{attempt}.{bound}{_others(evidence, first)}",
        fix="Its log says how far it is.",
        commands=(commands.timeline(evidence.execution.arn),),
    )


def _of(evidence: Evidence, kind: str) -> list[Span]:
    return [each for each in evidence.open if each.kind == kind]


def _due(span: Span) -> datetime:
    return span.due or span.started


def _others(evidence: Evidence, first: Span) -> str:
    rest = [each for each in evidence.open if each.id != first.id]
    if not rest:
        return ""
    names = list(dict.fromkeys(named(each) for each in rest))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - as many as a line takes
    return f" Open beside it: {', '.join(names[:3])}{more}."
