"""The calls of a pass: read to the end or not at all, and nothing that could delete a function."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.operate.errors import ServiceError, UsageError
from durable_mi.release.calls.pages import MOST_PAGES
from durable_mi.release.client import ReleaseClient
from durable_mi.release.errors import OutOfTimeError, PartialAnswerError, UnsupportedOperationError
from durable_mi.release.observed import ObservedAlias
from durable_mi.release.scaling import PARKED, Scaling
from tests.unit.release.release_service import FUNCTION, FUNCTION_ARN, Service, Version, error, execution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _service() -> Service:
    return Service(versions={"1": Version(executions=["RUNNING", "SUCCEEDED", "PAUSED"]), "2": Version(maximum=9)})


@pytest.mark.parametrize("scaling", [Scaling(1), Scaling(2, 7), PARKED])
def test_scaling_calls_give_both_numbers(scaling: Scaling) -> None:
    """Lambda resets a number that is left out."""
    service = _service()
    service.client().put_scaling(FUNCTION, "1", scaling)
    [(_, given)] = service.changes()
    assert given["FunctionScalingConfig"] == {
        "MinExecutionEnvironments": scaling.minimum,
        "MaxExecutionEnvironments": scaling.maximum,
    }


@pytest.mark.parametrize("version", ["", "live", "$LATEST", "$LATEST.PUBLISHED", "1 ", "-1", "\u0661", "1.0"])
def test_rejects_deleting_what_is_no_version_number(version: str) -> None:
    """Without a number the call deletes the function with all its versions."""
    service = _service()
    with pytest.raises(UsageError, match="named by its number"):
        service.client().delete_version(FUNCTION, version)
    with pytest.raises(UsageError, match="named by its number"):
        service.client().put_scaling(FUNCTION, version, PARKED)
    assert service.calls == []


def test_deletes_a_version_by_its_number() -> None:
    """The qualifier is always given."""
    service = _service()
    service.client().delete_version(FUNCTION, "1")
    assert service.changes() == [("DeleteFunction", {"FunctionName": FUNCTION, "Qualifier": "1"})]


def test_reads_every_page_of_executions() -> None:
    """An empty page with a marker proves nothing: what comes after it counts."""
    pages = {None: ([], "a"), "a": ([execution("1", "RUNNING")], "b"), "b": ([], "c"), "c": ([], None)}
    service = _service()

    def answer(given: Mapping[str, Any]) -> dict[str, Any]:
        items, marker = pages[given.get("Marker")]
        return {"DurableExecutions": items, **({"NextMarker": marker} if marker else {})}

    service.overrides["ListDurableExecutionsByFunction"] = answer
    assert len(service.client().executions(FUNCTION, "1", "RUNNING")) == 1
    assert service.client().has_any_execution(FUNCTION, "1") is True


@pytest.mark.parametrize("markers", [["a", "a"], ["a", "b", "a"], [str(number) for number in range(MOST_PAGES + 1)]])
def test_rejects_lists_without_an_end(markers: list[str]) -> None:
    """A marker that comes twice, or too many pages: nothing is concluded from an empty list."""
    service, left = _service(), iter(markers)
    service.overrides["ListDurableExecutionsByFunction"] = lambda _: {"NextMarker": next(left)}
    with pytest.raises(PartialAnswerError, match="to the end"):
        service.client().executions(FUNCTION, "1", "RUNNING")


def test_rejects_executions_of_another_status() -> None:
    """A filter that is not honoured makes the list say something else than what was asked."""
    service = _service()
    service.overrides["ListDurableExecutionsByFunction"] = lambda _: {"DurableExecutions": [execution("1", "FAILED")]}
    with pytest.raises(PartialAnswerError, match="RUNNING"):
        service.client().executions(FUNCTION, "1", "RUNNING")


def test_reads_requested_numbers_else_applied_ones() -> None:
    """A maximum that is missing is none."""
    service = _service()
    assert service.client().scaling(FUNCTION, "1") == Scaling(3)
    assert service.client().scaling(FUNCTION, "2") == Scaling(3, 9)
    service.overrides["GetFunctionScalingConfig"] = lambda _: {
        "AppliedFunctionScalingConfig": {"MinExecutionEnvironments": 4, "MaxExecutionEnvironments": 5}
    }
    assert service.client().scaling(FUNCTION, "1") == Scaling(4, 5)


@pytest.mark.parametrize("answer", [{}, {"RequestedFunctionScalingConfig": {"MaxExecutionEnvironments": 5}}])
def test_rejects_scaling_without_a_minimum(answer: dict[str, object]) -> None:
    """Unknown numbers are not the default."""
    service = _service()
    service.overrides["GetFunctionScalingConfig"] = lambda _: answer
    with pytest.raises(PartialAnswerError, match="minimum"):
        service.client().scaling(FUNCTION, "1")


@pytest.mark.parametrize(
    ("operation", "answer", "read"),
    [
        ("ListAliases", {}, lambda client: client.aliases(FUNCTION)),
        ("ListAliases", {"Aliases": [{"Name": "live"}]}, lambda client: client.aliases(FUNCTION)),
        ("ListVersionsByFunction", {"Versions": [{}]}, lambda client: client.versions(FUNCTION)),
        ("GetFunctionConfiguration", {}, lambda client: client.configuration(FUNCTION)),
    ],
)
def test_rejects_answers_without_what_they_must_have(
    operation: str, answer: dict[str, Any], read: Callable[[ReleaseClient], object]
) -> None:
    """A member that is missing is no empty list."""
    service = _service()
    service.overrides[operation] = lambda _: answer
    with pytest.raises(PartialAnswerError, match=f"lambda:{operation}"):
        read(service.client())


def test_event_age_has_a_default_and_errors_are_none() -> None:
    """No configuration means six hours; an error means nothing."""
    service = _service()
    assert service.client().event_age(FUNCTION, "live") == timedelta(hours=6)
    service.overrides["GetFunctionEventInvokeConfig"] = lambda _: {"MaximumEventAgeInSeconds": 60}
    assert service.client().event_age(FUNCTION, "live") == timedelta(minutes=1)
    service.overrides["GetFunctionEventInvokeConfig"] = error("AccessDeniedException")
    with pytest.raises(ServiceError, match="lambda:GetFunctionEventInvokeConfig"):
        service.client().event_age(FUNCTION, "live")


def test_versions_are_numbers_in_order() -> None:
    """Neither ``$LATEST`` nor ``$LATEST.PUBLISHED`` is a version to act on."""
    service = Service(versions={"10": Version(), "9": Version()})
    assert service.client().versions(FUNCTION) == ("9", "10")


def test_rejects_operations_that_boto3_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old boto3 means one line and no action."""
    service = _service()
    client = service.client()
    model = service.connection().functions.meta.service_model
    known = [name for name in model.operation_names if name != "GetFunctionScalingConfig"]
    monkeypatch.setitem(vars(model), "operation_names", known)
    with pytest.raises(UnsupportedOperationError, match="boto3 must know lambda:GetFunctionScalingConfig"):
        client.scaling(FUNCTION, "1")
    assert client.unsupported == {"lambda:GetFunctionScalingConfig"}


def test_rejects_calls_when_no_time_is_left() -> None:
    """What is not asked is not unknown: the pass ends."""
    service = _service()
    client = ReleaseClient(service.connection(), may_call=lambda: False)
    with pytest.raises(OutOfTimeError, match="no time is left for lambda:ListAliases"):
        client.aliases(FUNCTION)
    assert service.calls == []


@pytest.mark.parametrize("status", ["DELETE_COMPLETE", "DELETE_SKIPPED"])
def test_what_a_stack_gave_up_is_not_its_own(status: str) -> None:
    """A capacity provider that was retained when it was replaced is not in use by its stack."""
    service = _service()
    resources = service.modelled("ListStackResources", {})["StackResourceSummaries"]
    service.overrides["ListStackResources"] = lambda _: {
        "StackResourceSummaries": [{**each, "ResourceStatus": status} for each in resources]
    }
    assert service.client().stack_resources("Shop", "AWS::Lambda::CapacityProvider") == ()
    del service.overrides["ListStackResources"]
    assert service.client().stack_resources("Shop", "AWS::Lambda::CapacityProvider") == ("Shared",)


def test_an_alias_is_moved_with_its_revision() -> None:
    """Weights of before go unless they are given again."""
    service = _service()
    service.overrides["UpdateAlias"] = lambda _: {"AliasArn": f"{FUNCTION_ARN}:live"}
    alias = ObservedAlias(name="live", version="2", weights={"1": 0.5}, revision="r9")
    service.client().point_alias(FUNCTION, alias, version="1", weights={})
    [(_, given)] = service.changes()
    assert given == {
        "FunctionName": FUNCTION,
        "Name": "live",
        "FunctionVersion": "1",
        "RoutingConfig": {"AdditionalVersionWeights": {}},
        "RevisionId": "r9",
    }
