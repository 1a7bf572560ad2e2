"""The Lambda API's reads, as boto3 sees them; each response is held to AWS's model."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_client import aws_client, refused
from versions import version_of

from durable_mi.cloudformation.assembly import CloudAssembly, Stack
from durable_mi.local.api.capacity_api import CapacityApi
from durable_mi.local.api.function_api import FunctionApi
from durable_mi.local.api.trigger_api import TriggerApi
from durable_mi.local.app.description import AppDescription
from durable_mi.local.app.functions import app_functions
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.workers.registry import FunctionRegistry

ARN = "arn:aws:lambda:us-east-1:000000000000:function"
HASH = "ab" * 32
PUBLISHED_MS = 1_767_225_600_005
MANAGED = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": {"Fn::GetAtt": ["Provider", "Arn"]}}}
PYTHON = {"Handler": "index.handler", "Runtime": "python3.13"}
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Provider": {
            "Type": "AWS::Lambda::CapacityProvider",
            "Properties": {
                "PermissionsConfig": {"CapacityProviderOperatorRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
                "Tags": [{"Key": "team", "Value": "shop"}],
            },
        },
        "Replaced": {
            "Type": "AWS::Lambda::CapacityProvider",
            "Properties": {
                "PermissionsConfig": {"CapacityProviderOperatorRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            },
        },
        "Events": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Orders"},
                "Qualifier": "live",
                "MaximumEventAgeInSeconds": 3600,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
            },
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "orders-role"}},
        "Orders": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                **PYTHON,
                "FunctionName": "orders",
                "Code": {"S3Key": f"{HASH}.zip"},
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Architectures": ["arm64"],
                "EphemeralStorage": {"Size": "1024"},
                "Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:tools:3"],
                "TracingConfig": {"Mode": "Active"},
                "DurableConfig": {"ExecutionTimeout": 60},
                "CapacityProviderConfig": MANAGED,
                "Tags": [{"Key": "team", "Value": "shop"}],
            },
        },
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Orders"}}},
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": "Orders"},
                "Name": "live",
                "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            },
        },
        "Mail": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                **PYTHON,
                "FunctionName": "mail",
                "Code": {"ZipFile": "x = 1"},
                "ReservedConcurrentExecutions": 5,
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}},
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": "Alias"},
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "BatchSize": "10",
                "ScalingConfig": {"MaximumConcurrency": 2},
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
        "Off": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": "mail",
                "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:other",
                "Enabled": False,
            },
        },
        "Rule": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Alias"},
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
                "SourceArn": "arn:aws:events:us-east-1:000000000000:rule/nightly",
                "SourceAccount": "000000000000",
            },
        },
    }
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a Lambda client of an app with `orders` in versions 1 and 2, on a capacity provider, and `mail`."""
    asset = tmp_path_factory.mktemp("asset")
    stack = Stack.of_template(TEMPLATE, name="Shop", assets={f"{HASH}.zip": asset})
    assembly = CloudAssembly(Path("cdk.out"), (stack,))
    registry = FunctionRegistry("us-east-1", parse_function_target)
    orders, mail = app_functions(assembly, "us-east-1")
    second = replace(orders.released_as("2"), memory=8192)
    for number, function in enumerate((orders, second, mail)):
        registry.publish(version_of(function, PUBLISHED_MS + number))
    app = AppDescription.of(assembly, "us-east-1", "000000000000")
    functions = FunctionApi(registry, app.capacity_providers)
    apis = (functions, TriggerApi(registry, app), CapacityApi(registry, app.capacity_providers))
    return aws_client("lambda", [route for api in apis for route in api.routes()])


@pytest.mark.parametrize(
    ("function", "qualifier", "arn", "version"),
    [
        ("orders", None, f"{ARN}:orders", "$LATEST"),
        ("orders", "$LATEST", f"{ARN}:orders:$LATEST", "$LATEST"),
        ("orders", "$LATEST.PUBLISHED", f"{ARN}:orders:$LATEST.PUBLISHED", "2"),
        ("orders", "1", f"{ARN}:orders:1", "1"),
        ("orders", "live", f"{ARN}:orders:live", "2"),
        (f"{ARN}:orders:live", None, f"{ARN}:orders:live", "2"),
        ("000000000000:function:orders:2", "2", f"{ARN}:orders:2", "2"),
        ("mail", None, f"{ARN}:mail", "$LATEST"),
    ],
)
def test_a_function_is_described_by_each_of_its_names(
    client: Any, function: str, qualifier: str | None, arn: str, version: str
) -> None:
    """The ARN has the caller's qualifier; without one it is `$LATEST`."""
    named = {"FunctionName": function} if qualifier is None else {"FunctionName": function, "Qualifier": qualifier}
    configuration = client.get_function_configuration(**named)
    assert (arn, version) == (configuration["FunctionArn"], configuration["Version"])
    described = client.get_function(**named)["Configuration"]
    assert arn == described["FunctionArn"]
    assert configuration["RevisionId"] == described["RevisionId"]


def test_nothing_invokes_the_latest_version_on_a_capacity_provider(client: Any) -> None:
    """Which is its state, as on AWS."""
    assert "ActiveNonInvocable" == client.get_function_configuration(FunctionName="orders")["State"]
    assert "Pending" == client.get_function_configuration(FunctionName="orders", Qualifier="live")["State"]
    assert "Active" == client.get_function_configuration(FunctionName="mail")["State"]


def test_the_configuration_is_the_templates(client: Any) -> None:
    """With Lambda's defaults for what the template leaves out."""
    function = client.get_function(FunctionName="orders", Qualifier="1")
    actual = function["Configuration"]
    expected: dict[str, Any] = {
        "Role": "arn:aws:iam::000000000000:role/orders-role",
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 1024},
        "Layers": [{"Arn": "arn:aws:lambda:us-east-1:000000000000:layer:tools:3"}],
        "TracingConfig": {"Mode": "Active"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "CodeSha256": base64.b64encode(bytes.fromhex(HASH)).decode(),
        "LastModified": "2026-01-01T00:00:00.005+0000",
        "MemorySize": 2048,
        "PackageType": "Zip",
    }
    assert expected == {name: actual[name] for name in expected}
    assert function["Code"]["Location"].startswith("file://")
    mail = client.get_function_configuration(FunctionName="mail")
    defaults = {
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    }
    assert defaults == {name: mail[name] for name in defaults}


def test_versions_differ_in_their_revisions(client: Any) -> None:
    """And `$LATEST` is listed before them."""
    versions = client.list_versions_by_function(FunctionName="orders")["Versions"]
    assert ["$LATEST", "1", "2"] == [each["Version"] for each in versions]
    assert [f"{ARN}:orders:{version}" for version in ("$LATEST", "1", "2")] == [
        each["FunctionArn"] for each in versions
    ]
    assert 3 == len({each["RevisionId"] for each in versions})
    assert [8192, 2048, 8192] == [each["MemorySize"] for each in versions]
    latest = client.list_versions_by_function(FunctionName="mail")["Versions"]
    assert ["$LATEST"] == [each["Version"] for each in latest]


def test_functions_are_listed_as_their_latest_version(client: Any) -> None:
    """Without the members that AWS leaves to GetFunction; with `ALL` each version has its qualifier."""
    functions = client.list_functions()["Functions"]
    assert [f"{ARN}:orders", f"{ARN}:mail"] == [each["FunctionArn"] for each in functions]
    assert {"$LATEST"} == {each["Version"] for each in functions}
    assert not [each for each in functions if {"State", "LastUpdateStatus"} & each.keys()]
    every = client.list_functions(FunctionVersion="ALL")["Functions"]
    names = ("orders:$LATEST", "orders:1", "orders:2", "mail:$LATEST")
    assert [f"{ARN}:{name}" for name in names] == [each["FunctionArn"] for each in every]


def test_aliases_have_a_revision(client: Any) -> None:
    """One by one and listed."""
    alias = client.get_alias(FunctionName="orders", Name="live")
    assert (f"{ARN}:orders:live", "2") == (alias["AliasArn"], alias["FunctionVersion"])
    (listed,) = client.list_aliases(FunctionName="orders", FunctionVersion="2")["Aliases"]
    assert alias["RevisionId"] == listed["RevisionId"]
    assert [] == client.list_aliases(FunctionName="orders", FunctionVersion="1")["Aliases"]


def test_tags_are_the_templates_and_cloudformations(client: Any) -> None:
    """As tools find a stack's functions by them."""
    tags = client.list_tags(Resource=f"{ARN}:orders")["Tags"]
    assert tags == client.get_function(FunctionName="orders")["Tags"]
    stack_id = tags.pop("aws:cloudformation:stack-id")
    assert ":stack/Shop/" in stack_id
    expected = {"team": "shop", "aws:cloudformation:stack-name": "Shop", "aws:cloudformation:logical-id": "Orders"}
    assert expected == tags


def test_reserved_concurrency_is_the_templates(client: Any) -> None:
    """Or none, where AWS has an empty response too."""
    reserved = {"ReservedConcurrentExecutions": 5}
    assert reserved == client.get_function(FunctionName="mail")["Concurrency"]
    assert 5 == client.get_function_concurrency(FunctionName="mail")["ReservedConcurrentExecutions"]
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName="orders")
    assert "Concurrency" not in client.get_function(FunctionName="orders")


def test_a_policy_is_that_of_the_qualifier(client: Any) -> None:
    """The permissions of the alias are none of the function's."""
    policy = json.loads(client.get_policy(FunctionName="orders", Qualifier="live")["Policy"])
    (statement,) = policy["Statement"]
    assert ({"Service": "events.amazonaws.com"}, f"{ARN}:orders:live") == (
        statement["Principal"],
        statement["Resource"],
    )
    assert {
        "ArnLike": {"AWS:SourceArn": "arn:aws:events:us-east-1:000000000000:rule/nightly"},
        "StringEquals": {"AWS:SourceAccount": "000000000000"},
    } == statement["Condition"]
    assert "ResourceNotFoundException" == refused(lambda: client.get_policy(FunctionName="orders"))[0]


def test_event_source_mappings_are_found_by_function_and_source(client: Any) -> None:
    """Numbers are numbers, whatever the template has."""
    first, second = client.list_event_source_mappings()["EventSourceMappings"]
    expected: dict[str, Any] = {
        "FunctionArn": f"{ARN}:orders:live",
        "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:jobs",
        "State": "Enabled",
        "BatchSize": 10,
        "ScalingConfig": {"MaximumConcurrency": 2},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    assert expected == {name: first[name] for name in expected}
    assert ("Disabled", f"{ARN}:mail") == (second["State"], second["FunctionArn"])
    for filters, found in [
        ({"FunctionName": "orders:live"}, [first]),
        ({"FunctionName": "orders"}, []),
        ({"FunctionName": "mail"}, [second]),
        ({"EventSourceArn": first["EventSourceArn"]}, [first]),
    ]:
        assert found == client.list_event_source_mappings(**filters)["EventSourceMappings"]
    assert first["FunctionArn"] == client.get_event_source_mapping(UUID=first["UUID"])["FunctionArn"]


def test_capacity_providers_are_listed(client: Any) -> None:
    """And the versions on them."""
    provider, _ = client.list_capacity_providers()["CapacityProviders"]
    versions = client.list_function_versions_by_capacity_provider(CapacityProviderName="Shop-Provider")
    assert provider["CapacityProviderArn"] == versions["CapacityProviderArn"]
    assert [f"{ARN}:orders:1", f"{ARN}:orders:2"] == [each["FunctionArn"] for each in versions["FunctionVersions"]]
    tags = client.list_tags(Resource=provider["CapacityProviderArn"])["Tags"]
    assert ("shop", "Shop", "Provider") == (
        tags["team"],
        tags["aws:cloudformation:stack-name"],
        tags["aws:cloudformation:logical-id"],
    )


def test_a_capacity_provider_is_deleted_once_nothing_is_on_it(client: Any) -> None:
    """And no sooner, as on AWS."""
    code, message = refused(lambda: client.delete_capacity_provider(CapacityProviderName="Shop-Provider"))
    assert "ResourceConflictException" == code
    assert "in use by 2 functions" in message
    answer = client.delete_capacity_provider(CapacityProviderName="Shop-Replaced")
    assert "Deleting" == answer["CapacityProvider"]["State"]
    assert 1 == len(client.list_capacity_providers()["CapacityProviders"])
    code, _ = refused(lambda: client.delete_capacity_provider(CapacityProviderName="Shop-Replaced"))
    assert "ResourceNotFoundException" == code


def test_asynchronous_invocation_is_the_templates(client: Any) -> None:
    """Of each qualifier that has a configuration; what the template leaves out has no default."""
    found = client.get_function_event_invoke_config(FunctionName="orders", Qualifier="live")
    assert (f"{ARN}:orders:live", 3600) == (found["FunctionArn"], found["MaximumEventAgeInSeconds"])
    assert "arn:aws:sqs:us-east-1:000000000000:jobs" == found["DestinationConfig"]["OnFailure"]["Destination"]
    assert "MaximumRetryAttempts" not in found


@pytest.mark.parametrize(
    ("call", "arguments", "code"),
    [
        ("get_function", {"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ("get_function", {"FunctionName": "orders", "Qualifier": "3"}, "ResourceNotFoundException"),
        ("get_function", {"FunctionName": "mail", "Qualifier": "$LATEST.PUBLISHED"}, "ResourceNotFoundException"),
        ("get_function", {"FunctionName": "orders:1", "Qualifier": "2"}, "InvalidParameterValueException"),
        ("get_function_event_invoke_config", {"FunctionName": "orders"}, "ResourceNotFoundException"),
        (
            "get_function_event_invoke_config",
            {"FunctionName": "orders", "Qualifier": "1"},
            "ResourceNotFoundException",
        ),
        ("list_versions_by_function", {"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ("list_tags", {"Resource": f"{ARN}:orders:live"}, "ResourceNotFoundException"),
        ("get_function_concurrency", {"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ("get_event_source_mapping", {"UUID": "00000000-0000-4000-8000-000000000000"}, "ResourceNotFoundException"),
        ("list_event_source_mappings", {"FunctionName": "nobody"}, "ResourceNotFoundException"),
    ],
)
def test_rejects_a_read_of_what_is_not_there(client: Any, call: str, arguments: dict[str, str], code: str) -> None:
    """With AWS's codes."""
    assert code == refused(lambda: getattr(client, call)(**arguments))[0]
