"""The janitor of a stack: one for all of its functions, what it waits for, and what it may do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest

from durable_mi.release import permissions
from durable_mi.release.janitor import RECORDS_VARIABLE, STACK_VARIABLE
from durable_mi_constructs import ManagedCapacity, Releases
from tests.constructs.moves import needed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

FUNCTION = "AWS::Lambda::Function"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
ARN = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333"
LONGEST = "a" * 64


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


@pytest.fixture(scope="module")
def pair(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> Resources:
    """Return two functions, of which the second one starts executions of the first."""
    stack = strict_stack()
    first = workflow(stack, "First")
    second = workflow(stack, "Second", capacity=first.capacity, environment={"FIRST": first.alias.function_arn})
    first.grants.chained_invoke(second)
    return synthesize(stack)


def test_one_janitor_looks_after_all_functions_of_a_stack(pair: Resources) -> None:
    """An ordinary function with what it must know; the defaults that matter are set."""
    found = pair.of_janitor(FUNCTION).properties

    assert {
        STACK_VARIABLE: {"Ref": "AWS::StackId"},
        RECORDS_VARIABLE: {"Ref": pair.of_janitor("AWS::DynamoDB::Table").logical_id},
    } == found["Environment"]["Variables"]
    assert ("durable_mi.release.janitor.handler", "python3.14", ["arm64"], 128, 900) == tuple(
        found[name] for name in ("Handler", "Runtime", "Architectures", "MemorySize", "Timeout")
    )
    assert not {"VpcConfig", "CapacityProviderConfig", "DurableConfig", "ReservedConcurrentExecutions"} & found.keys()
    assert 0 == pair.of_janitor("AWS::Lambda::EventInvokeConfig").properties["MaximumRetryAttempts"]


def test_it_runs_every_five_minutes(pair: Resources) -> None:
    """A rule invokes it, and nobody else may."""
    rule, function = pair.of_janitor("AWS::Events::Rule"), pair.of_janitor(FUNCTION)
    (target,) = rule.properties["Targets"]

    assert "rate(5 minutes)" == rule.properties["ScheduleExpression"]
    assert function == pair.follow(target["Arn"])
    assert rule == pair.follow(pair.of_janitor("AWS::Lambda::Permission").properties["SourceArn"])


def test_it_goes_with_its_stack(pair: Resources) -> None:
    """Nothing of it is retained: a record that is lost makes a drain slower."""
    assert {"Delete"} == {
        pair.of_janitor(kind).body["DeletionPolicy"] for kind in ("AWS::DynamoDB::Table", "AWS::Logs::LogGroup")
    }
    assert 30 == pair.of_janitor("AWS::Logs::LogGroup").properties["RetentionInDays"]


def test_versions_wait_for_the_janitor(pair: Resources) -> None:
    """What can fail of it fails before an alias moves, except for what names the functions."""
    resources = pair.json["Resources"]
    function = pair.of_janitor(FUNCTION).logical_id
    late = {
        pair.of_janitor(kind).logical_id for kind in (MANAGED_POLICY, "AWS::Events::Rule", "AWS::Lambda::Permission")
    }

    for version in pair.of_type("AWS::Lambda::Version"):
        waits_for = needed(resources, version.logical_id)
        assert function in version.depends_on
        assert late.isdisjoint(waits_for)


def test_the_schedule_is_deleted_before_what_the_janitor_needs(pair: Resources) -> None:
    """CloudFormation deletes a resource after everything that depends on it."""
    rule = needed(pair.json["Resources"], pair.of_janitor("AWS::Events::Rule").logical_id)
    rest = {
        pair.of_janitor(kind).logical_id
        for kind in (FUNCTION, MANAGED_POLICY, "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::DynamoDB::Table")
    }
    function = needed(pair.json["Resources"], pair.of_janitor(FUNCTION).logical_id)

    assert rest | {it.logical_id for it in pair.of_type(FUNCTION)} <= rule
    assert rest - {pair.of_janitor(FUNCTION).logical_id, pair.of_janitor(MANAGED_POLICY).logical_id} <= function


def test_it_may_do_what_its_calls_need(pair: Resources) -> None:
    """All actions that the client names, and the logs; those of the command line alone are not among them."""
    statements = [
        statement
        for policy in (*pair.of_type(MANAGED_POLICY, janitor=True), *pair.of_type("AWS::IAM::Policy", janitor=True))
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]
    allowed = {action for it in statements if it["Effect"] == "Allow" for action in _listed(it["Action"])}

    assert {
        *permissions.FUNCTION_READS,
        *permissions.TAG_READS,
        *permissions.VERSION_CHANGES,
        *permissions.PROVIDER_READS,
        *permissions.PROVIDER_CHANGES,
        *permissions.STACK_READS,
        *permissions.RECORD_CALLS,
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    } == allowed
    changes = {*permissions.VERSION_CHANGES, *permissions.PROVIDER_CHANGES}
    assert all(
        "Condition" in it or all(json.dumps(arn).endswith(':*"]]}') for arn in _listed(it["Resource"]))
        for it in statements
        if it["Effect"] == "Allow" and changes & {*_listed(it["Action"])}
    )


def test_each_stack_has_its_own(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """Also where the capacity is another stack's, which has no functions and so no janitor."""
    app = strict_app()
    shared, *stacks = (cdk.Stack(app, name) for name in ("Shared", "Orders", "Invoices"))
    capacity = ManagedCapacity(shared, "Capacity")
    for stack in stacks:
        workflow(stack, capacity=capacity)

    assert [] == synthesize(shared).of_type(FUNCTION, janitor=True)
    for stack in stacks:
        found = synthesize(stack)
        (policy,) = found.of_type(MANAGED_POLICY, janitor=True)
        assert "Fn::ImportValue" in json.dumps(policy.properties["PolicyDocument"]["Statement"][2]["Resource"])
        assert found.of_janitor(FUNCTION).properties["Environment"]


@pytest.mark.parametrize("own_capacity", [False, True], ids=["shared capacity", "capacity of each"])
def test_policies_stay_within_the_quotas_of_iam(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    own_capacity: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Fifty functions, with the longest names: 6,144 characters in a managed policy, 10 of them, and 10,240 inline."""
    stack = strict_stack()
    for number in range(50):
        capacity = ManagedCapacity.from_capacity_provider_arn(
            stack,
            f"Capacity{number}",
            f"{ARN}:capacity-provider:{LONGEST[3:]}{number if own_capacity else 0:03}",
            architecture="arm64",  # type: ignore[arg-type]
        )
        workflow(stack, f"Workflow{number}", capacity=capacity)
    resources = cdk.assertions.Template.from_stack(stack).to_json()["Resources"]
    janitor = {name: body["Properties"] for name, body in resources.items() if name.startswith("DurableReleases")}
    managed = [it["PolicyDocument"] for name, it in janitor.items() if "Versions" in name]
    (inline,) = (it["PolicyDocument"] for name, it in janitor.items() if "DefaultPolicy" in name)

    assert 6144 >= max(len(_deployed(document)) for document in managed)
    assert 10 >= len(managed)
    assert 10_240 >= len(_deployed(inline))
    assert 50 == sum(len(_listed(document["Statement"][1]["Resource"])) for document in managed)


def test_time_zones_of_opening_hours_come_along(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> None:
    """The package of the last function with hours has the zones of all."""
    stack = strict_stack()
    capacity = ManagedCapacity(stack, "Capacity")
    for number, zone in enumerate((None, "Europe/Berlin", "America/New_York", "Europe/Berlin")):
        schedule = None if zone is None else f"Mo-Fr 07:00-19:00 {zone}"
        workflow(stack, f"Workflow{number}", capacity=capacity, releases=Releases.drain(schedule=schedule))
    function = synthesize(stack).of_janitor(FUNCTION).properties
    app = cast("cdk.App", stack.node.root)
    package = Path(app.outdir) / f"asset.{function['Code']['S3Key'].removesuffix('.zip')}"

    assert "/var/task/zoneinfo" == function["Environment"]["Variables"]["PYTHONTZPATH"]
    assert {"Europe/Berlin", "America/New_York"} == {
        file.relative_to(package / "zoneinfo").as_posix() for file in package.glob("zoneinfo/*/*")
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _deployed(value: Any) -> str:
    """Return a policy as IAM counts it, with names as long as they can be."""

    def put(value: Any) -> Any:
        match value:
            case {"Fn::GetAtt": [_, "Arn"]}:
                return f"{ARN}:function:{LONGEST}"
            case {"Fn::Join": ["", parts]}:
                return "".join(str(put(part)) for part in parts)
            case {"Ref": str(name)}:
                return {"AWS::Partition": "aws-us-gov", "AWS::Region": "us-gov-west-1", "AWS::AccountId": "1" * 12}.get(
                    name, f"arn:aws-us-gov:cloudformation:us-gov-west-1:111122223333:stack/{'a' * 128}/{'1' * 36}"
                )
            case dict():
                return {key: put(entry) for key, entry in value.items()}
            case list():
                return [put(entry) for entry in value]
        return value

    document: Mapping[str, Any] = put(value)
    return json.dumps(document, separators=(",", ":"))
