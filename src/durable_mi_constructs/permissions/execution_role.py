"""Permissions of a durable function: write its own logs, checkpoint its own executions, and nothing else."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from durable_mi_constructs.permissions.encryption import ExecutionEncryption

__all__ = ["WRITE_LOGS", "execution_policy", "execution_role"]

WRITE_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
"""What a function does with its log group."""


def execution_role(scope: Construct, sends_to: str | None) -> iam.Role:
    """Create the execution role, ``Role`` in ``scope``.

    Args:
        scope: The construct of the function.
        sends_to: The ARN of the function's own dead-letter queue, to which Lambda wants the role to be allowed to send
            when it creates the function. It is part of the role: a policy of its own would be one resource more for
            each function. ``None`` if something else allows it.
    """
    allowed = None
    if sends_to is not None:
        send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": sends_to}
        allowed = {"DeadLetters": iam.PolicyDocument.from_json({"Statement": [send]})}
    return iam.Role(
        scope,
        "Role",
        assumed_by=_lambda(),
        description="Execution role of a durable function on managed instances",
        inline_policies=allowed,
    )


def execution_policy(  # noqa: PLR0913 - made in one place
    scope: Construct,
    *,
    role: iam.IRole,
    function: lambda_.Function,
    log_group: logs.ILogGroup | None,
    encryption: ExecutionEncryption | None,
    policy_name: str | None,
) -> iam.Policy:
    """Create the policy that durable execution needs, ``ExecutionPolicy`` in ``scope``, and attach it to the role.

    It is a separate policy: the function needs its role first, so a role whose default policy named the function would
    be a circular dependency.

    Args:
        scope: The construct of the function.
        role: The function's role, also the user's own.
        function: The function whose executions are checkpointed. Their ARNs begin with the function's ARN and a
            version.
        log_group: The function's log group; ``None`` if another policy has it, and this one must be short.
        encryption: The customer managed key of the executions' data; ``None`` if there is none.
        policy_name: The policy's name; ``None`` for its logical id, which is unique in its stack only.
    """
    keep: dict[str, Any] = {
        "Effect": "Allow",
        "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
        "Resource": [f"{function.function_arn}:*"],
    }
    if log_group is None:
        statements = [keep]
    else:
        write = {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": list(WRITE_LOGS),
            "Resource": [log_group.log_group_arn],
        }
        statements = [write, {"Sid": "KeepDurableExecutions", **keep}]
    # As IAM writes it: one round trip to Node, where statements of CDK's own type are one each.
    policy = iam.Policy(
        scope,
        "ExecutionPolicy",
        document=iam.PolicyDocument.from_json({"Statement": statements}),
        policy_name=policy_name,
    )
    if encryption is not None:
        policy.add_statements(encryption.read_statement(function.function_arn, sid="ReadDurableExecutionData"))
    # Asked of the role, not of the policy: a role that is immutable or made elsewhere must stay as it is. And last,
    # since the list of what such a role needs is written here.
    role.attach_inline_policy(policy)
    return policy


@cache
def _lambda() -> iam.ServicePrincipal:
    return iam.ServicePrincipal("lambda.amazonaws.com")
