"""A durable function of another app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi import limits
from durable_mi_constructs.annotations import annotate
from durable_mi_constructs.arguments import takes
from durable_mi_constructs.function.alias_only import reject_as_function
from durable_mi_constructs.function.argument_kinds import ATTRIBUTES, MONITOR
from durable_mi_constructs.function.imported_alias import ImportedAlias
from durable_mi_constructs.function.interface import IDurableManagedFunction
from durable_mi_constructs.function.release import ALIAS_NAME
from durable_mi_constructs.permissions.encryption import ExecutionEncryption
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from durable_mi_constructs.monitoring.monitoring import AlarmThresholds, DurableManagedFunctionMonitoring

__all__ = ["ImportedFunction", "split_qualifier"]

# As an app writes it for any account: f"arn:aws:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function:orders:live". Tokens have
# braces around their names, and what they become has no colon in these places.
_ARN_WITH_TOKENS: Final = re.compile(
    r"(?P<unqualified>arn:(?:(?:\$\{[^}]*\}|[^:{])*:){4}function:(?:\$\{[^}]*\}|[^:{])+)(?::(?P<qualifier>[^:]+))?"
)


def split_qualifier(function_arn: str) -> tuple[str, str]:
    """Return a function's ARN without qualifier, and the alias that it is invoked by.

    Args:
        function_arn: An ARN, which can have the alias as qualifier. What is a token as a whole is taken to have none.
    """
    pattern = _ARN_WITH_TOKENS if is_unresolved(function_arn) else limits.FUNCTION_ARN
    match = pattern.fullmatch(function_arn)
    return (function_arn, ALIAS_NAME) if match is None else (match["unqualified"], match["qualifier"] or ALIAS_NAME)


@reject_as_function
class ImportedFunction(IDurableManagedFunction):
    """A durable function of another app, of the stack's account and Region.

    Created by :meth:`~durable_mi_constructs.DurableManagedFunction.from_attributes`, whose arguments these are. Tree:
    ``Resource`` (the imported ``lambda_.IFunction``) and ``Alias``.
    """

    @takes(**ATTRIBUTES)
    def __init__(  # noqa: PLR0913 - flat keyword arguments, as in CDK
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_arn: str,
        alias_name: str,
        capacity_provider_name: str | None,
        encryption_key: kms.IKey | None,
        dead_letter_queue: sqs.IQueue | None,
    ) -> None:
        super().__init__(scope, construct_id)
        if not is_unresolved(function_arn):
            _check_arn(cdk.Stack.of(self), function_arn)
        if not is_unresolved(alias_name):
            _check_alias(alias_name)
        if capacity_provider_name is not None and not is_unresolved(capacity_provider_name):
            _check_capacity_provider_name(capacity_provider_name)
        self._function = lambda_.Function.from_function_attributes(
            self, "Resource", function_arn=function_arn, same_environment=True
        )
        self._alias_name = alias_name
        self._alias = ImportedAlias(self, "Alias", function=self._function, alias_name=alias_name)
        self._capacity_provider_name = capacity_provider_name
        self._encryption = None if encryption_key is None else ExecutionEncryption.of(self, encryption_key)
        self._dead_letter_queue = dead_letter_queue

    @property
    def function_arn(self) -> str:
        """The function's ARN without qualifier. To invoke it use :attr:`alias`."""
        return self._function.function_arn

    @property
    def function_name(self) -> str:
        """The function's name."""
        return self._function.function_name

    @property
    def alias(self) -> lambda_.IFunction:
        """The alias. Always invoke the alias."""
        return self._alias

    @property
    def alias_name(self) -> str:
        """The alias's name."""
        return self._alias_name

    @property
    def metric_capacity_provider_name(self) -> str | None:
        """The capacity provider's name; ``None`` if it was not given."""
        return self._capacity_provider_name

    @takes(**MONITOR)
    def monitor(
        self,
        *,
        thresholds: AlarmThresholds | None = None,
        actions: Sequence[cloudwatch.IAlarmAction] = (),
        dashboard: bool = True,
    ) -> DurableManagedFunctionMonitoring:
        """Create alarms and a dashboard, ``Monitoring`` in this construct.

        Args:
            thresholds: Thresholds of the alarms. Defaults to all that are possible: those of execution environments
                need the capacity provider's name, and raise a warning without it; that of the dead-letter queue needs
                the queue.
            actions: Actions of every alarm. Defaults to no action, so nobody is notified.
            dashboard: Whether to create the dashboard. Defaults to yes.

        Raises:
            ValueError: The function is monitored already.
        """
        if self._capacity_provider_name is None:
            annotate(
                self,
                "durable-mi:imported-function-capacity",
                "the capacity provider's name is not known, so there are no alarms and no graphs of execution "
                "environments. Import the function with from_attributes(..., capacity_provider_name=...).",
            )
        return super().monitor(thresholds=thresholds, actions=actions, dashboard=dashboard)

    @property
    def _execution_encryption(self) -> ExecutionEncryption | None:
        return self._encryption

    @property
    def _monitored(self) -> tuple[sqs.IQueue | None, str | None]:
        return self._dead_letter_queue, None


def _check_arn(stack: cdk.Stack, arn: str) -> None:
    match = limits.FUNCTION_ARN.fullmatch(arn)
    if match is None or match["qualifier"] is not None:
        msg = (
            "function_arn must be like 'arn:aws:lambda:REGION:ACCOUNT:function:NAME', without a version or alias, got "
            f"{arn!r}: take it from function_arn of the app that has the function, and name the alias with alias_name"
        )
        raise ValueError(msg)
    for what, mine, its in (
        ("Region", stack.region, match["region"]),
        ("account", stack.account, match["account"]),
    ):
        if not is_unresolved(mine) and mine != its:
            msg = (
                f"function_arn must be of the stack's {what} {mine}, got {arn!r}: events, metrics and grants do not "
                f"cross it; import the function in a stack of {what} {its}"
            )
            raise ValueError(msg)


def _check_alias(name: str) -> None:
    if not limits.ALIAS_NAME.fullmatch(name):
        msg = (
            f"alias_name must be the name of an alias, 1 to 128 letters, digits, '-' and '_', got {name!r}: pass an "
            "alias, because a version never changes and $LATEST cannot be invoked on managed instances"
        )
        raise ValueError(msg)


def _check_capacity_provider_name(name: str) -> None:
    if not limits.CAPACITY_PROVIDER_NAME.fullmatch(name):
        msg = (
            f"capacity_provider_name must be 1 to 140 letters, digits, '-' and '_', got {name!r}: pass "
            "capacity_provider_name of the other app, not the ARN"
        )
        raise ValueError(msg)
