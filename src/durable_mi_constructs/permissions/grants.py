"""Grants on the durable executions of a function."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.permissions.encryption import ExecutionEncryption
from durable_mi_constructs.permissions.placed_grants import call_when_complete
from durable_mi_constructs.permissions.role_users import RoleUsers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

__all__ = ["DurableManagedFunctionGrants"]

_ENCRYPTION: Final = kinds.instance(ExecutionEncryption, fix="read the grants of a function as workflow.grants")
_READ: Final = ("lambda:GetDurableExecution", "lambda:GetDurableExecutionHistory")
_OPERATE: Final = (
    "lambda:StopDurableExecution",
    "lambda:PauseDurableExecution",
    "lambda:ResumeDurableExecution",
    "lambda:DeleteDurableExecution",
)
_CALL_BACK: Final = (
    "lambda:SendDurableExecutionCallbackSuccess",
    "lambda:SendDurableExecutionCallbackFailure",
    "lambda:SendDurableExecutionCallbackHeartbeat",
)


class DurableManagedFunctionGrants:
    """Grants on the executions of one durable function, as ``workflow.grants``.

    Each takes a role, user, group, function or anything else with an identity policy, adds to that policy, and returns
    the ``iam.Grant``. Only for identities of the function's own account, because Lambda has no resource policy for
    durable executions. For invocations across accounts, or by an AWS service, use ``alias.grant_invoke(...)``.

    Most actions are on the executions, whose ARNs begin with the function's ARN and a version number; never with an
    alias. So they are granted on the function's ARN with ``:*`` (DG [durable-security]).

    For a role of the function's stack, which can be another function's, the policy is ``GrantsTo...`` in the construct
    of this function. So its environment can name a function that has grants on it.

    If the function has an ``encryption_key``, grantees that read or change execution data can also decrypt it, through
    Lambda and for this function only.

    A grant to a ``DurableManagedFunction`` goes into that function's ``ExecutionPolicy``, so that two functions can
    have grants on each other, or one on itself, without a circular dependency.
    """

    @takes(
        function_arn=kinds.STRING,
        alias_name=kinds.STRING,
        account=kinds.STRING,
        encryption=_ENCRYPTION,
        scope=kinds.CONSTRUCT,
    )
    def __init__(
        self,
        *,
        function_arn: str,
        alias_name: str,
        account: str,
        encryption: ExecutionEncryption | None,
        scope: Construct | None = None,
    ) -> None:
        self._scope = scope
        self._function_arn = function_arn
        # Put together, since an alias waits for its version, and that for the policy which may name it.
        self._alias_arn = f"{function_arn}:{alias_name}"
        self._account = account
        self._encryption = encryption

    @property
    def _executions(self) -> str:
        return f"{self._function_arn}:*"

    @takes(grantee=kinds.GRANTEE)
    def start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a grantee start executions, through the alias only.

        Args:
            grantee: An identity of the same account.

        Raises:
            ValueError: It cannot be granted anything, or has no identity policy.
        """
        return self._allow(grantee, ["lambda:InvokeFunction"], [self._alias_arn])

    @takes(grantee=kinds.GRANTEE)
    def observe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a grantee get executions with their histories, and list them.

        The function's logs are not included; use ``log_group.grant_read(...)``.

        Args:
            grantee: An identity of the same account.

        Raises:
            ValueError: It cannot be granted anything, or has no identity policy.
        """
        read = self._allow(grantee, _READ, [self._executions])
        listing = self._allow(
            grantee, ["lambda:ListDurableExecutionsByFunction"], [self._function_arn, self._executions]
        )
        return self._decrypt(grantee, read.combine(listing))

    @takes(grantee=kinds.GRANTEE)
    def operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a grantee stop, pause, resume and delete executions.

        Args:
            grantee: An identity of the same account.

        Raises:
            ValueError: It cannot be granted anything, or has no identity policy.
        """
        return self._decrypt(grantee, self._allow(grantee, _OPERATE, [self._executions]))

    @takes(grantee=kinds.GRANTEE)
    def complete_callbacks(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a grantee complete the callbacks that executions wait for: with success, failure or a heartbeat.

        Args:
            grantee: An identity of the same account.

        Raises:
            ValueError: It cannot be granted anything, or has no identity policy.
        """
        return self._decrypt(grantee, self._allow(grantee, _CALL_BACK, [self._executions]))

    @takes(caller=kinds.GRANTEE)
    def chained_invoke(self, caller: iam.IGrantable) -> iam.Grant:
        """Let another durable function invoke this one as an operation of its own execution.

        Lambda supports this in the same account only. The caller needs no permission on this function's key.

        Args:
            caller: The durable function that invokes, or its execution role.

        Raises:
            ValueError: It is in another account, or has no identity policy.
        """
        # Optional in CDK's interface: the principal of an import lacks it altogether.
        account = getattr(caller.grant_principal, "principal_account", None)
        known = account is not None and not cdk.Token.is_unresolved(account)
        if known and not cdk.Token.is_unresolved(self._account) and account != self._account:
            msg = (
                f"caller must be in the function's account {self._account}, as chained invokes do not cross accounts, "
                f"got account {account}: start an execution from a step instead, and wait for a callback"
            )
            raise ValueError(msg)
        return self._allow(caller, ["lambda:InvokeFunction"], [self._function_arn, self._executions])

    def _allow(
        self,
        grantee: iam.IGrantable,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: dict[str, dict[str, str]] | None = None,
    ) -> iam.Grant:
        grant = iam.Grant.add_to_principal(
            grantee=self._policy_for(grantee) or grantee,
            actions=list(actions),
            resource_arns=list(resources),
            conditions=conditions,
        )
        if not grant.success:
            msg = (
                "grantee must have an identity policy, as a role, user, group or function has, got "
                f"{type(grantee).__name__}: let an AWS service or another account invoke with alias.grant_invoke(...)"
            )
            raise ValueError(msg)
        return grant

    def _policy_for(self, grantee: iam.IGrantable) -> iam.Policy | None:
        """Return a policy of the function's construct, if the grantee is a role of the same stack.

        CDK's functions wait for the default policy of their role. If it named this function, whose environment can
        name theirs, that would be a circular dependency.
        """
        role = grantee.grant_principal
        if self._scope is None or not isinstance(role, iam.Role):
            return None
        made_elsewhere = role.node.default_child is None
        if made_elsewhere or cdk.Stack.of(role).node.addr != cdk.Stack.of(self._scope).node.addr:
            return None
        construct_id = f"GrantsTo{role.node.addr[-8:]}"
        policy = self._scope.node.try_find_child(construct_id)
        if policy is None:
            policy = iam.Policy(self._scope, construct_id, roles=[role])
            call_when_complete(policy, partial(RoleUsers.replace_own_policy, role, cdk.Stack.of(role)))
        return cast("iam.Policy", policy)

    def _decrypt(self, grantee: iam.IGrantable, grant: iam.Grant) -> iam.Grant:
        if self._encryption is None:
            return grant
        return grant.combine(
            self._allow(
                grantee,
                ["kms:Decrypt"],
                [self._encryption.key_arn],
                self._encryption.read_conditions(self._function_arn),
            )
        )
