"""Grants to a function, and the policy that each of them goes into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import DependencyGroup

from durable_mi_constructs.permissions.alias_users import AliasUsers, StackResources

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct, IConstruct

__all__ = ["PlacedGrants", "call_when_complete"]


class PlacedGrants:
    """Statements that wait until the app is complete, and it is known what uses the alias.

    Args:
        scope: The construct of the function.
        policy_name: The name of ``PolicyAfterAlias``; ``None`` for its logical id.
    """

    def __init__(self, scope: Construct, policy_name: str | None) -> None:
        self._scope = scope
        self._policy_name = policy_name
        self._statements: list[iam.PolicyStatement] = []
        self._group = DependencyGroup()
        self._after_alias: iam.Policy | None = None
        self._behind: list[Any] = []

    def add(self, statement: iam.PolicyStatement) -> DependencyGroup:
        """Keep a statement.

        Args:
            statement: A permission of the function.

        Returns:
            What gets the policy as a member, for those who wait for the grant.
        """
        self._statements.append(statement)
        return self._group

    def take(self) -> list[iam.PolicyStatement]:
        """Return the statements that have no policy yet, and keep them no longer."""
        statements, self._statements = self._statements, []
        return statements

    @property
    def behind_alias(self) -> list[Any]:
        """The statements of ``PolicyAfterAlias``, resolved."""
        return list(self._behind)

    def settle(self, role: iam.IRole, policy: iam.Policy, alias: lambda_.Alias) -> None:
        """Put each statement into the function's policy, or into ``PolicyAfterAlias`` if it leads to the alias.

        Args:
            role: The execution role.
            policy: ``ExecutionPolicy``, for which the version waits.
            alias: The alias.
        """
        statements = self.take()
        if not statements:
            return
        version = cast("lambda_.Version", alias.version)
        users = AliasUsers(
            StackResources(cdk.Stack.of(self._scope)),
            (
                cast("cdk.CfnResource", alias.node.default_child),
                cast("cdk.CfnResource", version.node.default_child),
            ),
        )
        for statement in statements:
            behind = users.include(statement)
            target = self._behind_alias(role) if behind else policy
            target.add_statements(statement)
            self._group.add(target)
            if behind:
                self._behind.append(cdk.Stack.of(self._scope).resolve(statement.to_statement_json()))

    def _behind_alias(self, role: iam.IRole) -> iam.Policy:
        # Made when it is needed: rule packs also judge a policy that stays empty, which CDK leaves out of the template.
        if self._after_alias is None:
            self._after_alias = iam.Policy(self._scope, "PolicyAfterAlias", policy_name=self._policy_name)
            role.attach_inline_policy(self._after_alias)
        return self._after_alias


def call_when_complete(construct: Construct, callback: Callable[[], None]) -> None:
    """Call back when the app is complete and CDK lets aspects change it.

    Args:
        construct: A construct with few children: CDK calls for each.
        callback: What to call, each time.
    """
    cdk.Aspects.of(construct).add(_Callback(callback), priority=cdk.AspectPriority.MUTATING)


@jsii.implements(cdk.IAspect)
class _Callback:
    def __init__(self, callback: Callable[[], None]) -> None:
        self._callback = callback

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002 - CDK's signature
        self._callback()
