"""How a capacity provider adds and removes instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from durable_mi.checks import capacity as checks
from durable_mi.checks import choice

__all__ = ["CapacityScaling"]

_MODES: Final = {"Auto": "Auto", "Manual": "Manual"}


@dataclass(frozen=True, slots=True)
class CapacityScaling:
    """How a capacity provider adds and removes instances; created by :meth:`auto` or :meth:`target_cpu_utilization`.

    Attributes:
        mode: Lambda's scaling mode, ``Auto`` or ``Manual``.
        cpu_target_percent: Target of the average CPU utilization, with ``Manual`` only.

    Raises:
        ValueError: ``mode`` is neither.
    """

    mode: str
    cpu_target_percent: float | None = None

    def __post_init__(self) -> None:
        """Check the mode."""
        choice.take_name("mode", self.mode, _MODES, owner="CapacityScaling")

    @classmethod
    def auto(cls) -> CapacityScaling:
        """Let Lambda choose the targets."""
        return cls("Auto")

    @classmethod
    def target_cpu_utilization(cls, percent: float) -> CapacityScaling:
        """Target an average CPU utilization of the instances (scaling mode ``Manual``).

        Args:
            percent: From 0 to 100. A lower target keeps more room for sudden load and costs more.

        Raises:
            ValueError: ``percent`` is out of range.
        """
        if not cdk.Token.is_unresolved(percent):
            checks.check_cpu_target(percent)
        return cls("Manual", percent)

    def config(self, max_vcpus: int) -> lambda_.CfnCapacityProvider.CapacityProviderScalingConfigProperty:
        """Return the scaling config of the capacity provider.

        Args:
            max_vcpus: vCPUs of all instances together.
        """
        policies = (
            None
            if self.cpu_target_percent is None
            else [
                lambda_.CfnCapacityProvider.TargetTrackingScalingPolicyProperty(
                    predefined_metric_type="LambdaCapacityProviderAverageCPUUtilization",
                    target_value=self.cpu_target_percent,
                )
            ]
        )
        return lambda_.CfnCapacityProvider.CapacityProviderScalingConfigProperty(
            max_v_cpu_count=max_vcpus, scaling_mode=self.mode, scaling_policies=policies
        )
