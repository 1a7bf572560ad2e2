"""The planner, one failure mode after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from durable_mi.release.decision import Decision, DeleteProvider, DeleteVersion, Plan, SetScaling, VersionState
from durable_mi.release.guards import refusal
from durable_mi.release.observed import (
    ObservedAlias,
    ObservedFunction,
    ObservedProvider,
    ObservedStack,
    ObservedVersion,
)
from durable_mi.release.opening_hours import OpeningHours
from durable_mi.release.plan import plan
from durable_mi.release.policy import DrainPolicy
from durable_mi.release.record import ReleaseRecord, VersionRecord
from durable_mi.release.scaling import PARKED, Scaling

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=2)
MINUTE = timedelta(minutes=1)
OWN = Scaling(3, 10)
LOW = Scaling(1, 10)
NONE_OPEN = {"RUNNING": 0, "PAUSING": 0, "PAUSED": 0}
DRAINED = VersionRecord(
    unreferenced_since=LONG_AGO, empty_since=NOON - 6 * MINUTE, before=OWN, seen=LOW, requested=LOW, was_live=True
)
PARKED_BEFORE = replace(DRAINED, seen=PARKED, requested=PARKED, unlisted_since=NOON - 6 * MINUTE)


def version(number: str, scaling: Scaling | None = OWN, **changes: object) -> ObservedVersion:
    """Return a version as it is seen."""
    state = "Deactivated" if scaling == PARKED else "Active"
    seen = ObservedVersion(
        number=number,
        published=LONG_AGO,
        state=state,
        scaling=scaling,
        open_executions=NONE_OPEN,
        has_any_execution=False,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]


def function(*versions: ObservedVersion, live: str = "9", **changes: object) -> ObservedFunction:
    """Return a function whose alias names version 9."""
    seen = ObservedFunction(
        name="orders",
        policy=DrainPolicy(keep=0),
        declared=OWN,
        stack=ObservedStack(name="Orders", status="UPDATE_COMPLETE", updated=LONG_AGO),
        aliases=(ObservedAlias(name="live", version=live, weights={}, revision="r"),),
        versions=(*versions, version("9")) if live == "9" else versions,
    )
    return replace(seen, **changes)  # type: ignore[arg-type]


def remembered(**versions: VersionRecord) -> ReleaseRecord:
    """Return what passes remember: ``v1=...``."""
    live = VersionRecord(before=OWN, seen=OWN, was_live=True)
    known = {"9": live, **{name[1:]: each for name, each in versions.items()}}
    return ReleaseRecord(versions=known, passes=5, last_pass=NOON - 5 * MINUTE)


def decided(planned: Plan, number: str = "1") -> Decision:
    """Return the decision about a version."""
    return next(each for each in planned.decisions if each.version == number)


def requested(planned: Plan, number: str = "1") -> Scaling | str | None:
    """Return the numbers that are requested for a version, or that it is deleted."""
    action = decided(planned, number).action
    return action.scaling if isinstance(action, SetScaling) else "deleted" if action is not None else None


def test_a_version_that_is_proven_empty_is_parked() -> None:
    """What the other tests leave out one thing of; the record has the request before it is made."""
    planned = plan(function(version("1", LOW)), remembered(v1=DRAINED), NOON)
    assert (VersionState.DRAINED, PARKED) == (decided(planned).state, requested(planned))
    assert (PARKED, OWN) == (planned.record.versions["1"].requested, planned.record.versions["1"].before)


@pytest.mark.parametrize("status", ["RUNNING", "PAUSING", "PAUSED"])
def test_an_open_execution_keeps_its_version(status: str) -> None:
    """Paused and pausing ones too, and the looks begin anew."""
    planned = plan(function(version("1", LOW, open_executions={status: 1})), remembered(v1=DRAINED), NOON)
    assert (VersionState.DRAINING, None) == (decided(planned).state, requested(planned))
    assert planned.record.versions["1"].empty_since is None


@pytest.mark.parametrize("unknown", ["open_executions", "scaling"])
def test_what_is_unknown_of_a_version_means_no_action(unknown: str) -> None:
    """A throttled list, AccessDenied, a page that failed: nothing is done, and the reason is the error."""
    changes: dict[str, object] = {unknown: None, "problem": "ThrottlingException"}
    seen = replace(version("1", LOW), **changes)  # type: ignore[arg-type]
    planned = plan(function(seen), remembered(v1=DRAINED), NOON)
    assert (VersionState.UNKNOWN, None) == (decided(planned).state, requested(planned))
    assert "ThrottlingException" in decided(planned).reason
    if unknown == "open_executions":
        assert planned.record.versions["1"].empty_since is None


@pytest.mark.parametrize("unknown", ["aliases", "versions", "policy", "stack"])
def test_what_is_unknown_of_a_function_means_no_action(unknown: str) -> None:
    """Without aliases, versions, a mark or a stack nothing is touched, and a note says why."""
    changes: dict[str, object] = {unknown: None}
    planned = plan(replace(function(version("1", LOW)), **changes), remembered(v1=DRAINED), NOON)  # type: ignore[arg-type]
    assert [] == [each.action for each in planned.decisions if each.action is not None]
    assert planned.notes[0].startswith("nothing is done: ")


@pytest.mark.parametrize(
    "status",
    [None, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "DELETE_COMPLETE"],
)
def test_a_stack_update_under_way_means_no_action(status: str | None) -> None:
    """Nor does a stack that failed, is deleted or is unknown allow one."""
    stack = ObservedStack(name="Orders", status=status, updated=NOON)
    planned = plan(function(version("1", LOW), stack=stack), remembered(v1=DRAINED), NOON)
    assert requested(planned) is None
    assert "Orders" in planned.notes[0]


def test_the_second_look_comes_five_minutes_later() -> None:
    """Two looks in quick succession prove nothing."""
    early = replace(DRAINED, empty_since=NOON - 4 * MINUTE)
    planned = plan(function(version("1", LOW)), remembered(v1=early), NOON)
    assert (None, NOON + MINUTE) == (requested(planned), decided(planned).next_change)


def test_looks_count_only_after_the_last_event() -> None:
    """An event that waited for six hours starts an execution that is listed later still."""
    since = NOON - timedelta(hours=6, minutes=9)
    planned = plan(function(version("1", LOW)), remembered(v1=replace(DRAINED, unreferenced_since=since)), NOON)
    assert (None, NOON + MINUTE) == (requested(planned), decided(planned).next_change)
    assert PARKED == requested(plan(function(version("1", LOW)), planned.record, NOON + 5 * MINUTE))


def test_looks_with_a_long_gap_between_prove_nothing() -> None:
    """After a janitor that did not run, every window starts anew."""
    record = replace(remembered(v1=DRAINED), last_pass=NOON - timedelta(hours=3))
    assert requested(plan(function(version("1", LOW)), record, NOON)) is None


def test_a_superseded_version_steps_down_after_the_rollback_window() -> None:
    """The maximum stays, so that nothing that runs is slower than it must be."""
    record = replace(DRAINED, unreferenced_since=NOON - 29 * MINUTE, seen=OWN, requested=None)
    busy = version("1", open_executions={"RUNNING": 1})
    planned = plan(function(busy), remembered(v1=record), NOON)
    assert (VersionState.STANDBY, None) == (decided(planned).state, requested(planned))
    assert LOW == requested(plan(function(busy), planned.record, NOON + MINUTE))


def test_a_pass_that_was_killed_is_repeated() -> None:
    """What was requested and not made is ours, whichever the numbers are, and is requested again."""
    planned = plan(function(version("1", LOW)), remembered(v1=DRAINED), NOON)
    assert PARKED == requested(plan(function(version("1", LOW)), planned.record, NOON + 5 * MINUTE))


def test_an_execution_on_a_parked_version_wakes_it() -> None:
    """With its own numbers and fresh windows, in the first pass too; an alarm can count it."""
    woken = version("1", PARKED, open_executions={"PAUSED": 1})
    planned = plan(function(woken), remembered(v1=PARKED_BEFORE), NOON)
    assert (VersionState.DRAINING, OWN, True) == (decided(planned).state, requested(planned), decided(planned).woke)
    after = planned.record.versions["1"]
    assert (NOON, NOON, None) == (after.woken_at, after.waking_since, after.empty_since)
    assert OWN == requested(plan(function(woken), None, NOON))


def test_a_version_is_not_woken_while_it_is_deactivated() -> None:
    """The service would refuse: the next pass wakes it."""
    seen = version("1", PARKED, state="Deactivating", open_executions={"RUNNING": 1})
    planned = plan(function(seen), remembered(v1=PARKED_BEFORE), NOON)
    assert (None, True) == (requested(planned), decided(planned).woke)


def test_a_version_that_cannot_be_woken_is_stuck() -> None:
    """After fifteen minutes somebody must know; it is requested all the same."""
    record = replace(PARKED_BEFORE, waking_since=NOON - 16 * MINUTE)
    planned = plan(function(version("1", PARKED, open_executions={"RUNNING": 1})), remembered(v1=record), NOON)
    assert (VersionState.STUCK, OWN) == (decided(planned).state, requested(planned))
    assert any("version 1 is stuck" in note for note in planned.notes)


def test_a_version_whose_executions_outlive_their_timeout_is_stuck() -> None:
    """A paused one is not: its clock stands still."""
    seen = version("1", LOW, open_executions={"RUNNING": 1}, execution_timeout=timedelta(hours=1))
    assert VersionState.STUCK is decided(plan(function(seen), remembered(v1=DRAINED), NOON)).state
    paused = replace(seen, open_executions={"RUNNING": 1, "PAUSED": 1})
    assert VersionState.DRAINING is decided(plan(function(paused), remembered(v1=DRAINED), NOON)).state


def test_a_rollback_to_a_parked_version_comes_before_anything_else() -> None:
    """It gets its numbers in this pass, and what would be lowered waits."""
    seen = function(version("1", PARKED), version("2", LOW), live="1")
    planned = plan(seen, remembered(v1=PARKED_BEFORE, v2=DRAINED), NOON)
    assert ("1", OWN, None) == (planned.decisions[0].version, requested(planned), requested(planned, "2"))


@pytest.mark.parametrize("scaling", [PARKED, LOW])
def test_a_rollback_after_the_record_was_lost_restores_what_the_stack_declares(scaling: Scaling) -> None:
    """Numbers that only a pass gives are taken for a pass's when nothing is remembered."""
    assert OWN == requested(plan(function(version("1", scaling), live="1"), None, NOON))


def test_numbers_that_somebody_else_set_are_left() -> None:
    """They are reported, whatever they are: on an old version, and on one that an alias names."""
    planned = plan(function(version("1", Scaling(2, 7))), remembered(v1=DRAINED), NOON)
    assert (None, True) == (requested(planned), decided(planned).by_hand)
    known = VersionRecord(before=OWN, seen=OWN, was_live=True)
    planned = plan(function(version("1", PARKED), live="1"), remembered(v1=known), NOON)
    assert (None, True) == (requested(planned), decided(planned).by_hand)
    assert any("version 1" in note for note in planned.notes)


def test_numbers_that_the_stack_changed_in_place_become_its_own() -> None:
    """CloudFormation changes the live version's numbers without a new version."""
    planned = plan(
        function(version("1", LOW), live="1"), remembered(v1=VersionRecord(before=OWN, seen=OWN, was_live=True)), NOON
    )
    assert (None, LOW) == (requested(planned), planned.record.versions["1"].before)


def test_a_weight_keeps_a_version_live() -> None:
    """A weight of 0 too."""
    alias = ObservedAlias(name="live", version="9", weights={"1": 0.0}, revision="r")
    planned = plan(function(version("1"), aliases=(alias,)), remembered(v1=DRAINED), NOON)
    assert (VersionState.LIVE, None) == (decided(planned).state, requested(planned))


def test_forty_old_versions_are_only_remembered_in_the_first_pass() -> None:
    """Adopting a function changes nothing until everything has been seen once."""
    seen = function(*(version(str(number)) for number in range(10, 50)), version("1", PARKED))
    planned = plan(seen, None, NOON)
    assert [] == [each for each in planned.decisions if each.action is not None]
    assert 42 == len(planned.record.versions)


def test_a_finished_version_is_deleted_unless_it_is_among_the_newest() -> None:
    """Two of three parked ones are kept; a deletion comes last."""
    seen = function(*(version(number, PARKED) for number in "123"), policy=DrainPolicy(keep=2))
    planned = plan(seen, remembered(v1=PARKED_BEFORE, v2=PARKED_BEFORE, v3=PARKED_BEFORE), NOON)
    assert ["deleted", None, None] == [requested(planned, number) for number in "123"]
    assert DeleteVersion(version="1") == planned.decisions[-1].action


@pytest.mark.parametrize("listed", [True, None])
def test_a_version_is_not_deleted_while_an_execution_is_listed_or_may_be(listed: bool | None) -> None:  # noqa: FBT001
    """Nothing asked is nothing known, and the looks begin anew."""
    planned = plan(function(version("1", PARKED, has_any_execution=listed)), remembered(v1=PARKED_BEFORE), NOON)
    assert (VersionState.PARKED, None) == (decided(planned).state, requested(planned))
    assert planned.record.versions["1"].unlisted_since is None


def test_a_rolled_back_deployment_leaves_an_orphan() -> None:
    """It stays one after the next deployment, and is deleted although it is among the newest."""
    rolled_back = ObservedStack(name="Orders", status="UPDATE_ROLLBACK_COMPLETE", updated=NOON - MINUTE)
    keeps = DrainPolicy(keep=3)
    seen = function(version("10", published=NOON), stack=rolled_back, policy=keeps)
    planned = plan(seen, remembered(), NOON)
    assert planned.record.versions["10"].orphaned
    parked = replace(PARKED_BEFORE, was_live=False, orphaned=True)
    planned = plan(function(version("10", PARKED), policy=keeps), remembered(v10=parked), NOON)
    assert (VersionState.ORPHAN, "deleted") == (decided(planned, "10").state, requested(planned, "10"))


def test_a_version_that_was_live_is_no_orphan() -> None:
    """A roll-back after the alias had moved leaves executions and events behind."""
    rolled_back = ObservedStack(name="Orders", status="UPDATE_ROLLBACK_COMPLETE", updated=LONG_AGO)
    planned = plan(function(version("1", LOW), stack=rolled_back), remembered(v1=DRAINED), NOON)
    assert not planned.record.versions["1"].orphaned


def test_a_version_that_was_never_live_drains_like_any_other() -> None:
    """Somebody published it, as cdk watch or a script does, and may call it by its number."""
    assert VersionState.STANDBY is decided(plan(function(version("10")), remembered(), NOON), "10").state


def test_the_latest_version_is_never_touched() -> None:
    """It is no published version, whatever a list says."""
    planned = plan(function(version("$LATEST"), version("$LATEST.PUBLISHED")), remembered(), NOON)
    assert ["9"] == [each.version for each in planned.decisions]


def test_a_live_version_closes_and_opens() -> None:
    """At night it is parked once it is proven empty and left so; in the morning it gets its numbers."""
    policy = DrainPolicy(opening_hours=OpeningHours.parse("Mo-Fr 07:00-11:00 UTC"))
    known = VersionRecord(before=OWN, seen=OWN, was_live=True, empty_since=NOON - 6 * MINUTE)
    planned = plan(function(version("1"), live="1", policy=policy), remembered(v1=known), NOON)
    assert PARKED == requested(planned)
    night = plan(function(version("1", PARKED), live="1", policy=policy), planned.record, NOON + 5 * MINUTE)
    assert requested(night) is None
    morning = replace(night.record, last_pass=NOON + timedelta(hours=20))
    opened = plan(function(version("1", PARKED), live="1", policy=policy), morning, NOON + timedelta(hours=20))
    assert OWN == requested(opened)
    paused = version("1", open_executions={"PAUSED": 1})
    assert requested(plan(function(paused, live="1", policy=policy), remembered(v1=known), NOON)) is None


def test_a_replaced_capacity_provider_is_deleted_when_nothing_is_on_it() -> None:
    """In two looks, and only one of ours that nothing names any more; before that it is reported."""
    arn = "arn:aws:lambda:eu-west-1:1:capacity-provider:old"
    left = ObservedProvider(arn=arn, versions=0, is_current=False, is_ours=True)
    on_new = version("9", provider="arn:new")
    seen = function(live="x", versions=(on_new,), providers=(left,))
    first = plan(seen, remembered(), NOON)
    assert () == first.providers
    assert any("old was left behind" in note for note in first.notes)
    assert (DeleteProvider(arn=arn),) == plan(seen, first.record, NOON + 5 * MINUTE).providers
    for kept in (replace(left, versions=1), replace(left, versions=None), replace(left, is_ours=False)):
        seen = replace(seen, providers=(kept,))
        assert () == plan(seen, first.record, NOON + 5 * MINUTE).providers


def test_many_versions_on_a_provider_are_reported() -> None:
    """From 80 of 100 on."""
    full = ObservedProvider(arn="arn:full", versions=80, is_current=True, is_ours=True)
    notes = plan(function(providers=(full,)), remembered(), NOON).notes
    assert any("80 of 100 versions" in note for note in notes)


@pytest.mark.parametrize(
    ("fresh", "reason"),
    [
        (version("1", LOW, open_executions={"RUNNING": 1}), "it has open executions: 1 RUNNING"),
        (version("1", LOW, open_executions=None, problem="denied"), "its open executions are unknown: denied"),
        (version("1", Scaling(2, 7)), "its numbers are now minimum 2, maximum 7, not minimum 1, maximum 10: "),
        (version("1", LOW, state="Pending"), "its state is Pending, not Active"),
    ],
)
def test_rejects_parking_on_a_fresh_reading(fresh: ObservedVersion, reason: str) -> None:
    """Whoever applies a plan asks again right before."""
    action = SetScaling(version="1", scaling=PARKED, expected=LOW)
    assert (refusal(action, fresh, frozenset({"9"})) or "").startswith(reason)


def test_rejects_lowering_what_an_alias_names_by_now() -> None:
    """Or may name, when the aliases are unknown. Waking is always allowed."""
    fresh = version("1")
    for action in (
        SetScaling(version="1", scaling=LOW),
        SetScaling(version="1", scaling=PARKED),
        DeleteVersion(version="1"),
    ):
        assert "an alias names it" == refusal(action, fresh, frozenset({"1"}))
        assert "the aliases of the function are unknown" == refusal(action, fresh, None)
    assert refusal(SetScaling(version="1", scaling=OWN), version("1", PARKED), None) is None
