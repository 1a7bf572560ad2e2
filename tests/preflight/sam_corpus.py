"""SAM templates in many dialects: every combination of what SAM translates into something that a rule reads."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["corpus"]

POLICY = {"Statement": [{"Effect": "Allow", "Action": ["lambda:CheckpointDurableExecution"], "Resource": "*"}]}
INVOKING = {"LambdaInvokePolicy": {"FunctionName": {"Ref": "Work"}}}
ARN = "arn:aws:sqs:eu-west-1:123456789012:queue"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
PROPERTIES: dict[str, list[Any]] = {
    "Runtime": ["python3.13", "python3.9", "nodejs22.x"],
    "MemorySize": [512, 4096],
    "Timeout": [None, 60, 1000],
    "DurableConfig": [None, {"ExecutionTimeout": 600}, {"ExecutionTimeout": 86400, "RetentionPeriodInDays": 120}],
    "AutoPublishAlias": [None, "live"],
    "VersionDeletionPolicy": [None, "Retain", "Delete"],
    "CapacityProviderConfig": [
        None,
        {"Arn": {"Fn::GetAtt": ["Capacity", "Arn"]}, "PerExecutionEnvironmentMaxConcurrency": 500},
        {"Arn": {"Fn::GetAtt": ["Capacity", "Arn"]}, "ExecutionEnvironmentMemoryGiBPerVCpu": 3},
    ],
    "FunctionScalingConfig": [None, {"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 5}],
    "ReservedConcurrentExecutions": [None, 5],
    "FunctionUrlConfig": [None, {"AuthType": "AWS_IAM"}],
    "LoggingConfig": [None, {"LogFormat": "Text"}],
    "Architectures": [None, ["arm64"]],
    "FunctionName": [None, "work"],
    "Role": [None, None, "arn:aws:iam::123456789012:role/r", {"Fn::GetAtt": ["Mine", "Arn"]}],
    "Policies": [
        None,
        [POLICY],
        ["AWSLambdaBasicExecutionRole"],
        [{"SQSPollerPolicy": {"QueueName": "q"}}],
        [INVOKING],
    ],
    "DeploymentPreference": [None, None, {"Type": "AllAtOnce", "Hooks": {"PreTraffic": {"Ref": "Work"}}}],
    "EventInvokeConfig": [None, {"DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": ARN}}}],
    "SnapStart": [None, {"ApplyOn": "PublishedVersions"}],
}
EVENTS: dict[str, dict[str, Any]] = {
    "AlexaSkill": {},
    "Api": {"Path": "/", "Method": "post"},
    "CloudWatchLogs": {"LogGroupName": "g", "FilterPattern": ""},
    "Cognito": {"UserPool": {"Ref": "Pool"}, "Trigger": "PostConfirmation"},
    "EventBridgeRule": {"Pattern": {"source": ["a"]}},
    "HttpApi": {},
    "IoTRule": {"Sql": "SELECT * FROM 'a'"},
    "Kinesis": {"Stream": STREAM, "StartingPosition": "LATEST"},
    "S3": {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*"},
    "SNS": {"Topic": "arn:aws:sns:eu-west-1:123456789012:t"},
    "SQS": {"Queue": ARN},
    "Schedule": {"Schedule": "rate(1 day)"},
    "ScheduleV2": {"ScheduleExpression": "rate(1 day)"},
}
ROLE = {
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
}
CAPACITY = {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}
# What SAM itself lets be in Globals.
SHARED = ("Runtime", "MemorySize", "Timeout", "Architectures", "LoggingConfig", "ReservedConcurrentExecutions")


def corpus(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield templates; the same for each seed.

    Args:
        count: How many.
        seed: Where to begin.
    """
    source = random.Random(seed)  # noqa: S311 - templates, no secrets
    for _ in range(count):
        yield _template(source)


def _template(source: random.Random) -> dict[str, Any]:
    chosen = {key: source.choice(values) for key, values in PROPERTIES.items()}
    properties = {key: value for key, value in chosen.items() if value is not None}
    properties |= {"Handler": "app.handler", "CodeUri": "s3://bucket/key"}
    # SAM rejects these two without the third.
    if "AutoPublishAlias" not in properties:
        properties.pop("VersionDeletionPolicy", None)
        properties.pop("DeploymentPreference", None)
    if "CapacityProviderConfig" not in properties:
        properties.pop("FunctionScalingConfig", None)
    kinds = source.sample(sorted(EVENTS), source.randint(0, 2))
    if kinds:
        properties["Events"] = {f"On{kind}": {"Type": kind, "Properties": EVENTS[kind]} for kind in kinds}
    shared = {key: properties.pop(key) for key in SHARED if key in properties and source.random() < 0.3}
    template: dict[str, Any] = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Work": {"Type": "AWS::Serverless::Function", "Properties": properties},
            "Capacity": {"Type": "AWS::Serverless::CapacityProvider", "Properties": CAPACITY},
            "Mine": {"Type": "AWS::IAM::Role", "Properties": ROLE},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
            "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
        },
    }
    if shared:
        template["Globals"] = {"Function": shared}
    return template
