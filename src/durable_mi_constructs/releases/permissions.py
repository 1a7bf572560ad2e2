"""What the janitor of a stack may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
import constructs
import jsii
from aws_cdk import aws_iam as iam

from durable_mi.release import permissions as actions
from durable_mi.release.observe import STACK_ID
from durable_mi.release.tags import RELEASES
from durable_mi_constructs.acknowledgements import acknowledge, janitor_wildcards

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb

__all__ = ["JanitorPermissions", "permit_janitor"]

_READ_PROVIDER: Final = (*actions.PROVIDER_READS, *actions.TAG_READS)

# A managed policy has at most 6,144 characters without whitespace (IAM quotas). An ARN with names as long as
# CloudFormation makes them is 120, the statements around them are 1,000, and 42 ARNs leave a little over.
_ARNS_OF_A_POLICY: Final = 42


def permit_janitor(stack: cdk.Stack, role: iam.Role, records: dynamodb.Table) -> None:
    """Allow what does not depend on which functions there are.

    Args:
        stack: The stack of the functions.
        role: The janitor's role.
        records: The table of its records.
    """
    arn = f"arn:{stack.partition}:lambda:{stack.region}:{stack.account}"
    role.add_to_policy(
        iam.PolicyStatement(
            actions=list(actions.STACK_READS),
            resources=[stack.stack_id],
        )
    )
    # The tags say which functions of the stack are ours, and the names of the others are in no policy.
    role.add_to_policy(iam.PolicyStatement(actions=list(actions.TAG_READS), resources=[f"{arn}:function:*"]))
    # Nobody knows the names of capacity providers that a replacement left behind. CloudFormation tags what it makes
    # with its stack, and nobody else can write that tag.
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[*_READ_PROVIDER, *actions.PROVIDER_CHANGES],
            resources=[f"{arn}:capacity-provider:*"],
            conditions={
                "StringEquals": {f"aws:ResourceTag/{STACK_ID}": stack.stack_id},
                "Null": {f"aws:ResourceTag/{RELEASES}": "false"},
            },
        )
    )
    # Without a qualifier the call deletes the function with all of its versions.
    role.add_to_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY, actions=["lambda:DeleteFunction"], not_resources=[f"{arn}:function:*:*"]
        )
    )
    records.grant(role, *actions.RECORD_CALLS)


@jsii.implements(constructs.IValidation)
class JanitorPermissions(constructs.Construct):
    """What the janitor may do to the functions of its stack and their versions: ``Versions1`` and on.

    Nothing of the stack but the janitor's schedule waits for these policies. They name every function, and a function
    can name the alias of another: a version that waited for them would wait for itself.

    Args:
        scope: The janitor.
        stack: The stack.
        role: The janitor's role.
    """

    def __init__(self, scope: constructs.Construct, stack: cdk.Stack, role: iam.Role) -> None:
        super().__init__(scope, "Permissions")
        self._scope = scope
        self._stack = stack
        self._functions: list[str] = []
        self._acknowledged = 0
        self.node.add_validation(self)
        self._role = role
        self._capacity_providers: set[str] = set()
        self._policies: list[_Versions] = []

    def add(self, function_arn: str, capacity_provider_arn: str) -> None:
        """Allow what a function's versions need.

        Args:
            function_arn: Its ARN without qualifier.
            capacity_provider_arn: The ARN of the capacity provider of its next version.
        """
        self._functions.append(function_arn)
        is_new = capacity_provider_arn not in self._capacity_providers
        self._capacity_providers.add(capacity_provider_arn)
        if not self._policies or not self._policies[-1].has_room(2 + 2 * is_new):
            self._policies.append(_Versions(self, f"Versions{len(self._policies) + 1}", self._role))
        self._policies[-1].add_function(function_arn)
        if is_new:
            self._policies[-1].add_capacity_provider(capacity_provider_arn)

    def validate(self) -> list[str]:
        """Acknowledge what rules find in the policies, when all functions are known: once, and not for each of them."""
        if self._acknowledged < len(self._functions):
            stack = self._stack
            # As rules write a reference.
            partition, region, account = (
                f"<{it['Ref']}>" if isinstance(it, dict) else it
                for it in stack.resolve([stack.partition, stack.region, stack.account])
            )
            arns: list[dict[str, list[str]]] = stack.resolve(self._functions)
            acknowledge(
                self._scope, janitor_wildcards(partition, region, account, (arn["Fn::GetAtt"][0] for arn in arns))
            )
            self._acknowledged = len(arns)
        return []


class _Versions:
    """One policy. Its resources are listed when all functions are known: no call to CDK for each of them."""

    def __init__(self, scope: constructs.Construct, construct_id: str, role: iam.Role) -> None:
        self._functions = _Arns()
        self._versions = _Arns()
        self._capacity_providers = _Arns()
        self._policy = iam.ManagedPolicy(
            scope,
            construct_id,
            description="What the janitor of durable functions may do to their versions",
            roles=[role],
            statements=[
                _statement(self._functions, *actions.FUNCTION_READS),
                _statement(self._versions, *actions.FUNCTION_READS, *actions.VERSION_CHANGES),
            ],
        )

    def has_room(self, arns: int) -> bool:
        lists = (self._functions, self._versions, self._capacity_providers, self._capacity_providers)
        return sum(len(it.arns) for it in lists) + arns <= _ARNS_OF_A_POLICY

    def add_function(self, arn: str) -> None:
        self._functions.arns.append(arn)
        self._versions.arns.append(f"{arn}:*")

    def add_capacity_provider(self, arn: str) -> None:
        if not self._capacity_providers.arns:
            # What is in use has the tag of the stack too, and must never be deleted.
            in_use = _statement(self._capacity_providers, *actions.PROVIDER_CHANGES, effect=iam.Effect.DENY)
            self._policy.add_statements(_statement(self._capacity_providers, *_READ_PROVIDER), in_use)
        self._capacity_providers.arns.append(arn)


@jsii.implements(cdk.IStableListProducer)
class _Arns:
    """ARNs that are collected until the app is synthesized."""

    def __init__(self) -> None:
        self.arns: list[str] = []

    def produce(self) -> list[str]:
        """Return them."""
        return self.arns


def _statement(arns: _Arns, *names: str, effect: iam.Effect = iam.Effect.ALLOW) -> iam.PolicyStatement:
    return iam.PolicyStatement(effect=effect, actions=sorted(names), resources=cdk.Lazy.list(arns))
