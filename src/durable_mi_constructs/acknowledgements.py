"""Findings of rule packs about these constructs, and the reasons for them.

CDK keeps an acknowledgement as metadata of one construct and applies it to findings there and below. Only decisions
of this project are acknowledged, so that an app which runs cdk-nag 3 shows only findings that its own authors can act
on. CDK's validation report still lists the rules, as suppressed, each with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from constructs import Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct

__all__ = [
    "SUPPRESSIONS",
    "Suppression",
    "acknowledge",
    "function_suppressions",
    "janitor_wildcards",
    "role_suppressions",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppression:
    """A decision of this project that rules object to, and so report as suppressed.

    Attributes:
        reason: Why we decided so, for reviewers; CDK's validation report shows it.
        rules: The rules, as cdk-nag names them.
    """

    reason: str
    rules: tuple[str, ...]

    def about(self, *findings: str) -> Suppression:
        """Narrow the rules to exact findings.

        Args:
            findings: As cdk-nag names them in brackets, such as ``Resource::*``.
        """
        return replace(self, rules=tuple(f"{rule}[{finding}]" for rule in self.rules for finding in findings))


OPERATOR_POLICY: Final = Suppression(
    reason="Lambda documents this policy for the operator role of capacity providers and changes it together with the "
    "service; a copy would stop instances from starting when Lambda needs more. The role trusts this account only.",
    rules=("AwsSolutions::AwsSolutions-IAM4",),
).about("Policy::arn:<AWS::Partition>:iam::aws:policy/AWSLambdaManagedEC2ResourceOperator")
WILDCARDS: Final = Suppression(
    reason="An execution's ARN begins with the function's ARN and a version number that is not known before "
    "deployment, so the two checkpoint actions are allowed on this one function with ':*'. X-Ray's two write "
    "actions, allowed with tracing only, take no resource.",
    rules=("AwsSolutions::AwsSolutions-IAM5",),
)
INLINE_POLICIES: Final = Suppression(
    reason="Each policy is for one role and names that role's resources: it is made, changed and deleted with the role "
    "and can be attached to nothing else.",
    rules=("NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",),
)
MANAGED_INSTANCES: Final = Suppression(
    reason="On managed instances the capacity provider, not the function, is in the VPC and bounds the load: private "
    "subnets, a security group without ingress, a limit of vCPUs and of concurrency in each environment.",
    rules=(
        "NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaConcurrency",
    ),
)
TRACING: Final = Suppression(
    reason="Tracing is off until it is asked for: a durable execution has a history of every operation with its times. "
    "tracing=Tracing.ACTIVE adds X-Ray's permissions and, with private egress, its endpoint.",
    rules=("Serverless::Serverless-LambdaTracing",),
)
LOG_ENCRYPTION: Final = Suppression(
    reason="CloudWatch Logs encrypts every log group, this one with a key of its own. Where policy asks for a customer "
    "managed key, pass a log group that has one.",
    rules=("NIST.800.53.R5::NIST.800.53.R5-CloudWatchLogGroupEncrypted",),
)
LAST_QUEUE: Final = Suppression(
    reason="This is the dead-letter queue: what arrives in it stays until somebody looks, and has nowhere else to go.",
    rules=("Serverless::Serverless-SQSRedrivePolicy",),
)
OWN_VPC: Final = Suppression(
    reason="Public subnets hold the NAT gateways and nothing else, and give no public addresses; their route to the "
    "internet gateway is what NAT is for. Nothing is in the default security group, which CloudFormation cannot empty; "
    "every network interface here has a group of its own. Bring a VPC where policy asks for more.",
    rules=(
        "NIST.800.53.R5::NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
        "NIST.800.53.R5::NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
    ),
)
JANITOR: Final = Suppression(
    reason="The janitor of old versions calls AWS's own endpoints and nothing in a network. It runs for seconds every "
    "five minutes, and two passes at once are safe: its table is written conditionally. The next pass follows one "
    "that fails. What the table remembers can be lost, and old versions then drain later.",
    rules=(
        "AwsSolutions::AwsSolutions-DDB3",
        "NIST.800.53.R5::NIST.800.53.R5-DynamoDBInBackupPlan",
        "NIST.800.53.R5::NIST.800.53.R5-DynamoDBPITREnabled",
        "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaConcurrency",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaDLQ",
        "NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC",
        "Serverless::Serverless-EventBusDLQ",
        "Serverless::Serverless-LambdaAsyncFailureDestination",
        "Serverless::Serverless-LambdaDLQ",
        "Serverless::Serverless-LambdaTracing",
    ),
)
JANITOR_WILDCARDS: Final = Suppression(
    reason="The numbers of versions and the names of capacity providers that a replacement left behind are not known "
    "before deployment. The janitor may read the tags of any function, but change versions of this stack's functions "
    "only, and delete capacity providers only that CloudFormation has tagged as this stack's.",
    rules=("AwsSolutions::AwsSolutions-IAM5",),
)

SUPPRESSIONS: Final = (
    OPERATOR_POLICY,
    WILDCARDS,
    INLINE_POLICIES,
    MANAGED_INSTANCES,
    TRACING,
    LOG_ENCRYPTION,
    LAST_QUEUE,
    OWN_VPC,
    JANITOR,
    JANITOR_WILDCARDS,
)
"""All suppressions; `docs/reference/nag.md` is generated from it."""


def function_suppressions(logical_id: str, *, traced: bool) -> list[Suppression]:
    """Return the suppressions for a durable function and the resources created with it.

    Args:
        logical_id: The function's logical id.
        traced: Whether tracing is on.
    """
    suppressions = [
        MANAGED_INSTANCES,
        INLINE_POLICIES,
        LOG_ENCRYPTION,
        LAST_QUEUE,
        WILDCARDS.about(f"Resource::<{logical_id}.Arn>:*"),
    ]
    return suppressions if traced else [*suppressions, TRACING]


def janitor_wildcards(partition: str, region: str, account: str, function_ids: Iterable[str]) -> Suppression:
    """Return the suppression for what the janitor of a stack may do.

    Args:
        partition: The partition of the stack, or ``<AWS::Partition>`` where only a deployment knows it.
        region: The Region, likewise.
        account: The account, likewise.
        function_ids: The logical ids of the functions that it looks after.
    """
    return JANITOR_WILDCARDS.about(
        f"Resource::arn:{partition}:lambda:{region}:{account}:function:*",
        f"Resource::arn:{partition}:lambda:{region}:{account}:capacity-provider:*",
        *(f"Resource::<{function_id}.Arn>:*" for function_id in function_ids),
    )


def role_suppressions(*, traced: bool) -> list[Suppression]:
    """Return the suppressions for the default policy of an execution role, which can be the user's.

    Args:
        traced: Whether tracing is on.
    """
    return [INLINE_POLICIES, WILDCARDS.about("Resource::*")] if traced else [INLINE_POLICIES]


def acknowledge(scope: IConstruct | Node, *suppressions: Suppression) -> None:
    """Acknowledge rules on one construct.

    Args:
        scope: The construct to which the suppressions apply, or its node.
        suppressions: The rules, each with its reason.
    """
    node = scope if isinstance(scope, Node) else scope.node
    # What Validations.acknowledge writes, in one entry. That would also go through everything below the construct, once
    # for each rule, to take away warnings of the same name: a seventh of the time that a function takes.
    node.add_metadata(
        _metadata_key(), {rule: suppression.reason for suppression in suppressions for rule in suppression.rules}
    )


@cache
def _metadata_key() -> str:
    return cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
