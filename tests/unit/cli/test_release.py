"""`durable-mi release` against a model of the services: what it shows, what it does, and why it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi
from durable_mi.operate.connection import Connection
from durable_mi.release import run_pass
from durable_mi.release.record import ReleaseRecord, VersionRecord
from durable_mi.release.records.record_json import read_record, write_record
from durable_mi.release.scaling import PARKED, Scaling
from tests.unit.release.release_service import FUNCTION, FUNCTION_ARN, TAGS, Service, Version, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from click.testing import Result

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2)
WITH_TABLE = {**TAGS, "durable-mi:release-records": "Records"}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run a command of `durable-mi release` on the model, whose time stands still."""
    monkeypatch.setattr(run_pass.look, "__kwdefaults__", {"clock": lambda: NOW})
    monkeypatch.setenv("DURABLE_MI_STATE_DIR", str(tmp_path))

    def command(service: Service, *arguments: str) -> Result:
        connection = service.connection()
        monkeypatch.setattr(Connection, "open", lambda **_: connection)
        service.calls.clear()
        where = () if "--stack" in arguments else ("--function", FUNCTION)
        return CliRunner().invoke(durable_mi, ["release", *arguments, *where])

    return command


def _two(*, minimum: int = 3, executions: list[str] | None = None, **versions: Any) -> Service:
    """Return version 1, which no alias names, and version 2, with a record of two days of passes."""
    state = "Active" if minimum else "Deactivated"
    one = Version(minimum=minimum, maximum=None if minimum else 0, state=state, executions=executions or [])
    service = Service(versions={"1": one, "2": Version(**versions)}, alias="2", tags=dict(WITH_TABLE))
    is_empty = not any(each in {"RUNNING", "PAUSING", "PAUSED"} for each in one.executions)
    _remember(
        service,
        "1",
        VersionRecord(
            unreferenced_since=LONG_AGO,
            empty_since=LONG_AGO + timedelta(hours=12) if is_empty else None,
            before=Scaling(3),
            requested=PARKED if minimum == 0 else None,
            seen=PARKED if minimum == 0 else Scaling(minimum),
            was_live=True,
            unlisted_since=LONG_AGO + timedelta(hours=20) if minimum == 0 else None,
        ),
    )
    return service


def _remember(service: Service, version: str, record: VersionRecord) -> None:
    text = write_record(
        ReleaseRecord(
            versions={version: record, "2": VersionRecord(was_live=True, before=Scaling(3), seen=Scaling(3))},
            passes=50,
            last_pass=NOW - timedelta(minutes=10),
        )
    )
    service.items[FUNCTION] = {"function": {"S": FUNCTION}, "revision": {"N": "50"}, "record": {"S": text}}


def _changes(service: Service) -> list[str]:
    return [name for name, _ in service.changes() if name != "PutItem"]


def test_status_shows_each_version(run: Callable[..., Result]) -> None:
    """What drains, since when, what it costs, and what the next pass does."""
    result = run(_two(executions=["RUNNING", "PAUSED", "PAUSED"]), "status")
    assert result.exit_code == 3
    words = " ".join(result.output.split())
    assert "1 draining 1 2 2026-05-02 12:00:00 UTC" in words
    assert "version 1: it has open executions: 1 RUNNING, 2 PAUSED; next pass: set version 1 to minimum 1" in words
    assert "capacity provider Shared: 2 of 100 versions; at least 6 of 400 vCPUs by this function" in words
    assert "a month for instances and management fee" in words


def test_status_is_0_when_only_live_versions_are_warm(run: Callable[..., Result]) -> None:
    """A parked version costs nothing."""
    result = run(_two(minimum=0), "status", "--output", "json")
    document = json.loads(result.output)
    one, two = document["Functions"][0]["Versions"]
    assert (result.exit_code, document["Draining"]) == (0, False)
    assert (one["ReleaseState"], one["MonthlyUsd"], one["FunctionScalingConfigBefore"]) == (
        "parked",
        0.0,
        {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 15000},
    )
    assert (two["ReleaseState"], one["NextAction"]) == ("live", None)


@pytest.mark.parametrize("operation", ["ListAliases", "GetFunctionScalingConfig", "ListVersionsByFunction"])
def test_status_is_not_0_while_something_is_unknown(run: Callable[..., Result], operation: str) -> None:
    """Unknown numbers may be warm."""
    service = _two(minimum=0)
    service.overrides[operation] = error("TooManyRequestsException")
    result = run(service, "status")
    assert result.exit_code == 3
    assert f"lambda:{operation}" in " ".join(result.output.split())


def _event(number: int, kind: str, operation: str, **details: Any) -> dict[str, Any]:
    return {
        "EventId": number,
        "EventType": kind,
        "Id": operation,
        "EventTimestamp": NOW,
        **({f"{kind}Details": details} if details else {}),
    }


def test_status_names_what_executions_wait_for(run: Callable[..., Result]) -> None:
    """The latest time that a history names; what has none is said to be unknown, and how many were read."""
    service = _two(executions=["RUNNING"] * 12)
    service.history = [
        _event(1, "WaitStarted", "a", Duration=60, ScheduledEndTimestamp=NOW + timedelta(minutes=1)),
        _event(2, "WaitSucceeded", "a", Duration=60),
        _event(3, "WaitStarted", "b", Duration=7200, ScheduledEndTimestamp=NOW + timedelta(hours=2)),
        _event(4, "CallbackStarted", "c", CallbackId="x"),
        _event(5, "CallbackStarted", "d", CallbackId="y", Timeout=3600),
    ]
    [function] = json.loads(run(service, "status", "--output", "json").output)["Functions"]
    one = function["Versions"][0]
    assert (one["KnownUntil"], one["WaitsWithoutTime"], one["ExecutionsRead"]) == (
        (NOW + timedelta(hours=2)).isoformat(),
        ["callback"],
        10,
    )
    text = " ".join(run(service, "status").output.split())
    assert "callback: unknown" in text
    assert "10 of 12 executions read" in text


def test_drain_runs_a_pass(run: Callable[..., Result]) -> None:
    """As the janitor's; the record is written with it."""
    service = _two(executions=["RUNNING"])
    result = run(service, "drain", "--yes")
    assert (result.exit_code, service.versions["1"].minimum) == (3, 1)
    assert "Orders: done: set version 1 to minimum 1, no maximum: it has open executions: 1 RUNNING" in result.output
    assert read_record(service.items[FUNCTION]["record"]["S"]).passes == 51


@pytest.mark.parametrize("arguments", [("drain",), ("park", "1"), ("prune",), ("rollback", "1"), ("shift", "1=10%")])
def test_a_dry_run_changes_nothing(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """Not even the record."""
    service = _two(minimum=0 if arguments == ("prune",) else 3)
    service.tags["durable-mi:releases"] = TAGS["durable-mi:releases"].replace("keep=3", "keep=0")
    result = run(service, *arguments, "--dry-run")
    assert service.changes() == []
    assert "would " in result.output
    document = json.loads(run(service, *arguments, "--dry-run", "--output", "json").output)
    assert (document["DryRun"], [each["Done"] for each in document["Actions"]]) == (True, [False])


@pytest.mark.parametrize("arguments", [("drain",), ("park", "1"), ("rollback", "1"), ("shift", "1=10%")])
def test_rejects_changes_that_nobody_agreed_to(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """Without a terminal nobody can be asked."""
    service = _two()
    result = run(service, *arguments)
    assert (result.exit_code, service.changes()) == (2, [])
    assert "--yes must be given where nobody can be asked" in result.output


@pytest.mark.parametrize("arguments", [("drain",), ("park", "1"), ("wake", "1"), ("prune",), ("prune", "--orphans")])
def test_rejects_functions_that_are_not_ours(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """A function without our tag keeps all its versions, whoever asks."""
    service = _two()
    del service.tags["durable-mi:releases"]
    result = run(service, *arguments, "--yes")
    assert (result.exit_code, service.changes()) == (1, [])
    assert "not marked" in result.output


def test_park_does_not_wait_for_the_rollback_window(run: Callable[..., Result]) -> None:
    """A version that is proven empty is parked at once."""
    service = _two()
    service.tags["durable-mi:releases"] = TAGS["durable-mi:releases"].replace("1800", "9999999")
    assert "within the rollback window" in run(service, "status").output
    result = run(service, "park", "1", "--yes")
    assert (result.exit_code, service.versions["1"].minimum) == (0, 0)
    assert read_record(service.items[FUNCTION]["record"]["S"]).versions["1"].requested == PARKED


def test_rejects_parking_what_is_not_proven_empty(run: Callable[..., Result]) -> None:
    """Each refusal has its reason."""
    service = _two(executions=["PAUSED"])
    assert "version 1 is not parked: it has open executions: 1 PAUSED" in run(service, "park", "1", "--yes").output
    assert "version 2 is not parked: an alias names it" in run(service, "park", "2", "--yes").output
    assert "its versions are 1, 2" in run(service, "park", "3", "--yes").output
    service.versions["1"].executions = []
    result = run(service, "park", "1", "--yes")
    assert "no execution is open, but one can still start or be listed; at the earliest at" in result.output
    assert _changes(service) == []
    assert "version 1 is parked already" in run(_two(minimum=0), "park", "1", "--yes").output


def test_wake_gives_the_numbers_back(run: Callable[..., Result]) -> None:
    """And its windows start anew."""
    service = _two(minimum=0)
    result = run(service, "wake", "1", "--yes")
    assert (result.exit_code, service.versions["1"].minimum) == (0, 3)
    record = read_record(service.items[FUNCTION]["record"]["S"]).versions["1"]
    assert (record.requested, record.woken_at) == (Scaling(3), NOW)
    assert "has minimum 3, no maximum already" in run(_two(), "wake", "1", "--yes").output


def test_prune_deletes_what_nothing_is_left_of(run: Callable[..., Result]) -> None:
    """The newest are kept; executions that have ended keep a version unless somebody accepts that they go."""
    service = _two(minimum=0)
    assert "nothing to do" in run(service, "prune", "--yes").output
    service.tags["durable-mi:releases"] = TAGS["durable-mi:releases"].replace("keep=3", "keep=0")
    service.versions["1"].executions = ["SUCCEEDED"]
    assert "nothing to do" in run(service, "prune", "--yes").output
    assert "nothing to do" not in run(service, "prune", "--finished", "--dry-run").output
    service.versions["1"].executions = []
    assert run(service, "prune", "--yes").exit_code == 0
    assert list(service.versions) == ["2"]


def test_prune_finished_keeps_what_is_open(run: Callable[..., Result]) -> None:
    """Histories may go, executions never."""
    service = _two(minimum=0, executions=["SUCCEEDED"])
    assert "nothing to do" in run(service, "prune", "--finished", "--yes").output
    service.tags["durable-mi:releases"] = TAGS["durable-mi:releases"].replace("keep=3", "keep=0")

    def start(name: str, given: object) -> None:
        del given
        if name == "PutItem":
            service.versions["1"].executions.append("RUNNING")

    service.before = start
    result = run(service, "prune", "--finished", "--yes")
    assert (result.exit_code, list(service.versions)) == (1, ["1", "2"])
    assert "it has open executions: 1 RUNNING" in result.output
    service.before = lambda _name, _given: None
    service.versions["1"].executions = ["SUCCEEDED"]
    assert run(service, "prune", "--finished", "--yes").exit_code == 0
    assert list(service.versions) == ["2"]


def _rolled_back() -> Service:
    """Return version 3, which a deployment published before it was rolled back."""
    service = _two(minimum=0)
    service.versions["3"] = Version()
    service.stack_status, service.stack_updated = "UPDATE_ROLLBACK_COMPLETE", datetime(2025, 12, 31, tzinfo=UTC)
    service.tags["durable-mi:releases"] = TAGS["durable-mi:releases"]
    return service


def test_prune_orphans_lets_the_same_commit_be_deployed_again(run: Callable[..., Result]) -> None:
    """Parked, looked at again, deleted, in one command."""
    service = _rolled_back()
    result = run(service, "prune", "--orphans", "--yes")
    assert (result.exit_code, list(service.versions)) == (0, ["1", "2"])
    assert _changes(service) == ["PutFunctionScalingConfig", "DeleteFunction"]


@pytest.mark.parametrize(
    ("known", "last_pass", "left"),
    [
        (VersionRecord(), NOW - timedelta(minutes=10), ["1", "2"]),
        (VersionRecord(was_live=True), NOW - timedelta(minutes=10), ["1", "2", "3"]),
        (None, NOW - timedelta(minutes=10), ["1", "2", "3"]),
        (VersionRecord(), NOW - timedelta(hours=3), ["1", "2", "3"]),
        (VersionRecord(), None, ["1", "2", "3"]),
    ],
    ids=["never live", "live once", "unknown to the record", "no pass for hours", "no pass ever"],
)
def test_prune_orphans_after_the_same_commit_was_tried_again(
    known: VersionRecord | None, last_pass: datetime | None, left: list[str], run: Callable[..., Result]
) -> None:
    """The stack was rolled back once more, later than the version: it goes if passes saw that it was never live."""
    service = _rolled_back()
    service.stack_updated = NOW - timedelta(minutes=1)
    versions = {"2": VersionRecord(was_live=True), **({"3": known} if known else {})}
    text = write_record(ReleaseRecord(versions=versions, passes=50, last_pass=last_pass))
    service.items[FUNCTION]["record"] = {"S": text}

    run(service, "prune", "--orphans", "--yes")

    assert left == list(service.versions)


def test_rejects_orphans_that_ran_something(run: Callable[..., Result]) -> None:
    """Whatever is listed on it, in any status, keeps it; so does one that comes in between."""
    service = _rolled_back()
    service.versions["3"].executions = ["SUCCEEDED"]
    assert "nothing to do" in run(service, "prune", "--orphans", "--yes").output
    service.versions["3"].executions = []

    def start(name: str, given: Any) -> None:
        if name == "PutFunctionScalingConfig" and given["Qualifier"] == "3":
            service.versions["3"].executions = ["SUCCEEDED"]

    service.before = start
    run(service, "prune", "--orphans", "--yes")
    assert _changes(service) == ["PutFunctionScalingConfig"]
    assert "3" in service.versions


def test_rollback_within_the_window_moves_the_alias_alone(run: Callable[..., Result]) -> None:
    """With its revision, and without the weights."""
    service = _two()
    service.weights = {"1": 0.1}
    result = run(service, "rollback", "1", "--yes")
    assert result.exit_code == 0
    assert [
        (
            "UpdateAlias",
            {
                "FunctionName": FUNCTION,
                "Name": "live",
                "FunctionVersion": "1",
                "RoutingConfig": {"AdditionalVersionWeights": {}},
                "RevisionId": "r1",
            },
        )
    ] == service.changes()
    assert "CloudFormation moves the alias again at the next deployment" in result.output
    assert "names version 1 already" in run(service, "rollback", "1", "--yes").output


def test_rollback_wakes_before_it_moves(run: Callable[..., Result]) -> None:
    """Nothing is moved onto a version that is parked."""
    service = _two(minimum=0)
    assert run(service, "rollback", "1", "--yes").exit_code == 0
    assert _changes(service) == ["PutFunctionScalingConfig", "UpdateAlias"]
    service = _two(minimum=0)
    # The request is accepted, and nothing starts.
    service.overrides["PutFunctionScalingConfig"] = lambda _: {"FunctionState": "Pending"}
    result = run(service, "rollback", "1", "--yes", "--timeout", "0")
    assert (result.exit_code, service.alias) == (1, "2")
    assert "version 1 must become Active within 0 s, but is Deactivated" in result.output


def test_rejects_moving_an_alias_onto_a_version_without_its_environments(run: Callable[..., Result]) -> None:
    """A version that was stepped down is active, and too small nevertheless."""
    service = _two(minimum=1)
    service.overrides["PutFunctionScalingConfig"] = error("ServiceException")
    result = run(service, "rollback", "1", "--yes")
    assert (result.exit_code, service.alias) == (1, "2")
    assert "the alias is not moved: version 1 did not get its environments" in result.output
    del service.overrides["PutFunctionScalingConfig"]
    assert run(_two(minimum=1), "rollback", "1", "--yes").exit_code == 0


@pytest.mark.parametrize("command", ["rollback 1", "shift 1=10%"])
def test_rejects_moving_an_alias_while_something_is_under_way(run: Callable[..., Result], command: str) -> None:
    """A deployment would move it too; another change since then is somebody else's."""
    service = _two()
    service.stack_status = "UPDATE_IN_PROGRESS"
    result = run(service, *command.split(), "--yes")
    assert (result.exit_code, service.changes()) == (1, [])
    assert "UPDATE_IN_PROGRESS" in result.output
    service.stack_status = "UPDATE_COMPLETE"
    service.overrides["UpdateAlias"] = error("PreconditionFailedException", 412)
    result = run(service, *command.split(), "--yes")
    assert (result.exit_code, service.alias) == (1, "2")
    assert "PreconditionFailedException" in result.output


def test_rollback_of_a_function_that_is_not_ours(run: Callable[..., Result]) -> None:
    """Its alias may be moved by a person, and its numbers are not touched."""
    service = _two()
    del service.tags["durable-mi:releases"]
    assert run(service, "rollback", "1", "--yes").exit_code == 0
    assert _changes(service) == ["UpdateAlias"]
    service = _two(minimum=0)
    del service.tags["durable-mi:releases"]
    result = run(service, "rollback", "1", "--yes")
    assert (result.exit_code, service.changes()) == (1, [])
    assert "wake it yourself first" in result.output


def test_shift_has_nothing_to_do_without_a_weight(run: Callable[..., Result]) -> None:
    """Nor is the alias touched for a version that is not there."""
    service = _two()
    result = run(service, "shift", "7=0", "--yes")
    assert (result.exit_code, service.changes()) == (0, [])
    assert "nothing to do: alias live sends nothing to version 7" in result.output


@pytest.mark.parametrize(("weight", "expected"), [("0.25", {"1": 0.25}), ("25%", {"1": 0.25}), ("0", {}), ("0%", {})])
def test_shift_sets_weights(run: Callable[..., Result], weight: str, expected: dict[str, float]) -> None:
    """The alias goes on naming its version."""
    service = _two()
    service.weights = {"1": 0.5}
    result = run(service, "shift", f"1={weight}", "--yes")
    assert (result.exit_code, service.alias, service.weights) == (0, "2", expected)
    assert "The version is decided when an execution starts" in result.output


@pytest.mark.parametrize("given", ["1", "1=", "1=2", "1=101%", "live=0.1", "=1", "1=-1", "1=nan", "1=1e-1", "2=10%"])
def test_rejects_weights(run: Callable[..., Result], given: str) -> None:
    """A share is from 0 to 1, of another version than the alias names."""
    service = _two()
    result = run(service, "shift", given, "--yes")
    assert (result.exit_code, service.changes()) == (2, [])
    assert "VERSION" in result.output


def test_wait_changes_nothing(run: Callable[..., Result]) -> None:
    """0 once only live versions are warm, 3 when the time is over."""
    service = _two(executions=["RUNNING"])
    result = run(service, "wait", "--timeout", "0")
    assert (result.exit_code, service.changes()) == (3, [])
    assert "warm without an alias: version 1 (1 executions open)" in result.output
    assert run(_two(minimum=0), "wait", "--timeout", "0").exit_code == 0


def test_a_stack_has_many_functions(run: Callable[..., Result]) -> None:
    """Those on a capacity provider; commands for one function want its name."""
    service = _two(minimum=0)
    assert run(service, "status", "--stack", "Shop").exit_code == 0
    resources = service.modelled("ListStackResources", {})["StackResourceSummaries"]
    other = {**resources[-1], "PhysicalResourceId": "Other", "LogicalResourceId": "Other"}
    service.overrides["ListStackResources"] = lambda given: {
        "StackResourceSummaries": [*resources, other] if given["StackName"] == "Shop" else []
    }
    result = run(service, "rollback", "1", "--stack", "Shop", "--yes")
    assert (result.exit_code, service.changes()) == (2, [])
    assert "one function must be named, got stack Shop with Orders, Other: pass --function" in result.output


@pytest.mark.parametrize("command", ["drain --yes", "prune --yes", "wait --timeout 0"])
def test_functions_of_a_stack_that_are_not_ours_are_skipped(run: Callable[..., Result], command: str) -> None:
    """A stack can have functions that keep all versions beside those that drain."""
    service = _two(minimum=0)
    resources = service.modelled("ListStackResources", {})["StackResourceSummaries"]
    other = {**resources[-1], "PhysicalResourceId": "Other", "LogicalResourceId": "Other"}
    arn = FUNCTION_ARN.replace(FUNCTION, "Other")

    def configuration(given: Mapping[str, Any]) -> dict[str, Any]:
        found = service.modelled("GetFunctionConfiguration", given)
        return {**found, "FunctionArn": arn} if given["FunctionName"] == "Other" else found

    service.overrides["ListStackResources"] = lambda given: {
        "StackResourceSummaries": [*resources, other] if given["StackName"] == "Shop" else []
    }
    service.overrides["GetFunctionConfiguration"] = configuration
    service.overrides["ListTags"] = lambda given: {"Tags": {} if given["Resource"] == arn else service.tags}
    result = run(service, *command.split(), "--stack", "Shop")
    assert (result.exit_code, "Other" in result.output) == (0, False)
    service.overrides["ListTags"] = lambda _: {"Tags": {}}
    result = run(service, *command.split(), "--stack", "Shop")
    assert result.exit_code == 2
    assert "must have a function with the tag durable-mi:releases, got Orders, Other" in result.output


def test_rejects_no_function(run: Callable[..., Result]) -> None:
    """A stack or a function must be named."""
    result = CliRunner().invoke(durable_mi, ["release", "status"])
    assert result.exit_code == 2
    assert "--stack or --function must be given" in result.output
    service = _two()
    service.overrides["ListStackResources"] = lambda _: {"StackResourceSummaries": []}
    assert "must have a function on a capacity provider, got none" in run(service, "status", "--stack", "Shop").output


def test_functions_without_a_table_have_their_record_in_a_file(run: Callable[..., Result], tmp_path: Path) -> None:
    """On AWS, in a private file; a local runtime's are forgotten with the process."""
    service = _two()
    del service.tags["durable-mi:release-records"]
    connection = service.connection()
    run(service, "drain", "--yes")
    assert list(tmp_path.iterdir()) == []
    object.__setattr__(connection, "is_loopback", False)
    try:
        run(service, "drain", "--yes")
        [file] = tmp_path.iterdir()
        assert file.stat().st_mode & 0o077 == 0
        assert "PutItem" not in service.names()
    finally:
        object.__setattr__(connection, "is_loopback", True)


def test_a_function_is_named_by_its_arn(run: Callable[..., Result]) -> None:
    """As everywhere."""
    service = _two(minimum=0)
    run(service, "status")
    result = CliRunner().invoke(durable_mi, ["release", "status", "--function", f"{FUNCTION_ARN}:live"])
    assert result.exit_code == 0
