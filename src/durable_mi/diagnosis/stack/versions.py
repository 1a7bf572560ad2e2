"""The checks of a function's versions and aliases, over what a pass of the releases sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.stack.check import Check, Finding
from durable_mi.release.decision import VersionState
from durable_mi.release.guards import ACTIVE
from durable_mi.release.scaling import PARKED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.diagnosis.command import Commands
    from durable_mi.diagnosis.stack.facts import FunctionFacts
    from durable_mi.release.observed import ObservedFunction
    from durable_mi.release.run_pass import Pass

__all__ = ["alias", "draining", "environments", "problems"]


def alias(function: FunctionFacts, commands: Commands) -> Iterator[Finding]:
    """Check that aliases name active versions."""
    seen = function.seen
    if seen is None or seen.observed.aliases is None:
        return
    status = (commands.status(function.name),)
    if not seen.observed.aliases:
        yield Finding(
            check=Check.ALIAS,
            subject=f"function {function.name}",
            found="it has no alias, so that no new execution starts on a published version",
            fix="deploy the stack again, which creates the alias",
            commands=status,
        )
    versions = {each.number: each for each in seen.observed.versions or ()}
    for each in seen.observed.aliases:
        for number in sorted(each.versions):
            subject, version = f"alias {each.name} of {function.name}", versions.get(number)
            if version is None:
                if seen.observed.versions is not None and number.isdecimal():
                    yield Finding(
                        check=Check.ALIAS,
                        subject=subject,
                        found=f"it names version {number}, which does not exist",
                        fix="let it name another version with `durable-mi release rollback`",
                        commands=status,
                    )
                continue
            is_parked = version.scaling == PARKED
            if (version.state in {None, ACTIVE} and not is_parked) or _is_closed(seen):
                continue
            reason = f" ({version.state_reason.rstrip('.')})" if version.state_reason else ""
            what = "is parked" if is_parked else f"is in the state {version.state}{reason}"
            yield Finding(
                check=Check.ALIAS,
                subject=subject,
                found=f"it names version {number}, which {what}, so that nothing runs on it",
                fix="wake that version, or let the alias name another one",
                commands=(commands.wake(function.name, number), *status),
            )


def environments(function: FunctionFacts, commands: Commands) -> Iterator[Finding]:
    """Check that no execution is open on a version on which nothing runs."""
    seen = function.seen
    if seen is None or _is_closed(seen):
        return
    for version in seen.observed.versions or ():
        count = sum((version.open_executions or {}).values())
        stopped = version.scaling == PARKED or version.state not in {None, ACTIVE, "Pending"}
        if count and stopped:
            noun = "execution is" if count == 1 else "executions are"
            yield Finding(
                check=Check.ENVIRONMENTS,
                subject=f"version {version.number} of {function.name}",
                found=f"{count} {noun} open on it, and it has no execution environments (state {version.state})",
                fix="wake it, and let it drain",
                commands=(commands.wake(function.name, version.number), commands.status(function.name)),
            )


def draining(function: FunctionFacts, commands: Commands) -> Iterator[Finding]:
    """Check that no version drains for longer than it can take; one that drains is worth knowing."""
    seen = function.seen
    if seen is None or seen.observed.live is None:
        return
    states = {each.version: each.state for each in seen.plan.decisions}
    for version in seen.observed.versions or ():
        if version.number in seen.observed.live or version.scaling in {None, PARKED}:
            continue
        is_stuck = states.get(version.number) is VersionState.STUCK
        counts = version.open_executions
        count = "an unknown number of" if counts is None else str(sum(counts.values()))
        yield Finding(
            check=Check.DRAINING,
            subject=f"version {version.number} of {function.name}",
            found=f"no alias names it, it is warm, and has {count} open executions"
            + (", for longer than an execution can take" if is_stuck else ""),
            fix="stop what never ends, or park it with `durable-mi release park`" if is_stuck else "let it drain",
            commands=(commands.status(function.name),),
            is_note=not is_stuck,
        )


def problems(function: FunctionFacts) -> Iterator[str]:
    """Yield what of the versions could not be read."""
    if function.seen is not None:
        yield from (f"{function.name}: {each}" for each in _failures(function.seen.observed))


def _failures(observed: ObservedFunction) -> Iterator[str]:
    if observed.problem:
        yield observed.problem
    yield from (f"version {each.number}: {each.problem}" for each in observed.versions or () if each.problem)


def _is_closed(seen: Pass) -> bool:
    policy = seen.observed.policy
    hours = None if policy is None else policy.opening_hours
    return hours is not None and not hours.is_open(seen.now)
