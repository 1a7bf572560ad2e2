"""What becomes of old versions: the options, the tags of the function, and the removal policy of its version."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi.release.opening_hours import OpeningHours
from durable_mi.release.policy import DrainPolicy
from durable_mi.release.scaling import Scaling
from durable_mi.release.tags import RECORDS, read_declared, read_policy
from durable_mi_constructs import ManagedCapacity, Releases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

    Make = Callable[..., Resources]

VERSION = "AWS::Lambda::Version"
HOURS = "Mo-Fr 07:00-19:00 Europe/Berlin"


@pytest.fixture(scope="session")
def workflow(draining_workflow: Callable[..., DurableManagedFunction]) -> Callable[..., DurableManagedFunction]:
    """Have a janitor in each stack."""
    return draining_workflow


@pytest.fixture(scope="module")
def made(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
) -> Make:
    """Synthesizes a stack with one function, whose arguments are given."""

    def make(*preflight: str, **options: Any) -> Resources:
        stack = strict_stack()
        arn = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"
        capacity = ManagedCapacity.from_capacity_provider_arn(
            stack, "Shared", arn, architecture=lambda_.Architecture.ARM_64
        )
        workflow(stack, **{"capacity": capacity, **options})
        return synthesize(stack, lint=False, preflight=preflight)

    return make


def tags(resources: Resources) -> Mapping[str, Any]:
    """Return the tags of the durable function."""
    listed = resources.only("AWS::Lambda::Function").properties.get("Tags", [])
    return {tag["Key"]: tag["Value"] for tag in listed}


def test_old_versions_drain_by_default(made: Make) -> None:
    """The tags say what the defaults of the policy are, and where the record is."""
    resources = made()

    found = tags(resources)
    assert DrainPolicy() == read_policy(found)
    assert Scaling(3) == read_declared(found)
    assert resources.follow(found[RECORDS]) == resources.of_janitor("AWS::DynamoDB::Table")
    assert "Retain" == resources.only(VERSION).body["DeletionPolicy"]


def test_a_policy_is_what_the_tags_say(made: Make) -> None:
    """A pass reads from the tags what the construct was given."""
    resources = made(
        releases=Releases.drain(
            rollback_window=cdk.Duration.hours(2),
            draining_min=2,
            grace=cdk.Duration.minutes(90),
            keep=0,
            schedule=HOURS,
        ),
        min_execution_environments=4,
        max_execution_environments=9,
    )

    assert DrainPolicy(
        rollback_window=timedelta(hours=2),
        draining_min=2,
        grace=timedelta(minutes=90),
        keep=0,
        opening_hours=OpeningHours.parse(HOURS),
    ) == read_policy(tags(resources))
    assert Scaling(4, 9) == read_declared(tags(resources))


def test_a_number_that_only_a_deploy_knows_is_in_the_tag(made: Make) -> None:
    """CloudFormation writes it there."""
    number = cdk.Token.as_number({"Fn::Select": [0, [5]]})

    found = tags(made(min_execution_environments=number, max_execution_environments=9))["durable-mi:environments"]

    assert {"Fn::Join": ["", [{"Fn::Select": [0, [5]]}, "-9"]]} == found


def test_a_policy_publishes_no_version(made: Make) -> None:
    """The hash in the version's id does not count tags."""
    ids = {
        made(releases=releases).only(VERSION).logical_id
        for releases in (None, Releases.drain(keep=7, schedule=HOURS), Releases.keep_all())
    } | {made("DMI701", releases=Releases.replace()).only(VERSION).logical_id}

    assert 1 == len(ids)


def test_all_versions_can_be_kept(made: Make) -> None:
    """Then there is no tag, no janitor, and nothing for it to do."""
    resources = made(releases=Releases.keep_all())

    assert {} == tags(resources)
    assert [] == [name for name in resources.json["Resources"] if name.startswith("DurableReleases")]
    assert "Retain" == resources.only(VERSION).body["DeletionPolicy"]


def test_a_version_can_replace_the_one_before(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """CloudFormation deletes it, which a warning says; the function beside keeps its versions."""
    stack = strict_stack()
    first = workflow(stack, "Replaced", releases=Releases.replace())
    workflow(stack, "Kept", capacity=first.capacity, releases=Releases.keep_all())
    resources = synthesize(stack, preflight=["DMI701"])

    assert {"Delete", "Retain"} == {it.body["DeletionPolicy"] for it in resources.of_type(VERSION)}
    assert {"durable-mi:releases-replace": "Orders/Replaced"} == warnings_of(stack)


def test_rejects_deleted_versions_of_a_function_beside_one_that_replaces_its_own(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """The exemption is the function's, not the stack's."""
    stack = strict_stack()
    first = workflow(stack, "Replaced", releases=Releases.replace())
    workflow(stack, "Drains", capacity=first.capacity)
    cdk.RemovalPolicies.of(stack).destroy()

    cdk.assertions.Template.from_stack(stack)
    assert ["Orders/Drains/Resource/CurrentVersion/Resource"] == [
        construct.node.path
        for construct in stack.node.find_all()
        for entry in construct.node.metadata
        if entry.type == "aws:cdk:error"
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rollback_window": cdk.Duration.millis(1500)}, "rollback_window must be in whole seconds, got 1.5 seconds: "),
        ({"grace": cdk.Duration.millis(1)}, "grace must be in whole seconds, got 0.001 seconds: "),
        (
            {"grace": cdk.Duration.seconds(cdk.Token.as_number({"Ref": "Grace"}))},
            "grace must be known when the app is synthesized, got a token: ",
        ),
        ({"draining_min": 0}, "draining_min must be 1 to 15000, got 0"),
        ({"draining_min": 15_001}, "draining_min must be 1 to 15000, got 15001"),
        ({"keep": -1}, "keep must not be negative, got -1"),
        ({"schedule": "weekdays"}, "opening hours must be like 'Mo-Fr 07:00-19:00 Europe/Berlin', got 'weekdays'"),
        ({"schedule": ""}, "opening hours must be like 'Mo-Fr 07:00-19:00 Europe/Berlin', got ''"),
        ({"schedule": "Mo-Fr 19:00-07:00 Europe/Berlin"}, "it must close later than it opens, on the same day"),
        ({"schedule": "Mo-Fr 07:00-19:00 Europe/Nowhere"}, "opening hours must be like .* Europe/Nowhere"),
    ],
)
def test_rejects_a_policy_out_of_range(options: dict[str, Any], message: str) -> None:
    """Before anything is built, in one line."""
    with pytest.raises(ValueError, match=message if ".*" in message else re.escape(message)) as raised:
        Releases.drain(**options)

    assert "\n" not in str(raised.value)


def test_rejects_a_version_that_is_deleted_and_drains() -> None:
    """Only one of both can be."""
    with pytest.raises(ValueError, match="policy and deletes_previous must not be given together"):
        Releases(policy=DrainPolicy(), deletes_previous=True)


def test_the_defaults_are_those_of_the_policy() -> None:
    """What the docstring says is what the tags mean."""
    assert DrainPolicy() == Releases.drain().policy
