"""Dead-letter queue and status events of executions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from durable_mi.checks import choice
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes, takes_fields
from durable_mi_constructs.permissions.encryption import key_behind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

__all__ = [
    "DEAD_LETTERS",
    "TARGET",
    "DeadLetters",
    "DurableExecutionStatus",
    "dead_letter_queue",
    "send_failures",
    "status_change_rule",
]

TARGET: Final = kinds.instance(
    events.IRuleTarget, fix="wrap what gets the events, such as aws_events_targets.SqsQueue(queue)"
)
"""The kind of a rule's ``target``."""

_TOPIC: Final = kinds.instance(
    sns.ITopic, fix="pass an sns.Topic, or import one with sns.Topic.from_topic_arn(scope, id, arn)"
)


class DurableExecutionStatus(StrEnum):
    """The statuses that Lambda reports to EventBridge. DG [durable-monitoring]."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    STOPPED = "STOPPED"


@takes_fields(queue=kinds.QUEUE, topic=_TOPIC)
@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetters:
    """The destination for the event of an execution that was started asynchronously and did not succeed.

    Created by :meth:`to_queue`, :meth:`to_topic` or :meth:`discard`.

    Attributes:
        queue: The queue that gets the event.
        topic: The topic that gets the event.

    Raises:
        ValueError: Both are given, or one is of the wrong kind.
    """

    queue: sqs.IQueue | None = None
    topic: sns.ITopic | None = None

    def __post_init__(self) -> None:
        """Check that at most one is given."""
        if self.queue is not None and self.topic is not None:
            msg = "queue and topic must not be given together, got both: pass one, and subscribe the queue to the topic"
            raise ValueError(msg)

    @classmethod
    @takes(queue=kinds.QUEUE)
    def to_queue(cls, queue: sqs.IQueue) -> DeadLetters:
        """Send the events to a queue.

        Args:
            queue: A standard queue. If it is encrypted with a customer managed key, the execution role gets permissions
                on that key.

        Raises:
            ValueError: It is not a queue, or a FIFO queue.
        """
        if queue.fifo:
            msg = f"a dead-letter queue must be a standard queue, got the FIFO queue {queue.node.path}: take another"
            raise ValueError(msg)
        return cls(queue=queue)

    @classmethod
    @takes(topic=_TOPIC)
    def to_topic(cls, topic: sns.ITopic) -> DeadLetters:
        """Send the events to a topic.

        Args:
            topic: A standard topic. If it is encrypted with a customer managed key that CDK knows, the execution role
                gets permissions on that key.

        Raises:
            ValueError: It is not a topic, or a FIFO topic.
        """
        if topic.fifo:
            msg = f"a dead-letter topic must be a standard topic, got the FIFO topic {topic.node.path}: take another"
            raise ValueError(msg)
        return cls(topic=topic)

    @classmethod
    def discard(cls) -> DeadLetters:
        """Keep no events. The history of a failed execution stays readable until its retention period ends."""
        return cls()

    @property
    def has_key(self) -> bool:
        """Whether the queue or topic is known to be encrypted with a customer managed key."""
        return self._key() is not None

    @takes(role=kinds.ROLE)
    def allow(self, role: iam.IRole) -> None:
        """Let the execution role use the key of queue or topic. CDK grants sending itself.

        Args:
            role: The execution role.
        """
        key, used_by = self._key(), self.queue or self.topic
        if key is None or used_by is None:
            return
        service = "sqs" if self.queue is not None else "sns"
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resources=[key_behind(key).key_arn],
                conditions={
                    "StringEquals": {"kms:ViaService": f"{service}.{cdk.Stack.of(used_by).region}.amazonaws.com"}
                },
            )
        )

    def _key(self) -> kms.IKey | None:
        if self.queue is not None:
            return self.queue.encryption_master_key
        return None if self.topic is None else self.topic.master_key


DEAD_LETTERS: Final = kinds.instance(DeadLetters, fix="pass DeadLetters.to_queue(...), .to_topic(...) or .discard()")
"""The kind of ``dead_letters``."""


def dead_letter_queue(scope: Construct, encryption_key: kms.IKey | None) -> DeadLetters:
    """Create the queue for the events of failed executions, ``DeadLetterQueue`` in ``scope``.

    Messages are kept for 14 days, the maximum of SQS. Requests without TLS are rejected.

    Args:
        scope: The construct of the function.
        encryption_key: The key of the execution payloads, which also encrypts the events. ``None`` uses SQS's own key.
    """
    managed = encryption_key is None
    return DeadLetters(
        queue=sqs.Queue(
            scope,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED if managed else sqs.QueueEncryption.KMS,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            retention_period=_retention(),
        )
    )


def send_failures(resource: lambda_.CfnFunction, queue_arn: str) -> None:
    """Let Lambda send failed executions' events to a queue that the role may already send to.

    CDK's function would add the permission to the role's default policy.

    Args:
        resource: The function.
        queue_arn: The queue's ARN.
    """
    resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(target_arn=queue_arn)


@cache
def _retention() -> cdk.Duration:
    return cdk.Duration.days(14)


def status_change_rule(
    scope: Construct,
    construct_id: str,
    *,
    function_arn: str,
    statuses: Sequence[DurableExecutionStatus],
    target: events.IRuleTarget | None,
) -> events.Rule:
    """Create the EventBridge rule for the status changes of one function's executions.

    Args:
        scope: The construct of the function.
        construct_id: The rule's id in it.
        function_arn: The function's ARN without qualifier. The events have it with a version appended.
        statuses: The statuses to match, at least one.
        target: The target of the rule; ``None`` if targets are added later.

    Raises:
        ValueError: There is no status, or one that Lambda does not report.
    """
    given = choice.take_entries("statuses", statuses)
    if not given:
        msg = f"statuses must name at least one of {', '.join(DurableExecutionStatus)}, got none"
        raise ValueError(msg)
    names = [choice.take_member("statuses", status, DurableExecutionStatus, each=True).value for status in given]
    return events.Rule(
        scope,
        construct_id,
        description=f"Durable executions that become {', '.join(names)}",
        event_pattern=events.EventPattern(
            source=["aws.lambda"],
            detail_type=["Durable Execution Status Change"],
            # The colon keeps functions out whose name only begins like this one's.
            detail={"functionArn": [{"prefix": f"{function_arn}:"}], "status": names},
        ),
        targets=None if target is None else [target],
    )
