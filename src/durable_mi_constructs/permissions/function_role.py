"""The execution role as its function uses it: new permissions go into policies of the function's own stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk.interfaces import aws_iam as iam_references
    from constructs import Construct, DependencyGroup

__all__ = ["FunctionRole"]


@jsii.implements(iam.IRole)
class FunctionRole(cdk.Resource):
    """The execution role for CDK's grants, which asks somebody else where a statement belongs.

    CDK adds a statement to the default policy of the role. That policy is in the role's stack, and the function waits
    for it. So a statement about a resource of the function's stack, or about one that names the function, would be a
    circular dependency. Here a statement goes to ``place`` instead, and everything else is the role's own.

    Tree: ``FunctionRole`` in the function's construct; below it ``Policy``, if the role is of another stack.

    Args:
        scope: The construct of the function.
        role: The role.
        place: Takes a statement and returns what waits for its policy.
    """

    def __init__(
        self, scope: Construct, *, role: iam.IRole, place: Callable[[iam.PolicyStatement], DependencyGroup]
    ) -> None:
        super().__init__(scope, "FunctionRole")
        self._role = role
        self._place = place

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """This principal, whose statements are placed."""
        return self

    @property
    def role_arn(self) -> str:
        """The role's ARN."""
        return self._role.role_arn

    @property
    def role_name(self) -> str:
        """The role's name."""
        return self._role.role_name

    @property
    def role_ref(self) -> iam_references.RoleReference:
        """The reference to the role."""
        return self._role.role_ref

    @property
    def assume_role_action(self) -> str:
        """The action by which the role is assumed."""
        return self._role.assume_role_action

    @property
    def policy_fragment(self) -> iam.PrincipalPolicyFragment:
        """The role in the policy of a resource."""
        return self._role.policy_fragment

    @property
    def principal_account(self) -> str | None:
        """The role's account."""
        return self._role.principal_account

    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        """Place a statement.

        Args:
            statement: A permission of the function.
        """
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self._place(statement))

    def add_to_policy(self, statement: iam.PolicyStatement) -> bool:
        """Place a statement; CDK keeps the method for old callers.

        Args:
            statement: A permission of the function.
        """
        self._place(statement)
        return True

    def add_managed_policy(self, policy: iam.IManagedPolicy) -> None:
        """Attach a managed policy to the role.

        Args:
            policy: The policy.
        """
        self._role.add_managed_policy(policy)

    def attach_inline_policy(self, policy: iam.Policy) -> None:
        """Attach an inline policy to the role.

        Args:
            policy: The policy.
        """
        self._role.attach_inline_policy(policy)

    def grant(self, grantee: iam.IPrincipal, *actions: str) -> iam.Grant:
        """Grant actions on the role itself.

        Args:
            grantee: Who may do them.
            actions: The actions.
        """
        return self._role.grant(grantee, *actions)

    def grant_pass_role(self, grantee: iam.IPrincipal) -> iam.Grant:
        """Grant passing the role to a service.

        Args:
            grantee: Who may pass it.
        """
        return self._role.grant_pass_role(grantee)

    def grant_assume_role(self, grantee: iam.IPrincipal) -> iam.Grant:
        """Grant assuming the role.

        Args:
            grantee: Who may assume it.
        """
        return self._role.grant_assume_role(grantee)
