"""What a pass sees: what fails is unknown, for the version that it failed for, and nothing is guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.release.observe import observe, observe_again
from durable_mi.release.observed import ObservedProvider
from durable_mi.release.scaling import Scaling
from tests.unit.release.release_service import FUNCTION, PROVIDER_ARN, STACK_ID, Service, Version, error

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD_PROVIDER = PROVIDER_ARN.replace("Shared", "Replaced")


def _service() -> Service:
    return Service(versions={"1": Version(executions=["PAUSED"]), "2": Version(executions=["SUCCEEDED"])}, alias="2")


def test_reads_a_function_with_its_versions() -> None:
    """Each status of open executions is counted, and the tags say what is wanted."""
    observed = observe(_service().client(), FUNCTION)
    assert observed.problem is None
    assert observed.live == frozenset({"2"})
    assert observed.declared == Scaling(3)
    assert observed.policy is not None
    assert observed.stack is not None
    assert (observed.stack.name, observed.stack.status) == ("Shop", "UPDATE_COMPLETE")
    assert observed.event_age == timedelta(hours=6)
    one, two = observed.versions or ()
    assert (one.open_executions, one.has_any_execution) == ({"RUNNING": 0, "PAUSING": 0, "PAUSED": 1}, True)
    assert (two.is_empty, two.has_any_execution, two.state) == (True, None, "Active")
    assert (one.execution_timeout, one.scaling) == (timedelta(hours=1), Scaling(3))


def test_asks_for_one_status_at_a_time() -> None:
    """What a service does with several statuses is documented nowhere."""
    service = _service()
    observe(service.client(), FUNCTION)
    asked = [given.get("Statuses") for name, given in service.calls if name == "ListDurableExecutionsByFunction"]
    assert asked == [["RUNNING"], ["PAUSING"], ["PAUSED"], ["RUNNING"], ["PAUSING"], ["PAUSED"]]


@pytest.mark.parametrize("code", ["TooManyRequestsException", "AccessDeniedException", "ServiceException"])
@pytest.mark.parametrize("status", ["RUNNING", "PAUSING", "PAUSED"])
def test_rejected_lists_make_the_executions_unknown(code: str, status: str) -> None:
    """One status that cannot be listed is enough, and only that version is unknown."""
    service = _service()
    service.overrides["ListDurableExecutionsByFunction"] = lambda given: (
        error(code)(given)
        if given["Qualifier"] == "1" and given.get("Statuses") == [status]
        else service.modelled("ListDurableExecutionsByFunction", given)
    )
    one, two = observe(service.client(), FUNCTION).versions or ()
    assert (one.open_executions, one.is_empty, one.has_any_execution) == (None, None, None)
    assert one.problem is not None
    assert "lambda:ListDurableExecutionsByFunction" in one.problem
    assert (two.is_empty, two.problem) == (True, None)


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("ListAliases", "aliases"),
        ("ListVersionsByFunction", "versions"),
        ("GetFunctionEventInvokeConfig", "event_age"),
        ("ListTags", "policy"),
    ],
)
def test_rejected_reads_make_what_they_read_unknown(operation: str, unknown: str) -> None:
    """The error is kept in words."""
    service = _service()
    service.overrides[operation] = error("AccessDeniedException")
    observed = observe(service.client(), FUNCTION)
    assert getattr(observed, unknown) is None
    assert observed.problem is not None
    assert f"lambda:{operation}" in observed.problem


def test_an_unknown_stack_is_not_no_stack() -> None:
    """Nothing is done while its status is unknown."""
    service = _service()
    service.overrides["DescribeStacks"] = error("AccessDenied")
    observed = observe(service.client(), FUNCTION)
    assert observed.stack is not None
    assert (observed.stack.name, observed.stack.status) == ("Shop", None)


def test_rejects_a_policy_that_cannot_be_read() -> None:
    """A tag with a typing error asks for nothing, and says so."""
    service = _service()
    service.tags["durable-mi:releases"] = "drain soon"
    observed = observe(service.client(), FUNCTION)
    assert observed.policy is None
    assert "got 'drain soon'" in (observed.problem or "")


def test_capacity_providers_say_whose_they_are() -> None:
    """One that was replaced is ours and not current, once neither the function nor a stack has it."""
    service = _service()
    observed = observe(service.client(), FUNCTION, providers=[OLD_PROVIDER])
    assert observed.providers == (
        ObservedProvider(arn=OLD_PROVIDER, versions=2, is_current=False, is_ours=True),
        ObservedProvider(arn=PROVIDER_ARN, versions=2, is_current=True, is_ours=True),
    )
    service.provider_tags["aws:cloudformation:stack-id"] = STACK_ID.replace("Shop", "Other")
    assert [each.is_ours for each in observe(service.client(), FUNCTION).providers] == [False]
    service.provider_tags["aws:cloudformation:stack-id"] = STACK_ID
    service.overrides["ListStackResources"] = error("AccessDenied")
    unknown = observe(service.client(), FUNCTION, providers=[OLD_PROVIDER])
    assert unknown.providers[0].is_current
    assert "cloudformation:ListStackResources" in (unknown.problem or "")


def test_a_capacity_provider_that_is_gone_is_no_problem() -> None:
    """Somebody deleted it, or a pass did."""
    service = _service()

    def on_it(given: Mapping[str, Any]) -> dict[str, Any]:
        is_old = given["CapacityProviderName"] == OLD_PROVIDER
        answer = error("ResourceNotFoundException", 404) if is_old else None
        return answer(given) if answer else service.modelled("ListFunctionVersionsByCapacityProvider", given)

    service.overrides["ListFunctionVersionsByCapacityProvider"] = on_it
    observed = observe(service.client(), FUNCTION, providers=[OLD_PROVIDER])
    assert ([each.arn for each in observed.providers], observed.problem) == ([PROVIDER_ARN], None)


def test_looks_again_at_one_version() -> None:
    """Executions first, then aliases: an alias that comes back brings executions."""
    service = _service()
    client = service.client()
    observed = observe(client, FUNCTION)
    service.calls.clear()
    service.alias, service.stack_status = "1", "UPDATE_IN_PROGRESS"
    service.versions["1"].executions = ["RUNNING", "RUNNING"]
    again = observe_again(client, observed, "1")
    assert again.live == frozenset({"1"})
    assert again.stack is not None
    assert again.stack.status == "UPDATE_IN_PROGRESS"
    assert [each.open_executions for each in again.versions or ()] == [
        {"RUNNING": 2, "PAUSING": 0, "PAUSED": 0},
        {"RUNNING": 0, "PAUSING": 0, "PAUSED": 0},
    ]
    lists = [name for name in service.names() if name in {"ListAliases", "ListDurableExecutionsByFunction"}]
    assert lists[-1] == "ListAliases"
