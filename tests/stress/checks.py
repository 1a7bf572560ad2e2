"""Holds what executions came to against what the oracle foresees."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.stress.oracle import Foreseen
from tests.stress.program import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.stress.driver import Ended
    from tests.stress.mode import Mode

__all__ = ["faults_of", "missing_of"]

_GAP_S = 4.5
"""The emulator tries again after five seconds what it takes for failed: a lost wake-up shows as such a gap."""

_FATES = {"stopped": "STOPPED", "brief": "TIMED_OUT"}


def faults_of(ended: Ended, mode: Mode, files: Path, stalls_s: float) -> list[str]:
    """List what is wrong with an execution.

    Args:
        ended: The execution.
        mode: How it was run.
        files: Where its handlers left what they did.
        stalls_s: How long the machine kept even the driver waiting.
    """
    gap = _GAP_S + mode.late_s + stalls_s
    faults = [] if mode.skips_time else list(_gaps(ended.history, gap))
    if ended.is_stopped:
        return faults
    foreseen = Foreseen(ended.event["program"], _FATES.get(ended.event["target"]))
    if (foreseen.status, foreseen.result) != (ended.status, ended.result):
        faults.append(f"expected {foreseen.status} {foreseen.result}, got {ended.status} {ended.result}")
    names = {node["name"] for node in nodes(ended.event["program"])}
    events = Counter((event["Name"], event["EventType"]) for event in ended.history if event.get("Name") in names)
    if foreseen.events != events:
        faults.append(f"expected events {foreseen.events - events} more and {events - foreseen.events} less")
    return faults + list(_runs(ended.event["name"], foreseen.runs, mode, files))


def missing_of(all_ended: list[Ended]) -> set[str]:
    """Names of executions that a chained invoke of another should have started and that are not there."""
    wanted = {
        f"{ended.event['name']}.{event['Name']}"
        for ended in all_ended
        for event in ended.history
        if event["EventType"] == "ChainedInvokeStarted" and _targets(ended)[event["Name"]] != "plain"
    }
    return wanted - {ended.event["name"] for ended in all_ended}


def _targets(ended: Ended) -> Mapping[str, str]:
    return {node["name"]: node["target"] for node in nodes(ended.event["program"]) if node["do"] == "invoke"}


def _runs(name: str, foreseen: Counter[str], mode: Mode, files: Path) -> Iterator[str]:
    file = files / f"{name}.runs"
    runs = Counter(file.read_text().split()) if file.exists() else Counter[str]()
    if foreseen - runs:
        yield f"expected runs {foreseen - runs} more"
    more = {step for step in runs - foreseen if step in foreseen}
    if more and mode.is_calm:
        yield f"expected runs of {more} less"


def _gaps(history: list[Mapping[str, Any]], longest: float) -> Iterator[str]:
    """Yield times in which nothing happened although nothing but a chained invoke may take as long."""
    invokes = 0
    for before, after in itertools.pairwise(history):
        kind = before["EventType"]
        invokes += kind == "ChainedInvokeStarted"
        invokes -= kind.startswith("ChainedInvoke") and kind != "ChainedInvokeStarted"
        seconds = (after["EventTimestamp"] - before["EventTimestamp"]).total_seconds()
        if seconds > longest and not invokes:
            told = f"{kind} {before.get('Name', '')} and {after['EventType']} {after.get('Name', '')}"
            yield f"{seconds:.1f} s between {told}, at most {longest:.1f} s expected"
