"""A durable function of another app: what can be done with it, and what is rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DurableExecutionStatus, DurableManagedFunction, IDurableManagedFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Resources

ARN = "arn:aws:lambda:eu-central-1:111122223333:function:orders"
ENV = cdk.Environment(account="111122223333", region="eu-central-1")


@pytest.fixture
def stack(strict_stack: Callable[..., cdk.Stack]) -> cdk.Stack:
    """Return a stack of the function's account and Region."""
    return strict_stack(ENV)


def test_grants(stack: cdk.Stack, synthesize: Callable[..., Resources]) -> None:
    """A role may start it through the alias, and complete callbacks of its executions."""
    imported = DurableManagedFunction.from_function_arn(stack, "Orders", ARN)
    role = iam.Role(stack, "Api", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    imported.grants.start(role)
    imported.grants.complete_callbacks(role)
    resources = synthesize(stack)

    assert [("lambda:InvokeFunction", f"{ARN}:live"), ("CallbackSuccess", f"{ARN}:*")] == [
        (
            statement["Action"]
            if isinstance(statement["Action"], str)
            else statement["Action"][0].removeprefix("lambda:SendDurableExecution"),
            statement["Resource"],
        )
        for statement in resources.statements(resources.only("AWS::IAM::Role"))
    ]


@pytest.mark.parametrize("qualifier", ["", ":live", ":blue"])
def test_alias_of_an_arn(stack: cdk.Stack, qualifier: str) -> None:
    """The qualifier of an ARN is the alias; everything else is on the function."""
    imported = DurableManagedFunction.from_function_arn(stack, "Orders", ARN + qualifier)
    alias = qualifier.removeprefix(":") or "live"

    assert (alias, f"{ARN}:{alias}", f"orders:{alias}", ARN, "orders") == (
        imported.alias_name,
        imported.alias.function_arn,
        imported.alias.function_name,
        imported.function_arn,
        imported.function_name,
    )


def test_alias_takes_triggers(stack: cdk.Stack, synthesize: Callable[..., Resources]) -> None:
    """A rule and a queue invoke the alias, never the function or its latest version."""
    imported = DurableManagedFunction.from_attributes(stack, "Orders", function_arn=ARN, alias_name="blue")
    events.Rule(
        stack,
        "Rule",
        event_pattern=events.EventPattern(source=["orders"]),
        targets=[targets.LambdaFunction(imported.alias)],
    )
    queue = sqs.Queue(stack, "Queue", enforce_ssl=True, visibility_timeout=cdk.Duration.hours(2))
    imported.alias.add_event_source(sources.SqsEventSource(queue))
    resources = synthesize(stack)

    assert f"{ARN}:blue" == resources.only("AWS::Events::Rule").properties["Targets"][0]["Arn"]
    assert f"{ARN}:blue" == resources.only("AWS::Lambda::Permission").properties["FunctionName"]
    assert "orders:blue" == resources.only("AWS::Lambda::EventSourceMapping").properties["FunctionName"]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:eu-central-1:111122223333:function:orders",
        cdk.Fn.import_value("OrdersArn"),
        f"arn:aws:lambda:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:function:orders",
    ],
)
def test_a_trigger_may_invoke_the_alias_where_the_account_is_not_known(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources], arn: str
) -> None:
    """CDK's own import of an alias leaves the permission out, in a stack without account or with a token as ARN."""
    stack = strict_stack()
    imported = DurableManagedFunction.from_attributes(stack, "Orders", function_arn=arn)
    rule = events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["orders"]))
    rule.add_target(targets.LambdaFunction(imported.alias))

    resources = synthesize(stack, lint=False)
    assert (
        stack.resolve(imported.alias.function_arn)
        == (resources.only("AWS::Lambda::Permission").properties["FunctionName"])
    )


@pytest.mark.parametrize(
    ("qualifier", "alias"), [("", "live"), (":blue", "blue"), (f":{cdk.Aws.STACK_NAME}", cdk.Aws.STACK_NAME)]
)
def test_alias_of_an_arn_for_any_account(strict_stack: Callable[..., cdk.Stack], qualifier: str, alias: str) -> None:
    """The qualifier is found beside tokens for account and Region too."""
    arn = f"arn:{cdk.Aws.PARTITION}:lambda:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:function:orders"
    imported = DurableManagedFunction.from_function_arn(strict_stack(), "Orders", arn + qualifier)

    assert (arn, alias) == (imported.function_arn, imported.alias_name)


def test_key_is_for_readers(stack: cdk.Stack, synthesize: Callable[..., Resources]) -> None:
    """Who reads execution data may decrypt it, through Lambda and for this function."""
    key_arn = "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012"
    imported = DurableManagedFunction.from_attributes(
        stack, "Orders", function_arn=ARN, encryption_key=kms.Key.from_key_arn(stack, "Key", key_arn)
    )
    role = iam.Role(stack, "Support", assumed_by=iam.AccountRootPrincipal())
    imported.grants.observe(role)
    resources = synthesize(stack)

    assert {
        "Action": "kms:Decrypt",
        "Effect": "Allow",
        "Resource": key_arn,
        "Condition": {
            "StringEquals": {
                "kms:ViaService": "lambda.eu-central-1.amazonaws.com",
                "kms:EncryptionContext:aws:lambda:FunctionArn": ARN,
            }
        },
    } == resources.statements(resources.only("AWS::IAM::Role"))[-1]


def test_status_events(stack: cdk.Stack, synthesize: Callable[..., Resources]) -> None:
    """The rule is in the importing app, for all versions of this function."""
    imported = DurableManagedFunction.from_function_arn(stack, "Orders", ARN)
    queue = sqs.Queue(stack, "Ended", enforce_ssl=True)
    imported.on_status_change("Ended", statuses=[DurableExecutionStatus.FAILED], target=targets.SqsQueue(queue))
    rule = synthesize(stack).only("AWS::Events::Rule")

    assert {"functionArn": [{"prefix": f"{ARN}:"}], "status": ["FAILED"]} == rule.properties["EventPattern"]["detail"]


def _alarms(resources: Resources) -> dict[str, Any]:
    return {
        alarm.properties["MetricName"]: {item["Name"]: item["Value"] for item in alarm.properties.get("Dimensions", [])}
        for alarm in resources.of_type("AWS::CloudWatch::Alarm")
    }


def test_monitor_with_everything(
    stack: cdk.Stack,
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """All nine alarms, with the dimensions of the other app's function and capacity provider."""
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-central-1:111122223333:dead")
    imported = DurableManagedFunction.from_attributes(
        stack, "Orders", function_arn=ARN, capacity_provider_name="instances", dead_letter_queue=queue
    )
    imported.monitor()
    alarms = _alarms(synthesize(stack))

    assert 9 == len(alarms)
    assert {"FunctionName": "orders"} == alarms["DurableExecutionFailed"]
    assert {"FunctionName": "orders", "CapacityProviderName": "instances"} == alarms[
        "ExecutionEnvironmentMemoryUtilization"
    ]
    assert {} == warnings_of(stack)


def test_monitor_without_the_capacity_provider(
    stack: cdk.Stack,
    synthesize: Callable[..., Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """What can be watched is watched, and a warning names what is missing."""
    DurableManagedFunction.from_function_arn(stack, "Orders", ARN).monitor()
    resources = synthesize(stack)

    assert 6 == len(_alarms(resources))
    assert "ExecutionEnvironment" not in str(resources.json)
    assert {"durable-mi:imported-function-capacity": "Orders/Orders"} == warnings_of(stack)


def test_rejects_a_metric_without_the_capacity_provider(stack: cdk.Stack) -> None:
    """A metric without its dimension would be empty for ever."""
    imported = DurableManagedFunction.from_function_arn(stack, "Orders", ARN)

    with pytest.raises(ValueError, match=r"capacity_provider_name must be known .*CPUUtilization, got none: import"):
        imported.metric_execution_environment_cpu_utilization()


def test_tokens_pass(strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]) -> None:
    """What another stack exports is known only after deployment."""
    stack = strict_stack()
    imported = DurableManagedFunction.from_attributes(
        stack,
        "Orders",
        function_arn=cdk.Fn.import_value("OrdersArn"),
        capacity_provider_name=cdk.Fn.import_value("OrdersCapacity"),
    )
    role = iam.Role(stack, "Api", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    imported.grants.start(role)
    imported.monitor()
    resources = synthesize(stack)

    assert {"Fn::Join": ["", [{"Fn::ImportValue": "OrdersArn"}, ":live"]]} == resources.statements(
        resources.only("AWS::IAM::Role")
    )[0]["Resource"]


def test_both_kinds_are_one_type(stack: cdk.Stack, workflow: Callable[..., DurableManagedFunction]) -> None:
    """A function that takes the interface takes both."""
    made = (workflow(stack), DurableManagedFunction.from_function_arn(stack, "Orders", ARN))

    assert [True, True] == [isinstance(function, IDurableManagedFunction) for function in made]


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        ("orders", r"function_arn must be like 'arn:aws:lambda:.*got 'orders': take it from function_arn"),
        ("arn:aws:lambda:eu-central-1:111122223333:capacity-provider:x", r"function_arn must be like"),
        (f"{ARN}:live:more", r"function_arn must be like"),
        (f"{ARN}:7", r"alias_name must be the name of an alias.*got '7': pass an alias"),
        (f"{ARN}:$LATEST", r"alias_name must be the name of an alias.*got '\$LATEST'"),
        (ARN.replace("eu-central-1", "us-east-1"), r"must be of the stack's Region eu-central-1, got .*us-east-1"),
        (ARN.replace("1111", "9999"), r"must be of the stack's account 111122223333, got .*999922223333"),
        (7, r"function_arn must be a string, got 7"),
        (None, r"function_arn must be a string, got None"),
    ],
)
def test_rejects_an_arn(stack: cdk.Stack, arn: Any, message: str) -> None:
    """Whatever is not the ARN of a function of this account and Region."""
    with pytest.raises(ValueError, match=message):
        DurableManagedFunction.from_function_arn(stack, "Orders", arn)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"function_arn": f"{ARN}:live"}, r"without a version or alias, got .*name the alias with alias_name"),
        ({"alias_name": "3"}, r"alias_name must be the name of an alias.*got '3'"),
        ({"alias_name": None}, r"alias_name must be a string, got None"),
        ({"capacity_provider_name": "arn:aws:lambda:x"}, r"capacity_provider_name must be .*not the ARN"),
        ({"capacity_provider_name": 3}, r"capacity_provider_name must be .*got 3"),
        ({"encryption_key": "arn:aws:kms:x"}, r"encryption_key must be .*got 'arn:aws:kms:x'"),
        ({"dead_letter_queue": "arn:aws:sqs:x"}, r"dead_letter_queue must be .*got 'arn:aws:sqs:x'"),
    ],
)
def test_rejects_attributes(stack: cdk.Stack, attributes: dict[str, Any], message: str) -> None:
    """Values of the wrong kind."""
    with pytest.raises(ValueError, match=message):
        DurableManagedFunction.from_attributes(stack, "Orders", **{"function_arn": ARN, **attributes})
