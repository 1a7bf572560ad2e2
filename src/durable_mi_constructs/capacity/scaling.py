"""How a capacity provider adds and removes instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_lambda as lambda_

from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi_constructs import kinds
from durable_mi_constructs.arguments import takes, takes_fields
from durable_mi_constructs.tokens import is_unresolved

__all__ = ["SCALING", "CapacityScaling"]

_MODES: Final = {"Auto": "Auto", "Manual": "Manual"}


@takes_fields(cpu_target_percent=kinds.NUMBER)
@dataclass(frozen=True, slots=True)
class CapacityScaling:
    """How a capacity provider adds and removes instances; created by :meth:`auto` or :meth:`target_cpu_utilization`.

    Attributes:
        mode: Lambda's scaling mode, ``Auto`` or ``Manual``.
        cpu_target_percent: Target of the average CPU utilization, with ``Manual`` only.

    Raises:
        ValueError: ``mode`` is neither, or the target is no number from 0 to 100.
    """

    mode: str
    cpu_target_percent: float | None = None

    def __post_init__(self) -> None:
        """Check the mode and the target."""
        choice.take_name("mode", self.mode, _MODES, owner="CapacityScaling")
        if self.cpu_target_percent is not None and not is_unresolved(self.cpu_target_percent):
            checks.check_cpu_target(self.cpu_target_percent)

    @classmethod
    def auto(cls) -> CapacityScaling:
        """Let Lambda choose the targets."""
        return cls("Auto")

    @classmethod
    @takes(percent=kinds.NUMBER)
    def target_cpu_utilization(cls, percent: float) -> CapacityScaling:
        """Target an average CPU utilization of the instances (scaling mode ``Manual``).

        Args:
            percent: From 0 to 100. A lower target keeps more room for sudden load and costs more.

        Raises:
            ValueError: ``percent`` is no number, or out of range.
        """
        return cls("Manual", percent)

    @takes(max_vcpus=kinds.NUMBER)
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


SCALING: Final = kinds.instance(
    CapacityScaling, fix="pass CapacityScaling.auto() or CapacityScaling.target_cpu_utilization(...)"
)
"""The kind of ``scaling``."""
