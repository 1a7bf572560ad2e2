"""The functions of an app that share one execution role, and the policies that they share for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from durable_mi_constructs.acknowledgements import acknowledge, role_suppressions
from durable_mi_constructs.permissions.placed_grants import call_when_complete
from durable_mi_constructs.permissions.replacement import LENGTH, digest, own_policy, replace_policy
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct, IConstruct

__all__ = ["RoleUsers"]

# The statements of 16 functions, each with a log group, a queue and a key of its own and with names as long as
# CloudFormation makes them, are 5,500 characters. A managed policy has at most 6,144 (IAM quotas).
_FUNCTIONS_OF_A_POLICY: Final = 16

_roles: WeakKeyDictionary[IConstruct, dict[str, RoleUsers]] = WeakKeyDictionary()


class RoleUsers:
    """The functions with one role, over all stacks of an app.

    IAM allows 10,240 characters for all inline policies of a role together. The first function has its permissions
    inline. Each further one has inline only what must name the function itself; the rest is in managed policies, which
    several functions of a stack share and which do not count towards these characters.
    """

    def __init__(self) -> None:
        self._first: str | None = None
        self._policies: dict[str, list[iam.ManagedPolicy]] = {}
        self._functions: dict[str, int] = {}

    @classmethod
    def of(cls, role: iam.IRole) -> RoleUsers:
        """Return the functions of a role.

        Args:
            role: The role. Imports of the same ARN are the same role.
        """
        arn = role.role_arn
        key = role.node.addr if is_unresolved(arn) else arn
        return _roles.setdefault(role.node.root, {}).setdefault(key, cls())

    def add(self, function: Construct) -> bool:
        """Add a function, and return whether it is the first one.

        Args:
            function: The construct of the function.
        """
        is_first = self._first is None
        self._first = self._first or function.node.addr
        return is_first

    @classmethod
    def replace_own_policy(cls, role: iam.IRole, stack: cdk.Stack) -> None:
        """Replace the policy of a role's own statements, which some of them may have left for other policies.

        It stays the same for as long as the same function is the first one with the role, whose statements are there.

        Args:
            role: The role.
            stack: The stack that may have the policy.
        """
        policy = own_policy(role, stack)
        if policy is not None:
            replace_policy(policy, (cls.of(role)._first or role.node.addr)[-LENGTH:].upper())  # noqa: SLF001

    def permit(
        self, stack: Construct, role: iam.IRole, statements: Sequence[iam.PolicyStatement], *, traced: bool
    ) -> iam.ManagedPolicy:
        """Add a function's statements to a managed policy of its stack.

        Args:
            stack: The function's stack, the parent of the policy.
            role: The role.
            statements: What the function needs before it is created. None of them names a function.
            traced: Whether X-Ray's actions, which take no resource, are among them.

        Returns:
            The policy that has the statements, for the function to wait for.
        """
        of_stack = stack.node.addr
        policies = self._policies.setdefault(of_stack, [])
        functions = self._functions.get(of_stack, 0)
        if functions % _FUNCTIONS_OF_A_POLICY == 0:
            policies.append(
                iam.ManagedPolicy(
                    stack,
                    f"DurableRole{role.node.addr[-8:]}Policy{len(policies) + 1}",
                    description="What durable functions with one role need before they are created",
                    document=iam.PolicyDocument(minimize=True),
                    roles=[role],
                )
            )
            # With a function more or less, others get another policy.
            call_when_complete(policies[-1], partial(_replace_with_content, policies[-1]))
        self._functions[of_stack] = functions + 1
        policy = policies[-1]
        policy.add_statements(*statements)
        if traced:
            acknowledge(policy, *role_suppressions(traced=True))
        return policy


def _replace_with_content(policy: iam.ManagedPolicy) -> None:
    replace_policy(policy, digest(cdk.Stack.of(policy).resolve(policy.document)))
