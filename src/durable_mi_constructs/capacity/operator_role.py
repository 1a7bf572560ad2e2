"""The role by which Lambda starts a capacity provider's instances and writes its system logs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from durable_mi_constructs.acknowledgements import INLINE_POLICIES, OPERATOR_POLICY, acknowledge
from durable_mi_constructs.construct_paths import stack_of

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_logs as logs
    from constructs import Construct

__all__ = ["make_operator_role", "permit_operator"]


def make_operator_role(scope: Construct, *, log_group: logs.ILogGroup, kms_key: kms.IKey | None) -> iam.Role:
    """Create the operator role, ``OperatorRole`` in ``scope``, with all permissions from its creation on.

    It trusts this account only. The permissions on EC2 are AWS's managed policy, which AWS updates together with the
    service. The others are inline.

    Args:
        scope: The capacity.
        log_group: Where the system logs go.
        kms_key: The key of the instances' volumes; ``None`` for AWS's own.
    """
    role = iam.Role(
        scope,
        "OperatorRole",
        description="Lets Lambda start and stop the instances of a capacity provider",
        assumed_by=iam.ServicePrincipal(
            "lambda.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack_of(scope).account}}
        ),
        managed_policies=[_managed_policy()],
        inline_policies={"Operator": _policy(scope, log_group, kms_key)},
    )
    acknowledge(role, OPERATOR_POLICY, INLINE_POLICIES)
    return role


def permit_operator(
    scope: Construct, role: iam.IRole, *, log_group: logs.ILogGroup, kms_key: kms.IKey | None
) -> iam.Policy:
    """Grant the inline permissions of a created role to the user's own role, as ``OperatorPolicy`` in ``scope``.

    Args:
        scope: The capacity.
        role: The role. A role that was imported as immutable is not changed.
        log_group: Where the system logs go.
        kms_key: The key of the instances' volumes; ``None`` for AWS's own.
    """
    policy = iam.Policy(scope, "OperatorPolicy", document=_policy(scope, log_group, kms_key))
    acknowledge(policy, INLINE_POLICIES)
    # Asked of the role, not of the policy: a role imported as immutable must stay as it is.
    role.attach_inline_policy(policy)
    return policy


def _policy(scope: Construct, log_group: logs.ILogGroup, kms_key: kms.IKey | None) -> iam.PolicyDocument:
    stack = stack_of(scope)
    # AWS's guide says that its managed policy allows these; the policy's text does not. Without them Lambda keeps
    # silent. The group's own ARN, without the streams, is what CreateLogGroup is asked for.
    own_arn = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=log_group.log_group_name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    statements: list[dict[str, Any]] = [
        {
            "Sid": "WriteSystemLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [own_arn, log_group.log_group_arn],
        }
    ]
    if kms_key is not None:
        # What EC2 asks of whoever runs instances with encrypted volumes, which is this role; that Lambda asks for the
        # same on managed instances is inferred.
        key_arn = kms_key.key_arn
        via_ec2 = {"StringEquals": {"kms:ViaService": f"ec2.{stack.region}.amazonaws.com"}}
        statements += [
            {
                "Sid": "UseVolumeKey",
                "Effect": "Allow",
                "Action": [
                    "kms:Decrypt",
                    "kms:DescribeKey",
                    "kms:GenerateDataKeyWithoutPlaintext",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                "Resource": [key_arn],
                "Condition": via_ec2,
            },
            {
                "Sid": "GrantVolumeKey",
                "Effect": "Allow",
                "Action": ["kms:CreateGrant"],
                "Resource": [key_arn],
                "Condition": {**via_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
        ]
    # As IAM writes it: one round trip to Node, where statements of CDK's own type are one each.
    return iam.PolicyDocument.from_json({"Statement": statements})


@cache
def _managed_policy() -> iam.IManagedPolicy:
    return iam.ManagedPolicy.from_aws_managed_policy_name("AWSLambdaManagedEC2ResourceOperator")
