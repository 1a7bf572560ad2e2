"""The table of upgrades holds: by CloudFormation's own create-only lists, and for every argument there is."""

from __future__ import annotations

import inspect
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity, ManagedNetwork
from tests.proofs.replacement import references, update
from tests.upgrades import CHANGES, IN_PLACE, Change, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
KEPT = {"AWS::EC2::VPC", "AWS::Lambda::CapacityProvider", "AWS::Lambda::Function"}


def name(change: Change) -> str:
    """Return the change's name."""
    return change.name


# Each row synthesizes two apps: those that replace something run always, of the others one in four.
ROWS = [
    pytest.param(change, id=change.name, marks=[] if change.replaced or index % 4 == 0 else [pytest.mark.slow])
    for index, change in enumerate(CHANGES)
]


@pytest.mark.parametrize("change", ROWS)
def test_change_replaces_what_the_table_says(change: Change, template_of: Callable[[Shape], Mapping[str, Any]]) -> None:
    """Replaced or removed are resources of exactly these types."""
    found = update(template_of(change.before), template_of(change.after))

    assert change.replaced == {*found.replaced.values(), *found.removed.values()}


@pytest.mark.parametrize("change", ROWS)
def test_change_publishes_what_the_table_says(
    change: Change, template_of: Callable[[Shape], Mapping[str, Any]]
) -> None:
    """A new version appears, and the alias moves to it, or neither."""
    before, after = template_of(change.before), template_of(change.after)
    old, new = _version_of_the_alias(before), _version_of_the_alias(after)

    assert change.publishes == (old != new)
    if change.publishes:
        assert "Retain" == before["Resources"][old]["DeletionPolicy"]
        assert "Retain" == before["Resources"][old]["UpdateReplacePolicy"]


@pytest.mark.parametrize("change", ROWS)
def test_change_changes_something(change: Change, template_of: Callable[[Shape], Mapping[str, Any]]) -> None:
    """A row that compares a template with itself would prove nothing."""
    assert template_of(change.before)["Resources"] != template_of(change.after)["Resources"]


@pytest.mark.parametrize("change", IN_PLACE, ids=name)
def test_function_capacity_provider_and_vpc_stay(change: Change) -> None:
    """What the table files as in place keeps the three that hold executions, instances and addresses."""
    assert not KEPT & change.replaced


def test_a_version_is_published_on_every_new_capacity_provider(
    template_of: Callable[[Shape], Mapping[str, Any]],
) -> None:
    """A version stays on its capacity provider, so the alias must not point at one of before."""
    stuck = []
    for change in CHANGES:
        found = update(template_of(change.before), template_of(change.after))
        subnets_collide = "AWS::EC2::Subnet" in found.replaced.values()
        if "AWS::Lambda::CapacityProvider" in found.replaced.values() and not change.publishes and not subnets_collide:
            stuck.append(change.name)

    assert [] == stuck


def test_every_argument_is_in_the_table() -> None:
    """Whoever adds an argument says what becomes of a deployed app that starts to use it."""
    arguments = {
        f"{construct.__name__}.{argument}"
        for construct in (DurableManagedFunction, ManagedCapacity, ManagedNetwork)
        for argument, parameter in inspect.signature(construct.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    changed = {
        f"{construct.__name__}.{argument}"
        for change in CHANGES
        for construct, before, after in (
            (DurableManagedFunction, change.before.function, change.after.function),
            (ManagedCapacity, change.before.capacity, change.after.capacity),
            (ManagedNetwork, change.before.network, change.after.network),
        )
        for argument in {**before(cdk.Stack()), **after(cdk.Stack())}
    }

    assert set() == arguments - changed - {"ManagedCapacity.network"}  # `build` passes the network always


def test_the_reference_is_generated() -> None:
    """Run `docs/reference/generate_upgrades.py` after a change of the table."""
    page = runpy.run_path(str(REFERENCE / "generate_upgrades.py"))["reference"]()

    assert (REFERENCE / "upgrades.md").read_text() == page


def test_a_changed_create_only_property_replaces() -> None:
    """A security group's description cannot change in place."""
    found = update(_group(description="a"), _group(description="b"))

    assert {"Group": "AWS::EC2::SecurityGroup", "Provider": "AWS::Lambda::CapacityProvider"} == found.replaced


def test_a_reference_to_a_replaced_resource_counts_where_it_is_create_only() -> None:
    """The capacity provider's group is create-only; an egress rule of another group is not asked for."""
    found = update(_group(rule=443), _group(rule=8443))

    assert {} == found.replaced
    assert {"Group": "AWS::EC2::SecurityGroup"} == found.changed


@pytest.mark.parametrize(
    ("before", "after", "replaced"),
    [({"ExecutionTimeout": 1}, {"ExecutionTimeout": 2}, False), (None, {"ExecutionTimeout": 2}, True)],
)
def test_durability_is_switched_on_at_creation_only(before: object, after: object, replaced: object) -> None:
    """Other times are taken in place; a function that was not durable is replaced."""
    templates = [
        {
            "Resources": {
                "F": {"Type": "AWS::Lambda::Function", "Properties": {"DurableConfig": config} if config else {}}
            }
        }
        for config in (before, after)
    ]

    assert replaced == bool(update(*templates).replaced)


def test_what_is_retained_is_not_removed() -> None:
    """CloudFormation lets go of it and deletes nothing."""
    kept = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain"}
    gone = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Delete"}

    assert {"Gone": "AWS::Logs::LogGroup"} == update(
        {"Resources": {"Kept": kept, "Gone": gone}}, {"Resources": {}}
    ).removed


def test_references_of_every_form() -> None:
    """`Ref`, both forms of `Fn::GetAtt` and both of `Fn::Sub`."""
    value = [
        {"Ref": "A"},
        {"Fn::GetAtt": ["B", "Arn"]},
        {"Fn::GetAtt": "C.Arn"},
        {"Fn::Sub": "${D}/${E.Arn}"},
        {"Fn::Join": ["", [{"Fn::Sub": ["${F}", {"x": {"Ref": "G"}}]}]]},
    ]

    assert list("ABCDEFG") == list(references(value))


def _version_of_the_alias(template: Mapping[str, Any]) -> str:
    [alias] = [
        body
        for logical_id, body in template["Resources"].items()
        if body["Type"] == "AWS::Lambda::Alias" and logical_id.startswith("Workflow")
    ]
    version: str = alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
    return version


def _group(description: str = "a", rule: int = 443) -> Mapping[str, Any]:
    group = {"GroupDescription": description, "SecurityGroupEgress": [{"FromPort": rule}]}
    network = {"SubnetIds": [], "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
    return {
        "Resources": {
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
            "Provider": {"Type": "AWS::Lambda::CapacityProvider", "Properties": {"VpcConfig": network}},
        }
    }
