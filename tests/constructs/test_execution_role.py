"""What a function may do, statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resource, Resources


@pytest.fixture(scope="module", params=[lambda_.Tracing.DISABLED, lambda_.Tracing.ACTIVE], ids=["plain", "traced"])
def resources(
    request: pytest.FixtureRequest,
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> Resources:
    """Return a function without and with tracing."""
    stack = strict_stack()
    workflow(stack, tracing=request.param)
    return synthesize(stack)


def _role(resources: Resources) -> Resource:
    return resources.follow(resources.only("AWS::Lambda::Function").properties["Role"])


def test_statements(resources: Resources) -> None:
    """Own dead-letter queue, own logs, own executions, and X-Ray only with tracing; not one action more."""
    function = resources.only("AWS::Lambda::Function")
    log_group = resources.follow(function.properties["LoggingConfig"]["LogGroup"])
    queue = resources.only("AWS::SQS::Queue")
    traced = "TracingConfig" in function.properties

    expected = [
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": [queue.logical_id, "Arn"]},
        },
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::GetAtt": [log_group.logical_id, "Arn"]},
        },
        {
            "Sid": "KeepDurableExecutions",
            "Effect": "Allow",
            "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
            "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": [function.logical_id, "Arn"]}, ":*"]]},
        },
    ]
    if traced:
        expected.insert(
            1,
            {
                "Effect": "Allow",
                "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                "Resource": "*",
            },
        )
    assert expected == resources.statements(_role(resources))


def test_role_has_no_managed_policy(resources: Resources) -> None:
    """The role trusts Lambda, and everything it may do stands in the inline policies.

    The one in the role itself is a resource less for each function.
    """
    queue = resources.only("AWS::SQS::Queue")
    send = {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": {"Fn::GetAtt": [queue.logical_id, "Arn"]}}
    assert _role(resources).properties == {
        "AssumeRolePolicyDocument": {
            "Statement": [
                {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
            "Version": "2012-10-17",
        },
        "Description": "Execution role of a durable function on managed instances",
        "Policies": [
            {"PolicyName": "DeadLetters", "PolicyDocument": {"Statement": [send], "Version": "2012-10-17"}},
        ],
    }


def test_imported_role_gets_the_permissions(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A role known by its ARN only gets the policy attached by name."""
    stack = strict_stack()
    workflow(stack, role=iam.Role.from_role_arn(stack, "Mine", "arn:aws:iam::111122223333:role/orders"))
    resources = synthesize(stack)
    policies = [policy for policy in resources.of_type("AWS::IAM::Policy") if policy.properties["Roles"] == ["orders"]]

    assert [
        ["sqs:SendMessage"],
        [
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
        ],
    ] == [
        [statement["Action"] for statement in policy.properties["PolicyDocument"]["Statement"]] for policy in policies
    ]
    assert policies[0].logical_id in resources.only("AWS::Lambda::Function").depends_on
    assert policies[1].logical_id in resources.only("AWS::Lambda::Version").depends_on


def test_immutable_role_is_left_alone(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A role imported as immutable gets no policy, and the template still stands."""
    stack = strict_stack()
    role = iam.Role.from_role_arn(stack, "Mine", "arn:aws:iam::111122223333:role/orders", mutable=False)
    workflow(stack, role=role)

    policies = synthesize(stack).of_type("AWS::IAM::Policy")

    assert [] == [policy for policy in policies if "orders" in str(policy.properties["Roles"])]
