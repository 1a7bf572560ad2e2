"""The functions of an app that share one execution role, and the policies that they share for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from aws_cdk import aws_iam as iam

from durable_mi_constructs.acknowledgements import acknowledge, role_suppressions
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
        self._count = 0
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

    def add(self) -> bool:
        """Count a function, and return whether it is the first one."""
        self._count += 1
        return self._count == 1

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
        self._functions[of_stack] = functions + 1
        policy = policies[-1]
        policy.add_statements(*statements)
        if traced:
            acknowledge(policy, *role_suppressions(traced=True))
        return policy
