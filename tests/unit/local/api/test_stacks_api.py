"""The CloudFormation API of the endpoint, as boto3 sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_client import aws_client, refused

from durable_mi.cloudformation.assembly import CloudAssembly
from durable_mi.local.api.stacks_api import StacksApi
from durable_mi.local.app.stacks import app_stacks

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = "us-east-1:000000000000"
TEMPLATES: dict[str, dict[str, Any]] = {
    "Shop": {
        "Description": "Orders of the shop",
        "Parameters": {"Stage": {"Default": "dev"}, "Password": {"Default": "secret", "NoEcho": True}},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {
            "Fn": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:cdk:path": "Shop/Workflow/Resource"}},
            "Alias": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"},
            },
            "Gone": {"Type": "AWS::SNS::Topic", "Condition": "Never"},
            "Inside": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b/inside.json"}},
            "Afar": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b/afar.json"}},
        },
        "Outputs": {
            "Name": {"Value": {"Ref": "Fn"}, "Description": "The function", "Export": {"Name": "shop-fn"}},
            "Never": {"Value": "x", "Condition": "Never"},
        },
    },
    "Quiet": {"Resources": {f"Topic{number}": {"Type": "AWS::SNS::Topic"} for number in range(101)}},
    "Inside": {
        "Resources": {"Id": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Ref": "AWS::StackId"}}}},
    },
    "Elsewhere": {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}},
}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> CloudAssembly:
    """Return an app of a stack with nested ones, a large one, and one in another region."""
    directory = tmp_path_factory.mktemp("assembly")
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{'eu-west-1' if name == 'Elsewhere' else 'unknown-region'}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        for name in TEMPLATES
        if name != "Inside"
    }
    nested = {"source": {"path": "Inside.template.json"}, "destinations": {"here": {"objectKey": "inside.json"}}}
    files = {
        "manifest": {"artifacts": artifacts},
        "Shop.assets": {"files": {"inside": nested}},
        **{f"{name}.template": template for name, template in TEMPLATES.items()},
    }
    for name, content in files.items():
        (directory / f"{name}.json").write_text(json.dumps(content))
    return CloudAssembly.read(directory)


@pytest.fixture(scope="module")
def stacks(assembly: CloudAssembly) -> Any:
    """Return a CloudFormation client."""
    return aws_client("cloudformation", StacksApi(app_stacks(assembly, "us-east-1")).routes())


def summaries(stacks: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield a stack's resources, as SAM CLI reads them: page by page."""
    for page in stacks.get_paginator("list_stack_resources").paginate(StackName=name):
        yield from page["StackResourceSummaries"]


def test_a_stack_is_described_with_what_a_deploy_gives_it(stacks: Any) -> None:
    """Description, parameters without secrets, and outputs with descriptions and exports."""
    (stack,) = stacks.describe_stacks(StackName="Shop")["Stacks"]
    assert ("Shop", "CREATE_COMPLETE", "Orders of the shop") == (
        stack["StackName"],
        stack["StackStatus"],
        stack["Description"],
    )
    assert {"Stage": "dev", "Password": "****"} == {
        each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]
    }
    output = {"OutputKey": "Name", "OutputValue": "Shop-Fn", "Description": "The function", "ExportName": "shop-fn"}
    assert [output] == stack["Outputs"]
    assert [stack] == stacks.describe_stacks(StackName=stack["StackId"])["Stacks"]


def test_a_stack_without_outputs_is_described(stacks: Any) -> None:
    """Without the member, as on AWS."""
    (stack,) = stacks.describe_stacks(StackName="Quiet")["Stacks"]
    assert not {"Outputs", "Parameters", "Description"} & stack.keys()


def test_all_stacks_of_the_region_are_listed(stacks: Any) -> None:
    """Nested ones with the stack that they are in; none of another region."""
    described = {stack["StackName"]: stack for stack in stacks.describe_stacks()["Stacks"]}
    assert ["Shop", "Shop-Afar", "Shop-Inside", "Quiet"] == list(described)
    for name in ("Shop-Afar", "Shop-Inside"):
        assert [described["Shop"]["StackId"]] * 2 == [described[name]["ParentId"], described[name]["RootId"]]
    assert "ParentId" not in described["Shop"]
    listed = stacks.list_stacks(StackStatusFilter=["UPDATE_COMPLETE", "CREATE_COMPLETE"])["StackSummaries"]
    assert list(described) == [summary["StackName"] for summary in listed]
    assert [] == stacks.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]


def test_resources_have_the_physical_ids_that_other_calls_take(stacks: Any) -> None:
    """Those of a nested stack are found by its physical id. A false condition leaves a resource out."""
    found = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in summaries(stacks, "Shop")}
    assert ["Fn", "Alias", "Inside", "Afar"] == list(found)
    assert ("Shop-Fn", f"arn:aws:lambda:{HERE}:function:Shop-Fn:live") == (found["Fn"], found["Alias"])
    (inside,) = summaries(stacks, found["Inside"])
    assert ("Id", "AWS::Lambda::Function", found["Inside"]) == (
        inside["LogicalResourceId"],
        inside["ResourceType"],
        inside["PhysicalResourceId"],
    )
    assert [] == list(summaries(stacks, found["Afar"]))


def test_a_large_stack_has_pages(stacks: Any) -> None:
    """A hundred resources each; DescribeStackResources has one page alone."""
    assert 101 == len(list(summaries(stacks, "Quiet")))
    assert 100 == len(stacks.describe_stack_resources(StackName="Quiet")["StackResources"])


def test_a_resource_is_found_by_its_physical_id(stacks: Any) -> None:
    """As `sam remote invoke NAME` looks for it: with all the others of its stack."""
    found = stacks.describe_stack_resources(PhysicalResourceId="Shop-Fn")["StackResources"]
    assert ["Fn", "Alias", "Inside", "Afar"] == [each["LogicalResourceId"] for each in found]
    (one,) = stacks.describe_stack_resources(StackName="Shop", LogicalResourceId="Fn")["StackResources"]
    assert found[0] == one


def test_a_resource_is_described_with_its_construct_path(stacks: Any) -> None:
    """In the metadata, as the CDK writes it."""
    detail = stacks.describe_stack_resource(StackName="Shop", LogicalResourceId="Fn")["StackResourceDetail"]
    assert ("Shop-Fn", {"aws:cdk:path": "Shop/Workflow/Resource"}) == (
        detail["PhysicalResourceId"],
        json.loads(detail["Metadata"]),
    )


def test_a_template_is_read(stacks: Any) -> None:
    """As it is in the assembly."""
    assert TEMPLATES["Quiet"] == stacks.get_template(StackName="Quiet")["TemplateBody"]


@pytest.mark.parametrize(
    ("call", "arguments", "code", "says"),
    [
        ("describe_stacks", {"StackName": "Elsewhere"}, "ValidationError", "Stack with id Elsewhere does not exist"),
        ("describe_stacks", {"NextToken": "x"}, "ValidationError", "NextToken must be from an earlier response, got x"),
        ("list_stack_resources", {"StackName": "no"}, "ValidationError", "Stack with id no does not exist"),
        ("get_template", {"StackName": "no"}, "ValidationError", "Stack with id no does not exist"),
        ("get_template", {}, "ValidationError", "Value null at 'stackName' failed to satisfy constraint"),
        ("describe_stack_resources", {"PhysicalResourceId": "no"}, "ValidationError", "Stack for no does not exist"),
        ("describe_stack_resources", {}, "ValidationError", "one of StackName and PhysicalResourceId must be given"),
        (
            "describe_stack_resource",
            {"StackName": "no", "LogicalResourceId": "Fn"},
            "ValidationError",
            "Stack 'no' does not exist",
        ),
        (
            "describe_stack_resource",
            {"StackName": "Shop", "LogicalResourceId": "no"},
            "ValidationError",
            "Resource no does not exist for stack Shop",
        ),
        ("list_exports", {}, "NotImplemented", "the local runtime does not serve ListExports"),
    ],
)
def test_rejects_a_read_as_aws_does(stacks: Any, call: str, arguments: dict[str, str], code: str, says: str) -> None:
    """AWS's code, and the words that SAM CLI and the CDK look for."""
    actual, message = refused(lambda: getattr(stacks, call)(**arguments))
    assert code == actual
    assert says in message


def test_rejects_a_template_that_is_gone(assembly: CloudAssembly) -> None:
    """Another synthesis may have taken it away."""
    (stack, *_) = app_stacks(assembly, "us-east-1")
    broken = type(stack)(name=stack.name, id=stack.id, template=Path("nowhere.json"))
    client = aws_client("cloudformation", StacksApi([broken]).routes())
    code, message = refused(lambda: client.get_template(StackName="Shop"))
    assert "ValidationError" == code
    assert "cannot be read" in message
