"""One pass over a function: observe, plan, apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from durable_mi.release.apply import Result, apply
from durable_mi.release.observe import observe
from durable_mi.release.plan import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.release.client import ReleaseClient
    from durable_mi.release.decision import Plan
    from durable_mi.release.observed import ObservedFunction
    from durable_mi.release.record_store import RecordStore, StoredRecord

__all__ = ["Pass", "look", "run_pass", "utc_now"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass:
    """What a pass saw, decided and did.

    Attributes:
        observed: The function.
        stored: The record as it was before.
        plan: What was decided.
        now: When everything was read.
        results: What became of each action; empty where nothing was to be done, or nothing was carried out.
    """

    observed: ObservedFunction
    stored: StoredRecord
    plan: Plan
    now: datetime
    results: tuple[Result, ...] = ()

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong, one line each: what could not be read, and what could not be done."""
        versions = [f"version {each.number}: {each.problem}" for each in self.observed.versions or () if each.problem]
        return (
            *([self.observed.problem] if self.observed.problem else []),
            *versions,
            *(str(result) for result in self.results if result.failed is not None),
        )


def utc_now() -> datetime:
    """Return the time, for passes that are not of a test."""
    return datetime.now(UTC)


def look(client: ReleaseClient, store: RecordStore, function: str, *, clock: Callable[[], datetime] = utc_now) -> Pass:
    """Decide what a pass would do now, and do nothing.

    Args:
        client: The calls.
        store: Keeps the record.
        function: The function's name.
        clock: Returns the time, which is asked for when everything is read.
    """
    stored = store.read(function)
    observed = observe(client, function, providers=stored.record.providers)
    now = clock()
    return Pass(observed=observed, stored=stored, plan=plan(observed, stored.record, now), now=now)


def run_pass(
    client: ReleaseClient, store: RecordStore, function: str, *, clock: Callable[[], datetime] = utc_now
) -> Pass:
    """Decide, and carry it out. Otherwise as :func:`look`.

    Raises:
        OperatorError: The function or the record cannot be read, or the record cannot be written; nothing was done
            then. Or no time is left for the rest.
    """
    seen = look(client, store, function, clock=clock)
    results = tuple(apply(client, store, seen.stored, seen.observed, seen.plan, now=seen.now))
    return replace(seen, results=results)
