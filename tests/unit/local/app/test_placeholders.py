"""What a template's references become on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.assembly import CloudAssembly, Stack
from durable_mi.cloudformation.resource import Resource
from durable_mi.local.app.placeholders import Placeholders


def placeholders(region: str = "eu-central-1", **parts: Any) -> Placeholders:
    """Placeholders of a stack with a function, its release, a log group, a topic of its own name and more."""
    template = {
        "Fn": {"Type": "AWS::Lambda::Function"},
        "V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}},
        "Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Fn::GetAtt": "Fn.Arn"}, "Name": "live"},
        },
        "Logs": {"Type": "AWS::Logs::LogGroup"},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Fifo": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Secret": {"Type": "AWS::SecretsManager::Secret"},
        "Attached": {
            "Type": "AWS::SecretsManager::SecretTargetAttachment",
            "Properties": {"SecretId": {"Ref": "Secret"}},
        },
        "Setting": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/app/x", "Value": "7", "Type": "String"}},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}},
        "Key": {"Type": "AWS::KMS::Key"},
        "Pool": {"Type": "AWS::Cognito::UserPool"},
        "Database": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql"}},
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "pack"}},
        "Service": {"Type": "AWS::ECS::Service", "Properties": {"Cluster": {"Fn::GetAtt": ["Cluster", "Arn"]}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/app/", "RoleName": "worker"}},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine"},
        "Stream": {"Type": "AWS::Kinesis::Stream"},
        "Odd": {"Type": "Custom::Thing", "Properties": {"Given": {"Ref": "Stage"}}},
        "Myself": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Myself", "QueueName"]}}},
        "Gone": {"Type": "AWS::SQS::Queue", "Condition": "Never"},
    }
    parameters = {
        "Stage": {"Default": "beta"},
        "Open": {},
        "Subnets": {"Type": "CommaDelimitedList"},
    }
    conditions = {
        "Never": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Big": {"Fn::Equals": [{"Ref": "Open"}, "yes"]},
        "Local": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "000000000000"]},
    }
    mappings = {"Sizes": {"small": {"memory": 2048}}}
    content = {"Resources": template, "Parameters": parameters, "Conditions": conditions, "Mappings": mappings}
    return Placeholders(Stack.of_template(content, **{"name": "Shop", **parts}), region)


HERE = "eu-central-1:000000000000"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ({"Ref": "Fn"}, "Shop-Fn"),
        ({"Ref": "Topic"}, f"arn:aws:sns:{HERE}:news"),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "news"),
        ({"Ref": "Queue"}, "https://sqs.eu-central-1.amazonaws.com/000000000000/Shop-Queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, f"arn:aws:sqs:{HERE}:Shop-Queue"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "Shop-Queue"),
        ({"Fn::GetAtt": ["Fifo", "QueueName"]}, "Shop-Fifo.fifo"),
        ({"Ref": "Table"}, "orders"),
        (
            {"Fn::GetAtt": ["Table", "StreamArn"]},
            f"arn:aws:dynamodb:{HERE}:table/orders/stream/2024-01-01T00:00:00.000",
        ),
        ({"Ref": "Bucket"}, "shop-bucket"),
        ({"Fn::GetAtt": ["Bucket", "RegionalDomainName"]}, "shop-bucket.s3.eu-central-1.amazonaws.com"),
        ({"Ref": "Setting"}, "/app/x"),
        ({"Fn::GetAtt": ["Setting", "Value"]}, "7"),
        ({"Fn::GetAtt": ["Setting", "Arn"]}, f"arn:aws:ssm:{HERE}:parameter/app/x"),
        ({"Ref": "Bus"}, "bus"),
        ({"Fn::GetAtt": ["Bus", "Arn"]}, f"arn:aws:events:{HERE}:event-bus/bus"),
        ({"Fn::GetAtt": ["Database", "Endpoint.Port"]}, "5432"),
        ({"Ref": "Cluster"}, "Shop-Cluster"),
        ({"Ref": "Task"}, f"arn:aws:ecs:{HERE}:task-definition/pack:1"),
        ({"Ref": "Service"}, f"arn:aws:ecs:{HERE}:service/Shop-Cluster/Shop-Service"),
        ({"Ref": "Role"}, "worker"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::000000000000:role/app/worker"),
        ({"Ref": "Machine"}, f"arn:aws:states:{HERE}:stateMachine:Shop-Machine"),
        ({"Ref": "Stream"}, "Shop-Stream"),
        ({"Fn::GetAtt": ["Logs", "Arn"]}, f"arn:aws:logs:{HERE}:log-group:Shop-Logs:*"),
        ({"Ref": "V"}, f"arn:aws:lambda:{HERE}:function:Shop-Fn:1"),
        ({"Ref": "Live"}, f"arn:aws:lambda:{HERE}:function:Shop-Fn:live"),
        ({"Ref": "AWS::Region"}, "eu-central-1"),
        ({"Ref": "AWS::AccountId"}, "000000000000"),
        ({"Ref": "Stage"}, "beta"),
        ({"Ref": "Open"}, "local-Open"),
        ({"Ref": "Subnets"}, ["local-Subnets"]),
        ({"Fn::Select": [1, {"Ref": "Subnets"}]}, "local-Subnets-1"),
        ({"Ref": "Odd"}, "local-Odd"),
        ({"Fn::GetAtt": ["Fn", "Arn"]}, f"arn:aws:lambda:{HERE}:function:Shop-Fn"),
        ({"Fn::GetAtt": "Fn.Arn"}, f"arn:aws:lambda:{HERE}:function:Shop-Fn"),
        ({"Fn::GetAtt": ["V", "Version"]}, "1"),
        ({"Fn::GetAtt": ["Odd", "Token"]}, "local-Odd-Token"),
        ({"Fn::GetAtt": ["Odd", "Given"]}, "beta"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-eu-central-1"),
        ({"Fn::Sub": "${Table} of ${AWS::StackName}, ${!kept}"}, "orders of Shop, ${kept}"),
        ({"Fn::Sub": ["${x}/${Fn.Arn}", {"x": {"Ref": "Table"}}]}, f"orders/arn:aws:lambda:{HERE}:function:Shop-Fn"),
        ({"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Topic"}]}]}, "news"),
        ({"Fn::Select": [1, {"Fn::GetAZs": ""}]}, "eu-central-1b"),
        ({"Fn::Split": ["/", "a/b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "small", "memory"]}, 2048),
        ({"Fn::ImportValue": "Vpc"}, "local-Vpc"),
        ({"Fn::If": ["Never", "a", "b"]}, "b"),
        ({"Fn::If": ["Local", "here", "there"]}, "here"),
        ({"Fn::If": ["Big", "a", "b"]}, "local-Big"),
        ({"a": [{"Ref": "AWS::NoValue"}, {"Ref": "Gone"}, 1], "b": {"Ref": "AWS::NoValue"}}, {"a": [1]}),
        ("{{resolve:ssm:/app/table}}", "local-app/table"),
        (
            {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Topic"}, ":SecretString:user::}}"]]},
            f"local-arn-aws-sns-{HERE.replace(':', '-')}-news-SecretString-user",
        ),
    ],
)
def test_a_reference_becomes_what_a_deploy_would_make_of_it(value: Any, expected: Any) -> None:
    """Names, ARNs, URLs and versions of AWS's form; a clear placeholder for what has no form."""
    assert expected == placeholders().resolve(value)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"Ref": "Secret"}, rf"arn:aws:secretsmanager:{HERE}:secret:Shop-Secret-[A-Za-z0-9]{{6}}"),
        ({"Ref": "Key"}, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ({"Ref": "Pool"}, r"eu-central-1_[A-Za-z0-9]{9}"),
        (
            {"Fn::GetAtt": ["Database", "Endpoint.Address"]},
            r"shop-database\.cluster-\w{12}\.eu-central-1\.rds\.amazonaws\.com",
        ),
        ({"Ref": "AWS::StackId"}, rf"arn:aws:cloudformation:{HERE}:stack/Shop/[0-9a-f-]{{36}}"),
        ({"Fn::GetAtt": ["Myself", "QueueName"]}, "local-Myself-QueueName"),
    ],
)
def test_random_ids_have_the_form_of_real_ones_and_stay_the_same(value: Any, form: str) -> None:
    """At every start, since executions of an earlier run may hold them."""
    first, second = (placeholders().text(value) for _ in range(2))
    assert re.fullmatch(form, first)
    assert first == second


def test_a_secret_that_is_attached_to_a_database_is_the_secret() -> None:
    """The attachment returns the secret's own ARN."""
    stack = placeholders()
    assert stack.text({"Ref": "Secret"}) == stack.text({"Ref": "Attached"})


def test_a_made_up_name_fits_lambdas_64_characters() -> None:
    """The stack's name is cut, the logical id, by which functions differ, is not."""
    name = placeholders(name="x" * 100).text({"Ref": "Fn"})
    assert 64 == len(name)
    assert name.endswith("-Fn")


def test_the_stacks_own_account_and_partition_are_kept() -> None:
    """An ARN of a stack in China says so."""
    arn = placeholders("cn-north-1", account="111111111111").text({"Fn::GetAtt": ["Fn", "Arn"]})
    assert "arn:aws-cn:lambda:cn-north-1:111111111111:function:Shop-Fn" == arn


@pytest.mark.parametrize(
    ("value", "made_up"),
    [
        ({"Fn::Sub": "${Fn}/${Logs}/${Table}/${AWS::Region}"}, set()),
        ({"Ref": "Live"}, set()),
        ({"Ref": "Queue"}, {"Queue"}),
        # It has a name of its own, but its ARN holds the account.
        ({"Ref": "Topic"}, {"Topic"}),
        ({"Ref": "AWS::AccountId"}, {"AWS::AccountId"}),
        ({"Ref": "Odd"}, {"Odd"}),
        ({"Fn::GetAtt": ["Odd", "Url"]}, {"Odd.Url"}),
        ({"Fn::Join": ["", ["x", {"Fn::ImportValue": "net"}, {"Fn::FindInMap": ["M", "a", "b"]}]]}, {"net", "M"}),
        ({"Fn::If": ["Big", {"Ref": "Queue"}, "b"]}, {"Big"}),
        ({"Fn::If": ["Never", {"Ref": "Queue"}, "b"]}, set()),
        ("{{resolve:ssm:/app/table}}", {"{{resolve:ssm:/app/table}}"}),
    ],
)
def test_what_is_known_only_after_deployment_is_noted(value: Any, made_up: set[str]) -> None:
    """What the local runtime answers to, and what has a name of its own, is none of it."""
    stack = placeholders()
    assert made_up == stack.noted(value)[1]
    assert made_up == stack.made_up


def test_a_known_account_is_no_placeholder() -> None:
    """A topic of its own name then has its real ARN."""
    assert set() == placeholders(account="111111111111").noted([{"Ref": "Topic"}, {"Ref": "AWS::AccountId"}])[1]


def test_values_pass_between_a_stack_and_one_nested_in_it() -> None:
    """Parameters are resolved where they were given, outputs where they are made."""
    topic = Resource("Topic", "AWS::SNS::Topic", {"TopicName": "news"}, None)
    inside = Resource("Inside", "AWS::CloudFormation::Stack", {}, None)
    function = Resource("Fn", "AWS::Lambda::Function", {}, None)
    outer = Stack("Shop", "Shop", None, None, {"Topic": topic, "Inside": inside})
    inner = Stack(
        "Shop-Inside", "Shop-Inside", None, None, {"Fn": function}, parameters={"News": {}, "Odd": {}},
        outputs={"Name": {"Value": {"Ref": "Fn"}}},
    ).within(outer, "Inside", {"News": {"Fn::GetAtt": ["Topic", "TopicName"]}})  # fmt: skip
    assert "news" == Placeholders(inner, "eu-central-1").resolve({"Ref": "News"})
    assert "local-Odd" == Placeholders(inner, "eu-central-1").resolve({"Ref": "Odd"})
    assert "Shop-Inside-Fn" == Placeholders(outer, "eu-central-1").resolve({"Fn::GetAtt": ["Inside", "Outputs.Name"]})


def test_imports_are_the_placeholders_of_the_stack_that_exports() -> None:
    """And noted as such."""
    exports = {"T": {"Value": {"Ref": "Table"}, "Export": {"Name": "net-table"}}}
    net = Stack.of_template({"Resources": {"Table": {"Type": "AWS::DynamoDB::Table"}}, "Outputs": exports}, name="Net")
    shop = CloudAssembly(Path("cdk.out"), (net, Stack.of_template({}, name="Shop"))).stacks[1]
    assert ("Net-Table", {"Table"}) == Placeholders(shop, "eu-central-1").noted({"Fn::ImportValue": "net-table"})
