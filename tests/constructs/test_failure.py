"""Dead letters, and events about how executions end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DeadLetters, DurableExecutionStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources


def function_statements(resources: Resources) -> list[Any]:
    """Return what the execution role may do besides its logs and its executions."""
    role = resources.follow(resources.only("AWS::Lambda::Function").properties["Role"])
    return [statement for statement in resources.statements(role) if "Sid" not in statement]


@pytest.fixture(scope="module")
def minimal(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> Resources:
    """Return a function with nothing said about failure, and one rule."""
    stack = strict_stack()
    made = workflow(stack)
    queue = sqs.Queue(stack, "Ends", enforce_ssl=True)
    made.on_status_change(
        "Ended",
        statuses=[DurableExecutionStatus.FAILED, DurableExecutionStatus.TIMED_OUT],
        target=targets.SqsQueue(queue),
    )
    return synthesize(stack)


def test_default_queue(minimal: Resources) -> None:
    """The function's own queue is encrypted, keeps messages as long as SQS does, and refuses plain HTTP."""
    target = minimal.only("AWS::Lambda::Function").properties["DeadLetterConfig"]["TargetArn"]
    queue = minimal.follow(target)
    [policy] = [
        policy
        for policy in minimal.of_type("AWS::SQS::QueuePolicy")
        if policy.properties["Queues"] == [{"Ref": queue.logical_id}]
    ]

    assert {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 24 * 3600} == queue.properties
    assert [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "sqs:*",
            "Resource": target,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ] == policy.properties["PolicyDocument"]["Statement"]


def test_function_waits_for_the_permission_to_send(minimal: Resources) -> None:
    """Lambda checks it when the function is created, so it must be there before."""
    function = minimal.only("AWS::Lambda::Function")
    role = minimal.follow(function.properties["Role"])

    assert "sqs:SendMessage" in str(role.properties["Policies"])
    assert [] == [it for it in minimal.of_type("AWS::IAM::Policy") if "sqs:SendMessage" in str(it.properties)]


def test_function_waits_for_a_permission_with_a_key(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """It is in a policy of its own: the key's policy can name the role, which must then not name the key."""
    stack = strict_stack()
    key = kms.Key(stack, "Key")
    made = workflow(stack, encryption_key=key)
    key.add_to_resource_policy(
        iam.PolicyStatement(principals=[iam.ArnPrincipal(made.role.role_arn)], actions=["kms:*"], resources=["*"])
    )

    found = synthesize(stack)
    function = found.only("AWS::Lambda::Function")
    [policy] = [it for it in found.of_type("AWS::IAM::Policy") if "sqs:SendMessage" in str(it.properties)]
    assert policy.logical_id in function.depends_on


def test_rule_is_for_this_function(minimal: Resources) -> None:
    """The pattern has the function's ARN with the colon that its version follows, and the statuses asked for."""
    function = minimal.only("AWS::Lambda::Function")
    rule = minimal.only("AWS::Events::Rule").properties

    assert rule["EventPattern"] == {
        "source": ["aws.lambda"],
        "detail-type": ["Durable Execution Status Change"],
        "detail": {
            "functionArn": [{"prefix": {"Fn::Join": ["", [{"Fn::GetAtt": [function.logical_id, "Arn"]}, ":"]]}}],
            "status": ["FAILED", "TIMED_OUT"],
        },
    }
    assert minimal.follow(rule["Targets"][0]["Arn"]).logical_id.startswith("Ends")


def test_own_queue_with_its_key(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A queue that the user brings is used as it is, and its key may be used through SQS."""
    stack = strict_stack()
    key = kms.Key(stack, "Key")
    queue = sqs.Queue(stack, "Mine", encryption_master_key=key, enforce_ssl=True)
    made = workflow(stack, dead_letters=DeadLetters.to_queue(queue))
    resources = synthesize(stack)

    assert made.dead_letters.queue is queue
    assert resources.only("AWS::Lambda::Function").properties["DeadLetterConfig"] == {
        "TargetArn": stack.resolve(queue.queue_arn)
    }
    assert [
        {
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": stack.resolve(key.key_arn),
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": {"Fn::Join": ["", ["sqs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
                }
            },
        },
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": stack.resolve(queue.queue_arn)},
    ] == function_statements(resources)


def test_topic(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """A topic takes the events instead of a queue."""
    stack = strict_stack()
    topic = sns.Topic(stack, "Mine", enforce_ssl=True)
    workflow(stack, dead_letters=DeadLetters.to_topic(topic))
    resources = synthesize(stack)

    assert resources.only("AWS::Lambda::Function").properties["DeadLetterConfig"] == {
        "TargetArn": stack.resolve(topic.topic_arn)
    }
    assert [
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": stack.resolve(topic.topic_arn)}
    ] == function_statements(resources)
    assert [] == resources.of_type("AWS::SQS::Queue")


def test_discard(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Without dead letters there is neither queue nor permission."""
    stack = strict_stack()
    workflow(stack, dead_letters=DeadLetters.discard())
    resources = synthesize(stack)

    assert "DeadLetterConfig" not in resources.only("AWS::Lambda::Function").properties
    assert [] == function_statements(resources)
    assert [] == resources.of_type("AWS::SQS::Queue")


def test_rejects_fifo(strict_stack: Callable[..., cdk.Stack]) -> None:
    """Lambda sends to standard queues and topics only."""
    stack = strict_stack()

    with pytest.raises(ValueError, match="must be a standard queue, got the FIFO queue Orders/Queue"):
        DeadLetters.to_queue(sqs.Queue(stack, "Queue", fifo=True))
    with pytest.raises(ValueError, match="must be a standard topic, got the FIFO topic Orders/Topic"):
        DeadLetters.to_topic(sns.Topic(stack, "Topic", fifo=True))


def test_rejects_rule_without_status(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction]
) -> None:
    """A rule for nothing would match nothing, without a word."""
    with pytest.raises(ValueError, match=r"statuses must name at least one of RUNNING, SUCCEEDED, FAILED.*got none"):
        workflow(strict_stack()).on_status_change("Ended", statuses=[])
