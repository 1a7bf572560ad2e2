"""Templates judged in each branch of their conditions."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.other_stacks import App
from durable_mi.cloudformation.template import Template
from durable_mi.preflight.branches.judgement import judge
from durable_mi.preflight.report import RULES, check

STAGE = {"Type": "String", "AllowedValues": ["dev", "prod"]}
NO_VALUE = {"Ref": "AWS::NoValue"}


def is_(parameter: str, value: str) -> dict[str, Any]:
    """Return a comparison."""
    return {"Fn::Equals": [{"Ref": parameter}, value]}


def either(condition: str, yes: object, no: object) -> dict[str, Any]:
    """Return a choice by a condition."""
    return {"Fn::If": [condition, yes, no]}


def function(**properties: Any) -> dict[str, Any]:
    """Return a durable function on managed instances with a role that the template does not have."""
    capacity = {"CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]}, "ExecutionEnvironmentMemoryGiBPerVCpu": 2}
    body = {
        "Runtime": "python3.13",
        "MemorySize": 4096,
        "Role": "arn:aws:iam::123456789012:role/workflow",
        "DurableConfig": {"ExecutionTimeout": 600},
        "PublishToLatestPublished": False,
        "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": capacity},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": {**body, **properties}}


def release(name: str, **extra: Any) -> dict[str, Any]:
    """Return a version that is retained, and its alias."""
    of = {"FunctionName": {"Ref": name}}
    version = {"Type": "AWS::Lambda::Version", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    points = {"FunctionVersion": {"Fn::GetAtt": [f"{name}Version", "Version"]}, "Name": "live"}
    return {
        f"{name}Version": {**version, "Properties": of, **extra},
        f"{name}Alias": {"Type": "AWS::Lambda::Alias", "Properties": {**of, **points}, **extra},
    }


def template(
    conditions: dict[str, Any], /, parameters: dict[str, Any] | None = None, **resources: Any
) -> dict[str, Any]:
    """Return a template with a capacity provider of 20 vCPUs."""
    provider = {
        "CapacityProviderScalingConfig": {"MaxVCpuCount": 20},
        "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/operator"},
    }
    return {
        "Parameters": {"Stage": STAGE} if parameters is None else parameters,
        "Conditions": conditions,
        "Resources": {
            "Capacity": {"Type": "AWS::Lambda::CapacityProvider", "Properties": provider},
            **resources,
        },
    }


def found(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rules that do not hold, with what their messages begin with up to the colon."""
    places = check(Template.of_content(json.loads(json.dumps(content)), Path("template.json"))).places
    return [(place.rule.id, place.finding.message.partition(":")[0]) for place in places]


def with_memory(memory: object, conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a template whose function has a memory."""
    return template(conditions, Work=function(MemorySize=memory, **more), **release("Work"))


PROD = {"Prod": is_("Stage", "prod")}
BOTH = {**PROD, "Dev": {"Fn::Not": [{"Condition": "Prod"}]}}
FREE = {
    "A": {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "AWS::NotificationARNs"}]}, "a"]},
    "B": {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "AWS::NotificationARNs"}]}, "b"]},
}


@pytest.mark.parametrize(
    ("content", "branch"),
    [
        (with_memory(either("Prod", 128, 4096), PROD), "if Prod"),
        (with_memory(either("Prod", 4096, 128), PROD), "if not Prod"),
        (with_memory(either("Dev", 128, 4096), BOTH), "if Dev"),
        (with_memory(either("A", either("B", 128, 4096), 4096), FREE), "if A and B"),
        (with_memory(either("A", 4096, either("A", 4096, 128)), FREE), "if not A"),
        (with_memory({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Memory"]}, {}), "if Stage is dev"),
    ],
)
def test_a_value_is_judged_in_each_branch(content: dict[str, Any], branch: str) -> None:
    """Also where the conditions compare what nobody knows, and where a parameter is the key of a mapping."""
    content["Mappings"] = {"Sizes": {"dev": {"Memory": 128}, "prod": {"Memory": 4096}}}

    assert [("DMI102", branch)] == found(content)


def test_a_default_of_a_mapping_names_the_keys_that_it_is_not() -> None:
    """Of a parameter without a value, the mapping has the keys, and any other takes the default."""
    memory = {"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Memory", {"DefaultValue": 128}]}
    content = with_memory(memory, {})
    content["Parameters"] = {"Size": {"Type": "String"}}
    content["Mappings"] = {"Sizes": {"small": {"Memory": 4096}, "large": {"Memory": 8192}}}

    assert [("DMI102", "if Size is none of small, large")] == found(content)


def test_what_takes_four_conditions_names_them_all() -> None:
    """One combination that leads there is named, even if there are others."""
    names = ("A", "B", "C", "D")
    conditions = {name: {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "AWS::NotificationARNs"}]}, name]} for name in names}
    memory: object = 128
    for name in reversed(names):
        memory = either(name, memory, 4096)

    assert [("DMI102", "if A and B and C and D")] == found(with_memory(memory, conditions))


@pytest.mark.parametrize("key", ["Stage", "AWS::Region"])
def test_the_default_of_a_mapping_is_judged(key: str) -> None:
    """Where the key may be another one than those of the mapping."""

    def of(default: int) -> list[tuple[str, str]]:
        memory = {"Fn::FindInMap": ["Sizes", {"Ref": key}, "Memory", {"DefaultValue": default}]}
        content = with_memory(memory, {})
        content["Mappings"] = {"Sizes": {"prod": {"Memory": 4096}}}
        return found(content)

    assert ["DMI102"] == [rule for rule, _ in of(128)]
    assert [] == of(4096)


@pytest.mark.parametrize(("smallest", "expected"), [(512, ["DMI102"]), (4096, [])])
def test_the_name_and_the_keys_of_a_mapping_may_be_made_of_parameters(smallest: int, expected: list[str]) -> None:
    """Only names that a mapping has are tried."""
    memory = {"Fn::FindInMap": [{"Fn::Sub": "${Stage}Sizes"}, {"Fn::Sub": "${AWS::Region}"}, "mb"]}
    content = with_memory(memory, {})
    content["Mappings"] = {
        "prodSizes": {"us-east-1": {"mb": 4096}, "eu-west-1": {"mb": 8192}},
        "devSizes": {"us-east-1": {"mb": 8192}, "eu-west-1": {"mb": smallest}},
    }

    assert expected == [rule for rule, _ in found(content)]


def test_two_wrong_branches_are_two_findings() -> None:
    """Each with what it has."""
    assert [("DMI102", "if Prod"), ("DMI102", "if not Prod")] == found(with_memory(either("Prod", 128, 256), PROD))


def test_what_no_value_removes_is_missing() -> None:
    """The function is on managed instances in one branch only."""
    managed = function()["Properties"]["CapacityProviderConfig"]
    content = with_memory(512, PROD, CapacityProviderConfig=either("Prod", managed, NO_VALUE))
    good = with_memory(either("Prod", 4096, 512), PROD, CapacityProviderConfig=either("Prod", managed, NO_VALUE))

    assert [("DMI102", "if Prod")] == found(content)
    assert [] == found(good)


def test_a_durable_function_in_one_branch_is_seen() -> None:
    """It was none to the rules while the condition was unknown."""
    content = with_memory(4096, PROD, DurableConfig=either("Prod", {"ExecutionTimeout": 99999999}, NO_VALUE))

    assert [("DMI301", "if Prod")] == found(content)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"One": is_("Stage", "prod"), "Two": is_("Stage", "dev")}, []),
        ({"One": is_("Stage", "prod"), "Two": {"Fn::Not": [{"Condition": "One"}]}}, []),
        ({"One": is_("Stage", "prod"), "Two": is_("Stage", "prod")}, ["DMI109"]),
        ({"One": FREE["A"], "Two": FREE["B"]}, ["DMI109"]),
        (
            {
                "One": {"Fn::Equals": [{"Ref": "Stage"}, {"Ref": "AWS::StackName"}]},
                "Two": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::StackName"}, {"Ref": "Stage"}]}]},
            },
            [],
        ),
    ],
)
def test_only_what_can_be_together_is_added_up(conditions: dict[str, Any], expected: list[str]) -> None:
    """Two functions of twelve vCPUs each under twenty."""
    resources: dict[str, Any] = {}
    for name, condition in (("Orders", "One"), ("Bills", "Two")):
        resources[name] = {**function(MemorySize=8192), "Condition": condition}
        resources.update(release(name, Condition=condition))

    assert expected == [rule for rule, _ in found(template(conditions, **resources))]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([128, 256], ["DMI102"]), ([128, 4096], []), (["512"], ["DMI102"]), (["4096"], [])],
)
def test_a_parameter_is_wrong_if_each_of_its_values_is(values: list[object], expected: list[str]) -> None:
    """One right value is enough, by itself and in a text."""
    content = template(
        {},
        parameters={"Memory": {"Type": "String", "AllowedValues": values}},
        Work=function(MemorySize={"Ref": "Memory"}),
        **release("Work"),
    )
    in_a_text = json.loads(json.dumps(content))
    in_a_text["Resources"]["Work"]["Properties"]["MemorySize"] = {"Fn::Sub": "${Memory}"}

    assert expected == [rule for rule, _ in found(content)]
    assert expected == [rule for rule, _ in found(in_a_text)]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"MinValue": 128, "MaxValue": 2047}, ["DMI102"]),
        ({"MinValue": "128", "MaxValue": "2048"}, []),
        ({"MinValue": 128, "MaxValue": 65536}, []),
        ({"MaxValue": 1024}, ["DMI102"]),
        ({"MinValue": 32769}, ["DMI109", "DMI102"]),
        ({"MinValue": 4096}, []),
        ({"MinValue": 2049, "MaxValue": 4095}, ["DMI103"]),
        ({"MinValue": 1000, "MaxValue": 2047.5}, ["DMI102"]),
        ({"MinValue": 128, "MaxValue": 1024, "Default": 4096}, []),
        ({"MinValue": "low"}, []),
        ({}, []),
    ],
)
def test_a_range_of_numbers_without_a_right_one_is_wrong(limits: dict[str, object], expected: list[str]) -> None:
    """One right number is enough, wherever in the range it is."""
    content = template(
        {},
        parameters={"Memory": {"Type": "Number", **limits}},
        Work=function(MemorySize={"Ref": "Memory"}),
        **release("Work"),
    )

    assert expected == [rule for rule, _ in found(content)]


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (either("Prod", {"Ref": "Memory"}, 4096), [("DMI102", "if Prod")]),
        (either("Prod", 4096, {"Fn::Sub": "${Memory}"}), [("DMI102", "if not Prod")]),
        ({"Ref": "Memory"}, [("DMI102", "")]),
    ],
)
def test_a_range_counts_in_the_branch_that_takes_it(memory: object, expected: list[tuple[str, str]]) -> None:
    """One that every branch takes is said without a branch."""
    content = with_memory(memory, PROD)
    content["Parameters"]["Memory"] = {"Type": "Number", "MinValue": 128, "MaxValue": 1024}

    assert expected == [(rule, said if said.startswith("if ") else "") for rule, said in found(content)]


def test_values_may_be_wrong_for_two_reasons() -> None:
    """One is too little memory, the other no whole vCPUs."""
    content = template(
        {},
        parameters={"Memory": {"Type": "String", "AllowedValues": ["1024", "3000"]}},
        Work=function(MemorySize={"Ref": "Memory"}),
        **release("Work"),
    )

    assert ["DMI102"] == [rule for rule, _ in found(content)]


@pytest.mark.parametrize(("kept", "expected"), [(["128", "256"], ["DMI102"]), (["128", "4096"], [])])
def test_rules_of_the_template_exclude_values(kept: list[str], expected: list[str]) -> None:
    """A value that they reject is never deployed."""
    content = template(
        {},
        parameters={"Memory": {"Type": "String", "AllowedValues": ["4096", "128", "256"]}},
        Work=function(MemorySize={"Ref": "Memory"}),
        **release("Work"),
    )
    content["Rules"] = {"Some": {"Assertions": [{"Assert": {"Fn::Contains": [kept, {"Ref": "Memory"}]}}]}}

    assert expected == [rule for rule, _ in found(content)]


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ({"Type": "String", "Default": "dev"}, []),
        ({**STAGE, "Default": "dev"}, [("DMI102", "if Prod")]),
        ({"Type": "String", "AllowedValues": ["dev"]}, []),
        ({"Type": "String"}, [("DMI102", "if Prod")]),
    ],
)
def test_a_default_holds_unless_the_template_lists_other_values(
    stage: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """A value that it does not list is never deployed."""
    content = with_memory(either("Prod", 128, 4096), PROD)
    content["Parameters"] = {"Stage": stage}

    assert expected == found(content)


def test_rules_of_the_template_exclude_branches() -> None:
    """CloudFormation checks them before it deploys."""
    content = with_memory(either("Prod", 128, 4096), PROD)
    content["Rules"] = {"DevOnly": {"Assertions": [{"Assert": {"Fn::Contains": [["dev"], {"Ref": "Stage"}]}}]}}

    assert [] == found(content)


def test_a_policy_in_one_branch_is_missing_in_the_other() -> None:
    """The role lacks what the function needs."""
    service = {"Service": "lambda.amazonaws.com"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}]}
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role = {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [basic]}
    actions = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"]
    policy = {
        "PolicyName": "durable",
        "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]},
    }
    content = template(
        PROD,
        Role={"Type": "AWS::IAM::Role", "Properties": role},
        Policy={"Type": "AWS::IAM::Policy", "Condition": "Prod", "Properties": policy},
        Work=function(Role={"Fn::GetAtt": ["Role", "Arn"]}),
        **release("Work"),
    )

    assert [("DMI601", "if not Prod")] == found(content)


def many(count: int) -> dict[str, Any]:
    """Return a template of as many conditions, each of which decides a function and its memory."""
    conditions = {f"C{number}": is_(f"P{number}", "yes") for number in range(count)}
    resources: dict[str, Any] = {}
    for number in range(count):
        name, condition = f"Work{number}", f"C{number}"
        resources[name] = {**function(MemorySize=either(condition, 4096, 8192)), "Condition": condition}
        resources.update(release(name, Condition=condition))
    content = template(
        conditions, parameters={f"P{number}": {"Type": "String"} for number in range(count)}, **resources
    )
    content["Resources"]["Capacity"]["Properties"]["CapacityProviderScalingConfig"]["MaxVCpuCount"] = 15000
    return content


def test_forty_conditions_do_not_multiply() -> None:
    """Two to the fortieth worlds would end with the universe; twice the conditions cost about twice."""
    content = many(40)
    content["Resources"]["Work7"]["Properties"]["MemorySize"] = either("C7", either("C8", 128, 4096), 4096)
    start = time.process_time()
    places = check(Template.of_content(content, Path("template.json"))).places
    spent = time.process_time() - start

    assert [("Work7", "if C8")] == [(place.logical_id, place.finding.message.partition(":")[0]) for place in places]
    assert spent < 10


def test_every_world_gives_the_same_report_each_time() -> None:
    """The worlds are a fixed selection."""
    stack = Template.of_content(many(30), Path("template.json")).stack
    rules = list(RULES.values())

    assert judge([stack], rules, App()).found == judge([stack], rules, App()).found
