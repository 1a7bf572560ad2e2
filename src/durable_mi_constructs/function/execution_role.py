"""Permissions of a durable function: write its own logs, checkpoint its own executions, and nothing else."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from durable_mi_constructs.function.encryption import ExecutionEncryption

__all__ = ["execution_policy", "execution_role"]


def execution_role(scope: Construct) -> iam.Role:
    """Create the execution role, ``Role`` in ``scope``, without any permission.

    Args:
        scope: The construct of the function.
    """
    return iam.Role(
        scope,
        "Role",
        assumed_by=_lambda(),
        description="Execution role of a durable function on managed instances",
    )


def execution_policy(
    scope: Construct,
    *,
    role: iam.IRole,
    function: lambda_.Function,
    log_group: logs.ILogGroup,
    encryption: ExecutionEncryption | None,
) -> iam.Policy:
    """Create the policy that durable execution needs, ``ExecutionPolicy`` in ``scope``, and attach it to the role.

    It is a separate policy: the function needs its role first, so a role whose default policy named the function would
    be a circular dependency.

    Args:
        scope: The construct of the function.
        role: The function's role, also the user's own.
        function: The function whose executions are checkpointed. Their ARNs begin with the function's ARN and a
            version.
        log_group: The function's log group.
        encryption: The customer managed key of the executions' data; ``None`` if there is none.
    """
    # As IAM writes it: one round trip to Node, where statements of CDK's own type are one each.
    policy = iam.Policy(
        scope,
        "ExecutionPolicy",
        roles=[role] if isinstance(role, iam.Role) else None,
        document=iam.PolicyDocument.from_json(
            {
                "Statement": [
                    {
                        "Sid": "WriteLogs",
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Resource": [log_group.log_group_arn],
                    },
                    {
                        "Sid": "KeepDurableExecutions",
                        "Effect": "Allow",
                        "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
                        "Resource": [f"{function.function_arn}:*"],
                    },
                ]
            }
        ),
    )
    if encryption is not None:
        policy.add_statements(encryption.read_statement(function.function_arn, sid="ReadDurableExecutionData"))
    if not isinstance(role, iam.Role):
        # Asked of the role, not of the policy: a role imported as immutable must stay as it is.
        role.attach_inline_policy(policy)
    return policy


@cache
def _lambda() -> iam.ServicePrincipal:
    return iam.ServicePrincipal("lambda.amazonaws.com")
