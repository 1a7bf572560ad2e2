"""Planners that are wrong in one rule each, to see that the model notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from durable_mi.release import guards
from durable_mi.release import plan as planner
from durable_mi.release.observed import ObservedAlias, ObservedVersion
from durable_mi.release.planner import old_version, parked_version, remember
from durable_mi.release.planner.situation import Situation

if TYPE_CHECKING:
    import pytest

Mutation = Callable[["pytest.MonkeyPatch"], None]


def _takes_for_empty(patch: pytest.MonkeyPatch, is_empty: Callable[[ObservedVersion], bool | None]) -> None:
    patch.setattr(ObservedVersion, "is_empty", property(is_empty))
    patch.setattr(guards, "_has_open_executions", lambda version: None if is_empty(version) else "it has executions")


def ignores_paused(patch: pytest.MonkeyPatch) -> None:
    """Count only what is RUNNING."""
    _takes_for_empty(
        patch,
        lambda version: None if version.open_executions is None else not version.open_executions.get("RUNNING"),
    )


def takes_an_error_for_empty(patch: pytest.MonkeyPatch) -> None:
    """Take what is unknown for nothing."""
    _takes_for_empty(patch, lambda version: not any((version.open_executions or {}).values()))


def skips_the_grace(patch: pytest.MonkeyPatch) -> None:
    """Let each look count, however old the last event can be."""
    patch.setattr(Situation, "looks_count_from", Situation.drains_since)


def skips_the_second_look(patch: pytest.MonkeyPatch) -> None:
    """Park at the first look after the grace."""
    patch.setattr(
        Situation, "parks_at", lambda self, record: max(self.looks_count_from(record), self.steps_down_at(record))
    )


def ignores_weights(patch: pytest.MonkeyPatch) -> None:
    """Take only the version that the alias points at for live."""
    patch.setattr(ObservedAlias, "versions", property(lambda alias: frozenset({alias.version})))


def deletes_what_it_has_not_asked_for(patch: pytest.MonkeyPatch) -> None:
    """Delete although it is unknown whether executions are listed."""
    may_delete = guards.may_delete

    def may(version: ObservedVersion, live: frozenset[str] | None) -> str | None:
        problem = may_delete(version, live)
        return None if problem is not None and "whether executions" in problem else problem

    patch.setattr(guards, "may_delete", may)
    patch.setattr(parked_version, "may_delete", may)
    patch.setattr(parked_version, "_is_proven_unlisted", lambda *_: True)


def never_wakes(patch: pytest.MonkeyPatch) -> None:
    """Leave what woke on a parked version."""
    patch.setattr(parked_version, "may_wake", lambda _: "it sleeps")


def takes_all_numbers_for_its_own(patch: pytest.MonkeyPatch) -> None:
    """Overwrite what somebody else has set."""
    patch.setattr(old_version, "is_ours", lambda *_: True)


def ignores_the_stack(patch: pytest.MonkeyPatch) -> None:
    """Change versions while their stack is being updated."""
    patch.setattr(planner, "may_change_function", lambda _: None)
    patch.setattr(guards, "may_change_function", lambda _: None)


def remembers_no_look(patch: pytest.MonkeyPatch) -> None:
    """Let a look that saw executions, or nothing, not count against the ones before."""
    patch.setattr(remember, "_empty_since", lambda record, _, situation, **__: record.empty_since or situation.now)
