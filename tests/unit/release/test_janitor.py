"""The janitor's handler: a pass over each function that is ours, whatever happens to the others."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.operate.connection import Connection
from durable_mi.release import janitor, metrics
from durable_mi.release.tags import RELEASES
from tests.unit.release.release_service import FUNCTION, STACK_ID, TAGS, Service, Version, error

if TYPE_CHECKING:
    from collections.abc import Mapping


class Context:
    """An invocation with so many milliseconds left."""

    def __init__(self, left: int = 60_000) -> None:
        self.left = left

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that is left."""
        return self.left


class Clock:
    """The janitor's time, which a test moves."""

    now = datetime(2026, 5, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that stands still between the passes."""
    clock = Clock()
    monkeypatch.setattr(janitor, "utc_now", clock)
    monkeypatch.setenv(janitor.STACK_VARIABLE, STACK_ID)
    monkeypatch.setenv(janitor.RECORDS_VARIABLE, "Records")
    return clock


def _run(service: Service, monkeypatch: pytest.MonkeyPatch, context: Context | None = None) -> dict[str, int]:
    connection = service.connection()
    janitor.calls.cache_clear()
    monkeypatch.setattr(Connection, "open", lambda **_: connection)
    return janitor.handler({}, context or Context())


def _lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the log lines of decisions and those of metrics."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [each for each in lines if "_aws" not in each], [each for each in lines if "_aws" in each]


def test_parks_an_old_version_in_the_end(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way by the schedule alone: rollback window, step down, two looks, parked."""
    service = Service(versions={"1": Version(), "2": Version()}, alias="2")
    minimums = []
    for _ in range(45):
        assert _run(service, monkeypatch) == {"functions": 1, "passes": 1}
        minimums.append(service.versions["1"].minimum)
        clock.now += timedelta(minutes=10)
    assert sorted(set(minimums), reverse=True) == [3, 1, 0]
    assert minimums == sorted(minimums, reverse=True)
    assert service.versions["2"].minimum == 3
    decisions, measured = _lines(capsys)
    done = [(each["subject"], each["action"]) for each in decisions if each["release"] == "done"]
    assert done == [("1", "set version 1 to minimum 1, no maximum"), ("1", "park version 1")]
    assert [each[metrics.WARM_VERSIONS] for each in (measured[0], measured[-1])] == [2, 1]
    assert {name: measured[-1][name] for name in (*metrics.DIMENSIONS, metrics.VERSIONS_ON_PROVIDER)} == {
        "StackName": "Shop",
        "FunctionName": FUNCTION,
        metrics.VERSIONS_ON_PROVIDER: 2,
    }
    [directive] = measured[-1]["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == (metrics.NAMESPACE, [["StackName", "FunctionName"]])
    assert {each["Name"] for each in directive["Metrics"]} <= measured[-1].keys()


def test_counts_what_is_stuck(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version whose start failed does not drain by itself, and somebody must hear of it."""
    del clock
    service = Service(versions={"1": Version(), "2": Version()}, alias="2")
    _run(service, monkeypatch)
    service.versions["1"].state = "Failed"
    _run(service, monkeypatch)

    assert [0, 1] == [each[metrics.STUCK_VERSIONS] for each in _lines(capsys)[1]]


def test_leaves_functions_alone_that_are_not_ours(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tags are read of a function without our tag."""
    del clock
    service = Service(versions={"1": Version(), "2": Version()}, alias="2", tags={})
    assert _run(service, monkeypatch) == {"functions": 1, "passes": 0}
    assert service.names() == ["ListStackResources", "ListTags"]


def test_one_failing_function_does_not_stop_the_others(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The invocation fails at the end, so that the metric Errors shows it."""
    del clock
    service = Service(versions={"1": Version()})
    resources = service.modelled("ListStackResources", {})["StackResourceSummaries"]
    broken = {**resources[-1], "PhysicalResourceId": "Broken", "LogicalResourceId": "Broken"}
    service.overrides["ListStackResources"] = lambda _: {"StackResourceSummaries": [broken, *resources]}
    service.overrides["ListTags"] = lambda _: {"Tags": TAGS}

    def configuration(given: Mapping[str, Any]) -> dict[str, Any]:
        if given["FunctionName"] == "Broken":
            return error("ServiceException")(given)
        return service.modelled("GetFunctionConfiguration", given)

    service.overrides["GetFunctionConfiguration"] = configuration
    with pytest.raises(janitor.JanitorError, match="the pass of Broken must succeed"):
        _run(service, monkeypatch)
    assert list(service.items) == [FUNCTION]
    decisions, measured = _lines(capsys)
    assert [(each["release"], each["function"]) for each in decisions if each["release"] == "failed"] == [
        ("failed", "Broken")
    ]
    failures = {each["FunctionName"]: each[metrics.FAILURES] for each in measured}
    assert failures == {"Broken": 1, FUNCTION: 0}


def test_a_partial_failure_fails_the_invocation(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read of one version is a failure, although the pass goes on."""
    del clock
    service = Service(versions={"1": Version(), "2": Version()}, alias="2")
    service.overrides["ListDurableExecutionsByFunction"] = error("TooManyRequestsException")
    with pytest.raises(janitor.JanitorError, match=FUNCTION):
        _run(service, monkeypatch)
    assert list(service.items) == [FUNCTION]


def test_stops_before_the_time_is_over(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line says where, and nothing is concluded from what was not asked."""
    del clock
    service, context = Service(versions={"1": Version(), "2": Version()}, alias="2"), Context()

    def count(name: str, given: object) -> None:
        del given
        context.left = 1 if name == "ListVersionsByFunction" else context.left

    service.before = count
    with pytest.raises(janitor.JanitorError):
        _run(service, monkeypatch, context)
    decisions, _ = _lines(capsys)
    assert [each["release"] for each in decisions] == ["stopped"]
    assert service.changes() == []


def test_an_old_boto3_means_no_action_and_a_metric(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The runtime's boto3 is not ours to choose."""
    del clock
    service = Service(versions={"1": Version(), "2": Version()}, alias="2")
    model = service.connection().functions.meta.service_model
    known = [name for name in model.operation_names if name != "ListDurableExecutionsByFunction"]
    monkeypatch.setitem(vars(model), "operation_names", known)
    with pytest.raises(janitor.JanitorError):
        _run(service, monkeypatch)
    decisions, measured = _lines(capsys)
    assert measured[0][metrics.UNSUPPORTED_OPERATIONS] == 1
    assert "boto3 must know lambda:ListDurableExecutionsByFunction" in json.dumps(decisions)
    assert [name for name, _ in service.changes()] == ["PutItem"]


def test_a_second_janitor_does_nothing(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever writes the record first acts; the other one says so and is no failure."""
    del clock
    service = Service(versions={"1": Version(), "2": Version()}, alias="2")
    service.overrides["PutItem"] = error("ConditionalCheckFailedException")
    _run(service, monkeypatch)
    decisions, _ = _lines(capsys)
    assert [each["release"] for each in decisions] == ["skipped"]


def test_the_package_needs_boto3_alone() -> None:
    """The runtime has nothing else."""
    absent = ["rich", "click", "starlette", "uvicorn", "yaml", "aws_cdk", "jsii"]
    script = f"import sys; sys.modules.update(dict.fromkeys({absent!r})); import durable_mi.release.janitor"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_rejects_a_stack_that_is_no_id(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name could become that of another stack."""
    del clock
    monkeypatch.setenv(janitor.STACK_VARIABLE, "Shop")
    with pytest.raises(janitor.JanitorError, match="must be a stack's id, got 'Shop'"):
        janitor.handler({}, Context())


def test_ending_between_any_two_calls_loses_nothing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each invocation gets one call further than the one before, and each step is taken all the same, once."""
    tags = {**TAGS, RELEASES: "drain rollback-window=600 draining-min=1 keep=3 grace=600"}
    service = Service(versions={"1": Version(executions=["RUNNING"]), "2": Version()}, alias="2", tags=tags)
    one = service.versions["1"]
    for expected, status in ((3, "RUNNING"), (1, "SUCCEEDED")):
        one.executions = [status]
        for calls in range(60):
            assert one.minimum == expected
            _killed_after(calls, service, monkeypatch)
            clock.now += timedelta(minutes=10)
            if one.minimum != expected:
                break
    puts = [given for name, given in service.calls if name == "PutFunctionScalingConfig"]
    assert [each["FunctionScalingConfig"]["MinExecutionEnvironments"] for each in puts] == [1, 0]
    assert service.versions["2"].minimum == 3


def _killed_after(calls: int, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter(range(calls))

    def count(name: str, given: object) -> None:
        del name, given
        if next(left, None) is None:
            raise SystemExit

    service.before = count
    with suppress(SystemExit):
        _run(service, monkeypatch)


def test_deletes_nothing_but_versions(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The capacity provider in use stays, and so does the function."""
    tags = {**TAGS, RELEASES: "drain rollback-window=0 draining-min=1 keep=1 grace=0"}
    service = Service(versions={str(number): Version() for number in range(1, 5)}, alias="4", tags=tags)
    for _ in range(12):
        _run(service, monkeypatch)
        clock.now += timedelta(minutes=10)
    assert list(service.versions) == ["3", "4"]
    deleted = [given for name, given in service.changes() if name.startswith("Delete")]
    assert deleted == [{"FunctionName": FUNCTION, "Qualifier": number} for number in ("1", "2")]
