"""Timeout, retention and encryption key of durable executions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi import limits
from durable_mi.checks import timing
from durable_mi.checks.option import Option
from durable_mi_constructs.tokens import convert, is_unresolved

if TYPE_CHECKING:
    from durable_mi.checks.warning import CheckWarning
    from durable_mi_constructs.permissions.encryption import ExecutionEncryption

__all__ = ["Durability"]

_RETENTION_DAYS = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Durability:
    """The times of a durable function, checked and completed by :meth:`of`.

    Attributes:
        execution_timeout_s: Time of a whole execution in seconds, including waits; can be a token.
        timeout: Time of one invocation.
        retention_days: Days that the history is kept after the end; can be a token.
        warning: A warning about values that are allowed; ``None`` if there is none.
    """

    execution_timeout_s: float
    timeout: cdk.Duration
    retention_days: float
    warning: CheckWarning | None

    @classmethod
    def of(
        cls,
        *,
        execution_timeout: cdk.Duration,
        timeout: cdk.Duration | None,
        retention_period: cdk.Duration | None,
    ) -> Durability:
        """Check the times and add the defaults.

        Args:
            execution_timeout: 1 second to 366 days, whole seconds.
            timeout: 1 second to 90 minutes, whole seconds, not above ``execution_timeout``. Defaults to 15 minutes,
                or to ``execution_timeout`` if that is shorter.
            retention_period: 1 to 90 whole days. Defaults to 14 days.

        Raises:
            ValueError: A time is out of range. Unresolved tokens are not checked.
        """
        whole = _seconds(Option.EXECUTION_TIMEOUT, execution_timeout)
        if whole is not None:
            timing.check_execution_timeout(whole)
        if timeout is None:
            one: float | None = min(whole or limits.MAX_SYNC_INVOCATION_S, limits.MAX_SYNC_INVOCATION_S)
            timeout = _of_seconds(one)
        else:
            one = _seconds(Option.TIMEOUT, timeout)
        warning = None if one is None else timing.check_invocation_timeout(one, whole)
        return cls(
            execution_timeout_s=execution_timeout.to_seconds() if whole is None else whole,
            timeout=timeout,
            retention_days=_RETENTION_DAYS if retention_period is None else _days(retention_period),
            warning=warning,
        )

    def config(self, encryption: ExecutionEncryption | None) -> lambda_.CfnFunction.DurableConfigProperty:
        """Return the durable config of the CloudFormation function. CDK's own ``DurableConfig`` has no key.

        Args:
            encryption: The key of the execution payloads; ``None`` if there is none.
        """
        return lambda_.CfnFunction.DurableConfigProperty(
            execution_timeout=self.execution_timeout_s,
            retention_period_in_days=self.retention_days,
            kms_key_arn=None if encryption is None else encryption.key_arn,
        )


@cache
def _of_seconds(seconds: float) -> cdk.Duration:
    return cdk.Duration.seconds(seconds)


def _seconds(option: Option, duration: cdk.Duration) -> float | None:
    seconds = convert(option, duration, "seconds", lambda: duration.to_seconds(integral=False))
    return None if is_unresolved(seconds) else seconds


def _days(period: cdk.Duration) -> float:
    days = convert(Option.RETENTION_PERIOD, period, "days", lambda: period.to_days(integral=False))
    if not is_unresolved(days):
        timing.check_retention(days)
    return days
