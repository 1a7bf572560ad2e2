"""Carrying out a plan: the record first, and nothing that stopped being right meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.release.apply import Result, apply
from durable_mi.release.decision import Decision, DeleteProvider, DeleteVersion, Plan, SetScaling, VersionState
from durable_mi.release.errors import RecordConflictError
from durable_mi.release.observe import observe
from durable_mi.release.record import ReleaseRecord
from durable_mi.release.record_store import TableRecords
from durable_mi.release.scaling import PARKED, Scaling
from tests.unit.release.release_service import FUNCTION, PROVIDER_ARN, Service, Version, error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.release.decision import Action

NOW = datetime(2026, 5, 4, tzinfo=UTC)
PARK = SetScaling(version="1", scaling=PARKED, expected=Scaling(3))
STEP_DOWN = SetScaling(version="1", scaling=Scaling(1), expected=Scaling(3))
WAKE = SetScaling(version="1", scaling=Scaling(3), expected=PARKED)
DELETE = DeleteVersion(version="1")
OLD_PROVIDER = DeleteProvider(arn=PROVIDER_ARN.replace("Shared", "Replaced"))


def _service(action: Action) -> Service:
    is_parked = action in {WAKE, DELETE}
    one = Version(minimum=0, maximum=0, state="Deactivated") if is_parked else Version()
    service = Service(versions={"1": one, "2": Version()}, alias="2")
    service.overrides["ListFunctionVersionsByCapacityProvider"] = lambda given: {
        "CapacityProviderArn": given["CapacityProviderName"],
        "FunctionVersions": [],
    }
    service.overrides["DeleteCapacityProvider"] = lambda given: {
        "CapacityProvider": {
            "CapacityProviderArn": given["CapacityProviderName"],
            "State": "Deleting",
            "VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]},
            "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/r"},
        }
    }
    return service


def _applied(service: Service, *actions: Action, meanwhile: Callable[[], object] = lambda: None) -> list[Result]:
    """Plan the actions by hand, let something happen, and apply them."""
    client = service.client()
    records = TableRecords(service.connection(), "T")
    stored, observed = records.read(FUNCTION), observe(client, FUNCTION)
    plan = Plan(
        function=FUNCTION,
        decisions=tuple(
            Decision(version=each.version, state=VersionState.DRAINING, action=each, reason="it is time")
            for each in actions
            if not isinstance(each, DeleteProvider)
        ),
        providers=tuple(each for each in actions if isinstance(each, DeleteProvider)),
        record=ReleaseRecord(passes=1),
    )
    meanwhile()
    service.calls.clear()
    return list(apply(client, records, stored, observed, plan, now=NOW))


@pytest.mark.parametrize(
    ("action", "call"),
    [
        (PARK, "PutFunctionScalingConfig"),
        (STEP_DOWN, "PutFunctionScalingConfig"),
        (WAKE, "PutFunctionScalingConfig"),
        (DELETE, "DeleteFunction"),
        (OLD_PROVIDER, "DeleteCapacityProvider"),
    ],
)
def test_carries_out_an_action_after_the_record(action: Action, call: str) -> None:
    """What is about to be requested is remembered before it is."""
    service = _service(action)
    [result] = _applied(service, action)
    assert (result.refused, result.failed, result.is_done) == (None, None, True)
    assert [name for name, _ in service.changes()] == ["PutItem", call]


@pytest.mark.parametrize("action", [PARK, STEP_DOWN, WAKE, DELETE, OLD_PROVIDER])
def test_rejects_a_plan_whose_record_is_not_the_newest(action: Action) -> None:
    """Another pass acts already."""
    service = _service(action)
    newer = {FUNCTION: {"function": {"S": FUNCTION}, "revision": {"N": "9"}, "record": {"S": "{}"}}}
    with pytest.raises(RecordConflictError):
        _applied(service, action, meanwhile=lambda: service.items.update(newer))
    assert [name for name, _ in service.changes()] == ["PutItem"]


def _starts(service: Service, status: str) -> None:
    service.versions["1"].executions.append(status)


def _names(service: Service) -> None:
    service.weights["1"] = 0.0


def _updates(service: Service) -> None:
    service.stack_status = "UPDATE_IN_PROGRESS"


def _fails(service: Service, operation: str) -> None:
    service.overrides[operation] = error("TooManyRequestsException")


def _hands(service: Service) -> None:
    service.versions["1"].minimum = 7


CHANGES: Mapping[str, tuple[tuple[Action, ...], Callable[[Service], object]]] = {
    "a running execution": ((PARK, DELETE), lambda service: _starts(service, "RUNNING")),
    "a pausing execution": ((PARK, DELETE), lambda service: _starts(service, "PAUSING")),
    "a paused execution": ((PARK, DELETE), lambda service: _starts(service, "PAUSED")),
    "an execution that ended": ((DELETE,), lambda service: _starts(service, "SUCCEEDED")),
    "a weight of zero": ((PARK, STEP_DOWN, DELETE), _names),
    "a deployment": ((PARK, STEP_DOWN, DELETE), _updates),
    "executions that cannot be listed": ((PARK, DELETE), lambda it: _fails(it, "ListDurableExecutionsByFunction")),
    "aliases that cannot be listed": ((PARK, STEP_DOWN, DELETE), lambda service: _fails(service, "ListAliases")),
    "a stack that cannot be read": ((PARK, STEP_DOWN, DELETE), lambda service: _fails(service, "DescribeStacks")),
    "numbers that cannot be read": ((PARK, STEP_DOWN, DELETE), lambda it: _fails(it, "GetFunctionScalingConfig")),
    "numbers set by hand": ((PARK, STEP_DOWN, WAKE), _hands),
}


@pytest.mark.parametrize(
    ("what", "action"), [(what, action) for what, (actions, _) in CHANGES.items() for action in actions]
)
def test_rejects_an_action_when_something_changed(what: str, action: Action) -> None:
    """What was planned a moment ago is checked again with a fresh reading."""
    service = _service(action)
    [result] = _applied(service, action, meanwhile=lambda: CHANGES[what][1](service))
    assert result.is_done is False
    assert (result.refused or result.failed or "") != ""
    assert [name for name, _ in service.changes()] == ["PutItem"]


@pytest.mark.parametrize("change", [_updates, lambda it: _starts(it, "RUNNING"), _names])
def test_waking_waits_for_nothing(change: Callable[[Service], object]) -> None:
    """More environments lose no execution."""
    service = _service(WAKE)
    [result] = _applied(service, WAKE, meanwhile=lambda: change(service))
    assert result.is_done


def test_one_failure_does_not_stop_the_rest() -> None:
    """Each action has its own result, in words."""
    service = _service(PARK)
    service.versions["0"] = Version()

    def put(given: Mapping[str, Any]) -> dict[str, Any]:
        return (
            error("ServiceException")(given)
            if given["Qualifier"] == "1"
            else service.modelled("PutFunctionScalingConfig", given)
        )

    service.overrides["PutFunctionScalingConfig"] = put
    other = SetScaling(version="0", scaling=PARKED)
    failed, done = _applied(service, PARK, other)
    assert str(failed).startswith("park version 1 failed: lambda:PutFunctionScalingConfig on function Orders:1 failed")
    assert str(done) == "park version 0: it is time"


@pytest.mark.parametrize("change", ["version", "unknown", "stack", "tags", "gone"])
def test_rejects_deleting_a_capacity_provider_in_use(change: str) -> None:
    """Whatever is on it, or unknown, keeps it."""
    service = _service(OLD_PROVIDER)

    def happen() -> None:
        if change == "version":
            del service.overrides["ListFunctionVersionsByCapacityProvider"]
        elif change == "unknown":
            service.overrides["ListFunctionVersionsByCapacityProvider"] = error("AccessDeniedException")
        elif change == "tags":
            service.provider_tags.clear()
        elif change == "gone":
            service.overrides["ListFunctionVersionsByCapacityProvider"] = error("ResourceNotFoundException", 404)
        else:
            service.providers_in_stack.append("Replaced")

    [result] = _applied(service, OLD_PROVIDER, meanwhile=happen)
    assert result.refused is not None
    assert [name for name, _ in service.changes()] == ["PutItem"]


class _Killed(BaseException):
    """The end of the process at this moment."""


def test_ending_between_any_two_calls_is_harmless() -> None:
    """Parking is requested only after the record says so, and at most what the record says was requested."""
    for calls in range(40):
        service = _service(PARK)
        left = iter(range(calls))

        def count(name: str, given: object, left: Any = left) -> None:  # noqa: ARG001
            if next(left, None) is None:
                raise _Killed

        try:
            client = service.client()
            records = TableRecords(service.connection(), "T")
            service.before = count
            observed = observe(client, FUNCTION)
            decision = Decision(version="1", state=VersionState.DRAINING, action=PARK, reason="it is time")
            plan = Plan(function=FUNCTION, decisions=(decision,), record=ReleaseRecord(passes=1))
            list(apply(client, records, records.read(FUNCTION), observed, plan, now=NOW))
        except _Killed:
            written = FUNCTION in service.items
            assert written or service.versions["1"].minimum == 3
            continue
        assert service.versions["1"].minimum == 0
        return
    pytest.fail("a pass must end within forty calls")
