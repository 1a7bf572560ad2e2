"""What a template's references become on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from durable_mi.cloudformation.assembly import Resource, Stack
from durable_mi.local.app.placeholders import Placeholders


def placeholders(region: str = "eu-central-1", **parts: Any) -> Placeholders:
    """Stand-ins of a stack with a function, its release, a log group and a topic of its own name."""
    resources = [
        Resource("Fn", "AWS::Lambda::Function", {}, "S/Fn/Resource"),
        Resource("V", "AWS::Lambda::Version", {"FunctionName": {"Ref": "Fn"}}, None),
        Resource("Live", "AWS::Lambda::Alias", {"FunctionName": {"Ref": "Fn"}, "Name": "live"}, None),
        Resource("Logs", "AWS::Logs::LogGroup", {}, None),
        Resource("Topic", "AWS::SNS::Topic", {"TopicName": "news"}, None),
        Resource("Odd", "Custom::Thing", {}, None),
    ]
    defaults: dict[str, Any] = {"name": "Shop", "display_name": "Shop", "account": None, "region": None}
    stack = Stack(**{**defaults, **parts}, resources={resource.logical_id: resource for resource in resources})
    return Placeholders(stack, region)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ({"Ref": "Fn"}, "Shop-Fn"),
        ({"Ref": "Topic"}, "news"),
        ({"Ref": "V"}, "arn:aws:lambda:eu-central-1:000000000000:function:Shop-Fn:1"),
        ({"Ref": "Live"}, "arn:aws:lambda:eu-central-1:000000000000:function:Shop-Fn:live"),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Ref": "AWS::AccountId"}, "000000000000"),
        ({"Ref": "Stage"}, "beta"),
        ({"Ref": "Secret"}, "local-Secret"),
        ({"Ref": "Odd"}, "local-Odd"),
        ({"Fn::GetAtt": ["Fn", "Arn"]}, "arn:aws:lambda:eu-central-1:000000000000:function:Shop-Fn"),
        ({"Fn::GetAtt": "Fn.Arn"}, "arn:aws:lambda:eu-central-1:000000000000:function:Shop-Fn"),
        ({"Fn::GetAtt": ["V", "Version"]}, "1"),
        ({"Fn::GetAtt": ["Odd", "Token"]}, "local-Odd-Token"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-eu-central-1"),
        ({"Fn::Sub": "${Topic} of ${AWS::StackName}, ${!kept}"}, "news of Shop, ${kept}"),
        (
            {"Fn::Sub": ["${x}/${Fn.Arn}", {"x": {"Ref": "Topic"}}]},
            "news/arn:aws:lambda:eu-central-1:000000000000:function:Shop-Fn",
        ),
        ({"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "eu-central-1b"),
        ({"Fn::Split": ["/", "a/b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "small", "memory"]}, 2048),
        ({"Fn::ImportValue": "Vpc"}, "local-Vpc"),
        ({"a": [{"Ref": "AWS::NoValue"}, 1], "b": {"Ref": "AWS::NoValue"}}, {"a": [1]}),
    ],
)
def test_a_reference_becomes_what_a_deploy_would_make_of_it(value: Any, expected: Any) -> None:
    """Names, ARNs and versions of AWS's form; a clear stand-in for what only AWS could tell."""
    parts: dict[str, Any] = {
        "parameters": {"Stage": {"Default": "beta"}, "Secret": {}},
        "mappings": {"Sizes": {"small": {"memory": 2048}}},
    }
    assert expected == placeholders(**parts).resolve(value)


def test_a_made_up_name_fits_lambdas_64_characters() -> None:
    """The stack's name is cut, the logical id, which tells functions apart, is not."""
    name = placeholders(name="x" * 100).resolve({"Ref": "Fn"})
    assert 64 == len(name)
    assert name.endswith("-Fn")


def test_the_stacks_own_account_and_partition_are_kept() -> None:
    """An ARN of a stack in China says so."""
    arn = placeholders("cn-north-1", account="111111111111").resolve({"Fn::GetAtt": ["Fn", "Arn"]})
    assert "arn:aws-cn:lambda:cn-north-1:111111111111:function:Shop-Fn" == arn


@pytest.mark.parametrize(
    ("value", "made_up"),
    [
        ({"Fn::Sub": "${Fn}/${Logs}/${Topic}/${AWS::Region}"}, set()),
        ({"Ref": "Live"}, set()),
        ({"Ref": "Odd"}, {"Odd"}),
        ({"Fn::GetAtt": ["Odd", "Url"]}, {"Odd.Url"}),
        ({"Fn::Join": ["", ["x", {"Fn::ImportValue": "net"}, {"Fn::FindInMap": ["M", "a", "b"]}]]}, {"net", "M.a.b"}),
    ],
)
def test_what_only_a_deploy_can_tell_is_known(value: Any, made_up: set[str]) -> None:
    """What the local runtime answers to, and what has a name of its own, is none of it."""
    stack = placeholders()
    stack.resolve(value)
    assert made_up == stack.made_up


def test_values_pass_between_a_stack_and_one_nested_in_it() -> None:
    """Parameters are resolved where they were given, outputs where they are made."""
    topic = Resource("Topic", "AWS::SNS::Topic", {"TopicName": "news"}, None)
    inside = Resource("Inside", "AWS::CloudFormation::Stack", {}, None)
    function = Resource("Fn", "AWS::Lambda::Function", {}, None)
    outer = Stack("Shop", "Shop", None, None, {"Topic": topic, "Inside": inside})
    inner = Stack(
        "Shop-Inside", "Shop-Inside", None, None, {"Fn": function}, parent=outer, parameters={"News": {}, "Odd": {}},
        arguments={"News": {"Ref": "Topic"}}, outputs={"Name": {"Value": {"Ref": "Fn"}}},
    )  # fmt: skip
    outer.nested["Inside"] = inner
    assert "news" == Placeholders(inner, "eu-central-1").resolve({"Ref": "News"})
    assert "local-Odd" == Placeholders(inner, "eu-central-1").resolve({"Ref": "Odd"})
    assert "Shop-Inside-Fn" == Placeholders(outer, "eu-central-1").resolve({"Fn::GetAtt": ["Inside", "Outputs.Name"]})
