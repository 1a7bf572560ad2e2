"""How long a durable execution may take, how long its history stays, and with which key it is encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi import limits
from durable_mi.checks import timing

if TYPE_CHECKING:
    from durable_mi.checks.caution import Caution
    from durable_mi_constructs.encryption import ExecutionEncryption

__all__ = ["Durability"]

_RETENTION_DAYS = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Durability:
    """The times of a durable function, checked and filled up by :meth:`of`.

    Attributes:
        execution_timeout: Time of a whole execution, waits included.
        timeout: Time of one invocation.
        retention_period: How long the history stays after the end.
        caution: What is allowed but worth a warning; ``None`` if nothing is.
    """

    execution_timeout: cdk.Duration
    timeout: cdk.Duration
    retention_period: cdk.Duration
    caution: Caution | None

    @classmethod
    def of(
        cls,
        *,
        execution_timeout: cdk.Duration,
        timeout: cdk.Duration | None,
        retention_period: cdk.Duration | None,
    ) -> Durability:
        """Check the times and fill in what is left out.

        Args:
            execution_timeout: 1 second to 366 days, whole seconds.
            timeout: 1 second to 90 minutes, whole seconds, not above ``execution_timeout``. ``None``: 15 minutes, or
                ``execution_timeout`` where that is shorter.
            retention_period: 1 to 90 whole days. ``None``: 14 days.

        Raises:
            ValueError: A time is out of range. Unresolved tokens are not checked.
        """
        whole = _seconds(execution_timeout)
        if whole is not None:
            timing.execution_timeout(whole)
        if timeout is None:
            one: float | None = min(whole or limits.MAX_SYNC_INVOCATION_S, limits.MAX_SYNC_INVOCATION_S)
            timeout = _of_seconds(one)
        else:
            one = _seconds(timeout)
        caution = None if one is None else timing.invocation_timeout(one, whole)
        if retention_period is None:
            retention_period = _default_retention()
        elif not retention_period.is_unresolved():
            timing.retention(retention_period.to_days(integral=False))
        return cls(
            execution_timeout=execution_timeout, timeout=timeout, retention_period=retention_period, caution=caution
        )

    def config(self) -> lambda_.DurableConfig:
        """The durable config of the function."""
        return lambda_.DurableConfig(execution_timeout=self.execution_timeout, retention_period=self.retention_period)

    def config_with_key(self, encryption: ExecutionEncryption) -> lambda_.CfnFunction.DurableConfigProperty:
        """The durable config with a customer managed key, which CDK's :meth:`config` has no place for.

        Args:
            encryption: The key of the execution payloads.
        """
        return lambda_.CfnFunction.DurableConfigProperty(
            execution_timeout=self.execution_timeout.to_seconds(),
            retention_period_in_days=self.retention_period.to_days(),
            kms_key_arn=encryption.key_arn,
        )


# Made once: a duration does not change, and each is a round trip to Node.
@cache
def _of_seconds(seconds: float) -> cdk.Duration:
    return cdk.Duration.seconds(seconds)


@cache
def _default_retention() -> cdk.Duration:
    return cdk.Duration.days(_RETENTION_DAYS)


def _seconds(duration: cdk.Duration) -> float | None:
    return None if duration.is_unresolved() else duration.to_seconds(integral=False)
