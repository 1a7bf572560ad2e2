"""What a template's intrinsic functions come to, with nothing known but the template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.assembly import CloudAssembly, Stack
from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.resource import Resource
from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, shown

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "dev"},
        "Seconds": {"Type": "Number"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/images/latest"},
    },
    "Mappings": {"Sizes": {"dev": {"memory": 2048, "zones": ["a", "b"]}}},
    "Conditions": {
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]},
        "IsLong": {"Fn::Equals": [{"Ref": "Seconds"}, "900"]},
        "IsHere": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-central-1"]},
        "Loop": {"Fn::Not": [{"Condition": "Loop"}]},
    },
    "Resources": {
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Gone": {"Type": "AWS::SQS::Queue", "Condition": "IsProd"},
        "Perhaps": {"Type": "AWS::SQS::Queue", "Condition": "IsLong"},
    },
}


def resolver(**stack: Any) -> Resolver:
    """Return the resolver of the template."""
    return Resolver(Stack.of_template(TEMPLATE, name="Shop", **stack))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, MISSING),
        ({"Ref": "AWS::NoValue"}, MISSING),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "Seconds"}, Unknown("parameter Seconds")),
        ({"Ref": "Subnets"}, Unknown("parameter Subnets", many=True)),
        ({"Ref": "Image"}, Unknown("parameter Image")),
        ({"Ref": "Table"}, Reference("Table")),
        ({"Ref": "Gone"}, MISSING),
        ({"Ref": "Perhaps"}, Reference("Perhaps")),
        ({"Fn::GetAtt": ["Gone", "Arn"]}, MISSING),
        ({"Fn::GetAtt": ["Table", {"Fn::Sub": "${Stage}Arn"}]}, Reference("Table", "devArn")),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Ref": "AWS::AccountId"}, Unknown("AWS::AccountId")),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Fn::If": ["IsDev", 30, 60]}, 30),
        ({"Fn::If": ["IsProd", 30, {"Ref": "AWS::NoValue"}]}, MISSING),
        ({"Fn::If": ["IsLong", 30, 60]}, Unknown("condition IsLong")),
        ({"Fn::If": ["IsLong", 30, 30]}, 30),
        ({"Fn::If": ["IsHere", "here", "there"]}, "here"),
        ({"Fn::If": ["Loop", 1, 2]}, Unknown("condition Loop")),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "memory"]}, 2048),
        ({"Fn::FindInMap": ["Sizes", "prod", "memory", {"DefaultValue": {"Ref": "Stage"}}]}, "dev"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Seconds"}, "memory", {"DefaultValue": 1}]}, Unknown("mapping Sizes")),
        ({"Fn::FindInMap": ["Sizes", "prod", "memory"]}, Unknown("mapping Sizes")),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", "a:b"]}]}, "b"),
        ({"Fn::Select": [2, {"Ref": "Subnets"}]}, Unknown("parameter Subnets [2]")),
        ({"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "eu-central-1b"),
        ({"Fn::Select": [0, {"Fn::GetAZs": "us-east-1"}]}, "us-east-1a"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, {"Ref": "Stage"}]]}, "a-dev"),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Table"}]]}, Text(("a/", Reference("Table")))),
        ({"Fn::Sub": "${Stage}-${!kept}${Gone}"}, "dev-${kept}"),
        ({"Fn::Sub": ["${x}.", {"x": {"Ref": "Stage"}}]}, "dev."),
        ({"Fn::Length": {"Ref": "Names"}}, 2),
        ({"Fn::Length": {"Ref": "Subnets"}}, Unknown("parameter Subnets", many=True)),
        ({"Fn::ToJsonString": {"a": [{"Ref": "Stage"}], "b": {"Ref": "AWS::NoValue"}}}, '{"a":["dev"]}'),
        (
            {"Fn::ToJsonString": {"a": {"Fn::Sub": '"${Table}'}}},
            Text(('{"a":"\\"', Reference("Table"), '"}')),
        ),
        ({"Fn::Base64": {"Ref": "Stage"}}, "ZGV2"),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 8]}, Unknown("Fn::Cidr", many=True)),
        ({"Fn::Transform": {"Name": "x"}}, Unknown("Fn::Transform")),
        ({"Fn::ImportValue": {"Fn::Sub": "${Stage}-${Seconds}"}}, Unknown("export dev-${parameter Seconds}")),
        ("{{resolve:ssm:/app/table}}", Unknown("{{resolve:ssm:/app/table}}")),
        ("x-{{resolve:ssm:a:1}}", Text(("x-", Unknown("{{resolve:ssm:a:1}}")))),
        ({"Fn::Join": ["", ["{{resolve:ssm:", {"Ref": "Stage"}, "}}"]]}, Unknown("{{resolve:ssm:dev}}")),
        (
            {"Fn::Sub": "${AWS::AccountId}:{{resolve:ssm:/a}}:b"},
            Text((Unknown("AWS::AccountId"), ":", Unknown("{{resolve:ssm:/a}}"), ":b")),
        ),
        (
            {"Fn::Sub": "a:{{resolve:ssm:/${AWS::StackName}/b}}:${Seconds}"},
            Text(("a:", Unknown("{{resolve:ssm:/...}}"), ":", Unknown("parameter Seconds"))),
        ),
        ({"Fn::Sub": "{{resolve:ssm:${Seconds}"}, Text(("{{resolve:ssm:", Unknown("parameter Seconds")))),
    ],
)
def test_a_value_is_what_the_template_makes_of_it(value: Any, expected: Any) -> None:
    """Plain values are known; references stay references; what is known only after deployment names what it takes."""
    assert expected == resolver(region="eu-central-1").resolve(value)


def test_a_tree_has_no_intrinsic_function_left_that_can_be_resolved() -> None:
    """What is missing falls away, in objects and in lists."""
    value = {"a": [{"Ref": "AWS::NoValue"}, {"Ref": "Stage"}], "b": {"Fn::If": ["IsProd", 1, {"Ref": "AWS::NoValue"}]}}
    assert {"a": ["dev"]} == resolver().tree(value)


def test_a_region_that_is_not_known_has_zones_that_differ() -> None:
    """Their names are not those of any region."""
    assert ["zone a", "zone b"] == resolver().tree(
        [{"Fn::Select": [0, {"Fn::GetAZs": ""}]}, {"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}]
    )


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
    ],
)
def test_a_region_decides_partition_and_domain(region: str, partition: str, suffix: str) -> None:
    """As botocore has them."""
    assert [partition, suffix] == resolver(region=region).tree([{"Ref": "AWS::Partition"}, {"Ref": "AWS::URLSuffix"}])


@pytest.mark.parametrize(("logical_id", "expected"), [("Table", True), ("Gone", False), ("Perhaps", None)])
def test_a_condition_decides_whether_a_resource_exists(*, logical_id: str, expected: bool | None) -> None:
    """Unknown is neither."""
    stack = Stack.of_template(TEMPLATE, name="Shop")
    assert expected is Resolver(stack).exists(stack.resources[logical_id])


def nested(arguments: dict[str, Any], outer_condition: str | None = None) -> tuple[Stack, Stack]:
    """Return a stack, and one that is nested in it."""
    inside = Resource("Inside", "AWS::CloudFormation::Stack", {}, None, condition=outer_condition)
    table = Resource("Table", "AWS::DynamoDB::Table", {}, None)
    outer = Stack(
        "Outer", "Outer", None, None, {"Inside": inside, "Table": table},
        parameters={"Stage": {"Default": "prod"}, "Open": {}},
        conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )  # fmt: skip
    inner = Stack(
        "Outer-Inside", "Inner", None, None, {"Fn": Resource("Fn", "AWS::Lambda::Function", {}, None)},
        parameters={"Stage": {"Default": "dev"}, "Names": {"Type": "CommaDelimitedList"}},
        conditions={"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        outputs={
            "Stage": {"Value": {"Fn::Sub": "is-${Stage}"}},
            "Fn": {"Value": {"Ref": "Fn"}},
            "Around": {"Value": {"Fn::GetAtt": ["Inside", "Outputs.Around"]}},
        },
    )  # fmt: skip
    return outer, inner.within(outer, "Inside", arguments)


def test_what_the_parent_gives_counts_and_not_the_default() -> None:
    """Also in conditions; a list comes as one text; without an argument the default counts."""
    _, inner = nested({"Stage": {"Ref": "Stage"}, "Names": "a,b"})
    assert "prod" == Resolver(inner).resolve({"Ref": "Stage"})
    assert ["a", "b"] == Resolver(inner).resolve({"Ref": "Names"})
    assert Resolver(inner).condition("IsProd") is True
    assert "dev" == Resolver(nested({})[1]).resolve({"Ref": "Stage"})


def test_what_the_parent_does_not_know_is_named_with_its_stack() -> None:
    """A reference of the parent means nothing in the nested template."""
    _, inner = nested({"Stage": {"Ref": "Open"}, "Names": {"Ref": "Table"}})
    assert Unknown("parameter Open of stack Outer") == Resolver(inner).resolve({"Ref": "Stage"})
    assert Unknown("Table of stack Outer") == Resolver(inner).resolve({"Ref": "Names"})


def test_outputs_of_a_nested_stack_are_known_where_they_are_plain() -> None:
    """The rest are references to the nested stack, as its own resources are."""
    outer, _ = nested({"Stage": {"Ref": "Stage"}})
    assert "is-prod" == Resolver(outer).resolve({"Fn::GetAtt": ["Inside", "Outputs.Stage"]})
    assert Reference("Inside", "Outputs.Fn") == Resolver(outer).resolve({"Fn::GetAtt": ["Inside", "Outputs.Fn"]})


def test_values_that_lead_in_a_circle_end() -> None:
    """A nested stack that is given its own output."""
    outer, inner = nested({"Stage": {"Fn::GetAtt": ["Inside", "Outputs.Stage"]}})
    assert isinstance(Resolver(inner).resolve({"Ref": "Stage"}), Unknown | Text)
    assert isinstance(Resolver(outer).resolve({"Fn::GetAtt": ["Inside", "Outputs.Stage"]}), Reference)


def test_nothing_exists_in_a_nested_stack_that_is_not_created() -> None:
    """The parent's condition decides."""
    _, inner = nested({}, outer_condition="Never")
    assert Resolver(inner).exists(inner.resources["Fn"]) is False


def app(**consumer: Any) -> Resolver:
    """Return the resolver of a stack beside one that exports."""
    exports = {
        "Name": {"Value": {"Ref": "Stage"}, "Export": {"Name": {"Fn::Sub": "net-${Stage}"}}},
        "Table": {"Value": {"Ref": "Table"}, "Export": {"Name": "net-table"}},
        "Gone": {"Value": "x", "Export": {"Name": "net-gone"}, "Condition": "IsProd"},
        "Here": {"Value": "here", "Export": {"Name": {"Fn::Sub": "${AWS::URLSuffix}-${AWS::AccountId}-net"}}},
        "Mine": {"Value": "mine", "Export": {"Name": {"Fn::Sub": "${Open}-net"}}},
    }
    parameters = {**TEMPLATE["Parameters"], "Open": {"Type": "String"}}
    producer = Stack.of_template(
        {**TEMPLATE, "Parameters": parameters, "Outputs": exports}, name="Net", region="eu-west-1"
    )
    stack = Stack.of_template(
        {"Parameters": {"Open": {"Type": "String"}}}, name="Shop", **{"region": "eu-west-1", **consumer}
    )
    return Resolver(CloudAssembly(Path("cdk.out"), (producer, stack)).stacks[1])


def test_a_name_that_no_template_knows_whole_is_joined_where_it_is_the_same_for_both() -> None:
    """As an account's id is, and a parameter is not, whatever it is called."""
    here, mine = ({"Fn::Sub": name} for name in ("${AWS::URLSuffix}-${AWS::AccountId}-net", "${Open}-net"))
    assert "here" == app().resolve({"Fn::ImportValue": here})
    assert "export" in shown(app().resolve({"Fn::ImportValue": mine}))


def test_imports_are_what_another_stack_of_the_app_exports() -> None:
    """Of the same account and region; a reference there is no reference here."""
    assert "dev" == app().resolve({"Fn::ImportValue": "net-dev"})
    assert Unknown("Table of stack Net") == app().resolve({"Fn::ImportValue": "net-table"})
    assert Unknown("export net-gone") == app().resolve({"Fn::ImportValue": "net-gone"})
    assert Unknown("export net-dev") == app(region="us-east-1").resolve({"Fn::ImportValue": "net-dev"})
    assert Unknown("export net-dev") == app(account="111111111111").resolve({"Fn::ImportValue": "net-dev"})


def test_outputs_of_another_stack_of_the_app_are_read_across_regions() -> None:
    """As ``Fn::GetStackOutput`` does, which needs no export."""
    output = {"StackName": "Net", "OutputName": "Name"}
    assert "dev" == app().resolve({"Fn::GetStackOutput": output})
    other = app(region="us-east-1")
    assert "dev" == other.resolve({"Fn::GetStackOutput": {**output, "Region": "eu-west-1"}})
    assert Unknown("output Name of stack Net") == other.resolve({"Fn::GetStackOutput": output})


def test_a_text_that_grows_without_end_is_unknown() -> None:
    """Thirty levels that double it, and a separator between many parts."""
    value: Any = "y"
    for _ in range(30):
        value = {"Fn::Sub": ["${a}${a}", {"a": value}]}
    too_long = Unknown("a text of more than 1000000 characters")
    assert too_long == resolver().resolve({"Fn::Join": ["x" * 10_000, ["a"] * 10_000]})
    assert isinstance(resolver().resolve(value), Unknown | Text)


def test_choices_within_choices_are_resolved_once() -> None:
    """Sixty levels of a condition that is known only after deployment, all of which come to the same."""
    value: Any = "y"
    for _ in range(60):
        value = {"Fn::If": ["IsLong", value, "y"]}
    assert "y" == resolver().resolve(value)


def test_a_chain_of_conditions_may_be_longer_than_python_follows() -> None:
    """What lies beyond is known only after deployment."""
    links = {f"C{i}": {"Condition": f"C{i - 1}"} for i in range(1, 20_000)}
    template = {"Resources": {}, "Conditions": {"C0": {"Fn::Equals": ["a", "a"]}, **links}}
    assert Resolver(Stack.of_template(template, name="Shop")).condition("C19999") is None
