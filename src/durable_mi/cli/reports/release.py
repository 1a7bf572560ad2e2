"""The status of versions on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from durable_mi import limits
from durable_mi.operate.formatting import deadline
from durable_mi.operate.report.plain_console import plain_console
from durable_mi.release.decision import VersionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from rich.console import Console

    from durable_mi.cli.release.known_ends import KnownEnds
    from durable_mi.cli.release.version_status import FunctionStatus, ProviderStatus, VersionStatus
    from durable_mi.release.scaling import Scaling

__all__ = ["print_status"]

_COLUMNS = ("Version", "State", "Running", "Paused", "Since", "Known until", "Environments", "USD/month")
_TABLE_WIDTH = 132
_STYLES = {VersionState.LIVE: "green", VersionState.STUCK: "red", VersionState.UNKNOWN: "red"}


def print_status(functions: Sequence[FunctionStatus]) -> None:
    """Print the functions, one after the other."""
    console = plain_console()
    # A table that is cut says less than one whose lines the terminal wraps.
    console.width = max(console.width, _TABLE_WIDTH)
    for number, function in enumerate(functions):
        if number:
            console.print()
        _print_function(console, function)


def _print_function(console: Console, function: FunctionStatus) -> None:
    observed = function.seen.observed
    console.print(observed.name, style="bold")
    stack = observed.stack
    if stack is not None:
        _line(console, f"stack {stack.name}: {stack.status or 'status unknown'}")
    for alias in observed.aliases or ():
        weights = "".join(f", {weight:.0%} to version {version}" for version, weight in alias.weights.items())
        _line(console, f"alias {alias.name}: version {alias.version}{weights}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in _COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column != "Known until")
    for version in function.versions:
        cells = _cells(version, function)
        table.add_row(*cells, style=_STYLES.get(version.decision.state))
    console.print(table)
    for version in function.versions:
        when = version.decision.next_change
        later = "" if when is None else f"; more is possible from {deadline(when, function.now)}"
        next_ = "" if version.decision.action is None else f"; next pass: {version.next}"
        ends = version.known_ends
        is_sample = ends is not None and ends.sampled < ends.total
        sample = f"; known until: {ends.sampled} of {ends.total} executions read" if ends and is_sample else ""
        _line(console, f"version {version.observed.number}: {version.decision.reason}{next_}{later}{sample}")
    for provider in function.providers:
        _line(console, _provider(provider))
    _line(console, _costs(function))
    for line in _unique((*function.seen.plan.notes, *function.unknown)):
        console.print(f"  {line}", style="yellow", soft_wrap=True)


def _cells(version: VersionStatus, function: FunctionStatus) -> Iterable[str]:
    observed, counts = version.observed, version.observed.open_executions
    since = version.record.unreferenced_since
    saved = function.costs.saved.get(observed.number)
    return (
        observed.number,
        str(version.decision.state),
        "?" if counts is None else str(counts["RUNNING"]),
        "?" if counts is None else str(counts["PAUSING"] + counts["PAUSED"]),
        "" if since is None else deadline(since, function.now),
        _known_until(version.known_ends, function.now, is_open=counts is None or any(counts.values())),
        _environments(version),
        "?" if saved is None else f"{saved:.0f}",
    )


def _environments(version: VersionStatus) -> str:
    now = "?" if version.observed.scaling is None else _numbers(version.observed.scaling)
    return now if version.before is None else f"{now}, before {_numbers(version.before)}"


def _known_until(ends: KnownEnds | None, now: datetime, *, is_open: bool) -> str:
    if ends is None:
        return "?" if is_open else ""
    times = [] if ends.latest is None else [deadline(ends.latest, now)]
    return "; ".join([*times, *(f"{what}: unknown" for what in sorted(ends.unknown))])


def _numbers(scaling: Scaling) -> str:
    if scaling.maximum >= limits.MAX_EXECUTION_ENVIRONMENTS:
        return str(scaling.minimum)
    return f"{scaling.minimum}-{scaling.maximum}"


def _provider(provider: ProviderStatus) -> str:
    observed, most = provider.observed, limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER
    versions = "an unknown number" if observed.versions is None else str(observed.versions)
    name = observed.arn.rpartition(":")[2]
    kind = "" if observed.is_current else " (left behind)"
    vcpus = "an unknown number of" if provider.vcpus is None else f"at least {provider.vcpus}"
    bound = "" if provider.limits is None or provider.limits.max_vcpus is None else f" of {provider.limits.max_vcpus}"
    return f"capacity provider {name}{kind}: {versions} of {most} versions; {vcpus}{bound} vCPUs by this function"


def _costs(function: FunctionStatus) -> str:
    costs = function.costs
    if costs.total is None:
        return f"cost unknown: {costs.why_unknown}"
    return (
        f"at least USD {costs.total:.0f} a month for instances and management fee (prices of {costs.prices}; without "
        "the network and other functions)"
    )


def _line(console: Console, text: str) -> None:
    console.print(f"  {text}", soft_wrap=True)


def _unique(lines: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(lines)
