"""The permissions of one durable function: in which policy each of them is, and what waits for that policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import DependencyGroup

from durable_mi_constructs.acknowledgements import acknowledge, role_suppressions
from durable_mi_constructs.permissions.execution_role import WRITE_LOGS, execution_policy, execution_role
from durable_mi_constructs.permissions.function_role import FunctionRole
from durable_mi_constructs.permissions.placed_grants import PlacedGrants, call_when_complete
from durable_mi_constructs.permissions.replacement import digest, replace_policy
from durable_mi_constructs.permissions.role_users import RoleUsers

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from durable_mi_constructs.permissions.encryption import ExecutionEncryption

__all__ = ["ExecutionPermissions"]

_LONGEST_NAME: Final = 128  # of an inline policy. IAM, PutRolePolicy


class ExecutionPermissions:
    """The execution role of a function and its policies.

    - What Lambda checks when it creates the function, such as sending to the dead-letter queue, is in the role itself,
      or in a policy that the function waits for: the role's default policy, or one of the function's stack if the role
      is of another stack or has further functions.
    - ``ExecutionPolicy`` names the function, so it comes after it, and the published version waits for it. Grants to
      the function go there too.
    - A grant on something that uses the alias cannot come before the version. It goes to ``PolicyAfterAlias``, for
      which nothing waits.

    Args:
        scope: The construct of the function.
        given: The user's role; ``None`` creates one.
        sends_to: The ARN of the queue that a created role may send to; ``None`` if it gets the permission by a grant.
    """

    def __init__(self, scope: Construct, given: iam.IRole | None, sends_to: str | None) -> None:
        self._scope = scope
        self._given = given is not None
        self._role: iam.IRole = execution_role(scope, sends_to) if given is None else given
        self._users = None if given is None else RoleUsers.of(given)
        self._is_first = self._users is None or self._users.add(scope)
        self._is_foreign = given is not None and not _is_made_in(cdk.Stack.of(scope), given)
        self._function_role: FunctionRole | None = None
        self._policy: iam.Policy | None = None
        self._alias: lambda_.Alias | None = None
        self._settled = False
        self._before: _Before | None = None
        if self._is_foreign or not self._is_first:
            self._before = _Before()
            self._adapt()

    @property
    def role(self) -> iam.IRole:
        """The execution role."""
        return self._role

    @property
    def function_role(self) -> iam.IRole:
        """The role for CDK's function, which adds statements to it."""
        return self._role if self._function_role is None else self._function_role

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The role for grants to the function."""
        return self._adapt()

    def permit_execution(
        self,
        function: lambda_.Function,
        *,
        log_group: logs.ILogGroup,
        encryption: ExecutionEncryption | None,
        traced: bool,
    ) -> iam.Policy:
        """Create the policies, after the function.

        Args:
            function: The function.
            log_group: Its log group.
            encryption: The key of the executions' data; ``None`` if there is none.
            traced: Whether tracing is on.

        Returns:
            ``ExecutionPolicy``.
        """
        self._policy = execution_policy(
            self._scope,
            role=self._role,
            function=function,
            log_group=log_group if self._is_first else None,
            encryption=encryption,
            policy_name=self._name("ExecutionPolicy"),
        )
        before, self._before = self._before, None
        if before is not None:
            if not self._is_first:
                before.statements.insert(
                    0, iam.PolicyStatement(actions=list(WRITE_LOGS), resources=[log_group.log_group_arn])
                )
            self._permit_before(function, before, traced=traced)
        # Where CDK lets a role of this stack send to the dead-letter queue, and trace.
        elif (traced or self._given) and (policy := self._role.node.try_find_child("DefaultPolicy")) is not None:
            acknowledge(policy, *role_suppressions(traced=traced))
        return self._policy

    def keep_behind(self, alias: lambda_.Alias) -> None:
        """Name the alias, which grants on what uses it must not come before.

        Args:
            alias: The function's alias.
        """
        self._alias = alias

    def _adapt(self) -> FunctionRole:
        if self._function_role is None:
            grants = PlacedGrants(self._scope, self._name("PolicyAfterAlias"))
            self._function_role = FunctionRole(
                self._scope, role=self._role, place=lambda statement: self._place(statement, grants)
            )
            call_when_complete(self._function_role, lambda: self._settle(grants))
        return self._function_role

    def _place(self, statement: iam.PolicyStatement, grants: PlacedGrants) -> DependencyGroup:
        if self._before is not None:
            self._before.statements.append(statement)
            return self._before.group
        group = grants.add(statement)
        if self._settled:  # an aspect of the app granted after ours has run
            self._settle(grants)
        return group

    def _settle(self, grants: PlacedGrants) -> None:
        self._settled = True
        if self._policy is None or self._alias is None:
            return
        if self._is_attached(self._policy):
            grants.settle(self._role, self._policy, self._alias)
            self._keep_through_updates(grants)
        else:
            self._leave_to_role(grants.take())

    def _keep_through_updates(self, grants: PlacedGrants) -> None:
        # A statement moves from ExecutionPolicy to PolicyAfterAlias when what it is about begins to use the alias.
        moved = grants.behind_alias
        if self._is_foreign:  # has another name than before, and nothing says in which order IAM gets the two
            moved.append(self._scope.node.addr)
        if self._policy is not None and moved:
            replace_policy(self._policy, digest(moved))
        RoleUsers.replace_own_policy(self._role, cdk.Stack.of(self._scope))

    def _permit_before(self, function: lambda_.Function, before: _Before, *, traced: bool) -> None:
        if self._policy is None or not self._is_attached(self._policy):
            self._leave_to_role(before.statements)
            return
        if not before.statements:
            return
        policy: iam.Policy | iam.ManagedPolicy
        if self._is_first or self._users is None:
            policy = iam.Policy(
                self._adapt(), "Policy", statements=before.statements, policy_name=self._name("FunctionRolePolicy")
            )
            self._role.attach_inline_policy(policy)
            acknowledge(policy, *role_suppressions(traced=traced))
        else:
            policy = self._users.permit(cdk.Stack.of(self._scope), self._role, before.statements, traced=traced)
        # The function alone, not the version below it, which waits for the function.
        cast("cdk.CfnResource", function.node.default_child).node.add_dependency(policy)
        before.group.add(policy)

    def _is_attached(self, policy: iam.Policy) -> bool:
        """Return whether the role took a policy. One that is immutable, or that the app does not create, takes none."""
        resource = cast("iam.CfnPolicy", policy.node.default_child)
        return bool(cdk.Stack.of(self._scope).resolve(resource.roles))

    def _leave_to_role(self, statements: list[iam.PolicyStatement]) -> None:
        # A role that is made elsewhere puts them on the list of what it needs; an immutable one drops them.
        for statement in statements:
            self._role.add_to_principal_policy(statement)

    def _name(self, policy: str) -> str | None:
        # A logical id is unique in one stack, and two stacks can have policies for the same role.
        if not self._is_foreign:
            return None
        path = cdk.Names.unique_resource_name(
            self._scope, max_length=_LONGEST_NAME - len(policy) - 1, separator="-", allowed_special_characters="-"
        )
        return f"{path}-{policy}"


class _Before:
    """Statements that must be there before the function."""

    def __init__(self) -> None:
        self.statements: list[iam.PolicyStatement] = []
        self.group = DependencyGroup()


def _is_made_in(stack: cdk.Stack, role: iam.IRole) -> bool:
    """Return whether a role is a resource of a stack. An imported one is not, wherever it is imported."""
    return isinstance(role, iam.Role) and cdk.Stack.of(role).node.addr == stack.node.addr
