"""Executions that wait for a function that they invoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.diagnosis import Diagnosis, Kind
from durable_mi.diagnosis.rules.words import named, since

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.evidence import Evidence

__all__ = ["chained_invoke"]


def chained_invoke(evidence: Evidence, commands: Commands, child: Diagnosis | None) -> Diagnosis | None:
    """Explain an execution that waits for a function.

    Args:
        evidence: The evidence.
        commands: Builds commands.
        child: The diagnosis of the execution that it waits for; ``None`` if there is none, or if it could not be read.
    """
    found = [each for each in evidence.open if each.kind == "ChainedInvoke"]
    if not found:
        return None
    first = next((each for each in found if each.child_arn is not None), found[0])
    function = first.function_name or "another function"
    text = f"It waits for {named(first)}, which invoked {function} {since(first.started, evidence.now)}."
    if first.child_arn is None:
        return Diagnosis(
            kind=Kind.CHAINED_INVOKE,
            found=f"{text} The history names no execution of it.",
            fix=f"Look at the log of {function}.",
            commands=(commands.timeline(evidence.execution.arn),),
        )
    following = commands.why(first.child_arn)
    if child is None:
        return Diagnosis(
            kind=Kind.CHAINED_INVOKE,
            found=f"{text} Its execution is {first.child_arn}.",
            fix="Ask why that one does not go on.",
            commands=(following,),
        )
    return Diagnosis(
        kind=Kind.CHAINED_INVOKE,
        found=f"{text} About that execution: {child.found}",
        fix=child.fix,
        also=child.also,
        commands=(*child.commands, following),
        unread=child.unread,
        child=child,
    )
