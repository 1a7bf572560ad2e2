"""What the value checks reject, in the words of a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.checks.warning import CheckWarning

__all__ = ["CLOUDFORMATION_NAMES", "rejection"]

CLOUDFORMATION_NAMES: Final = {
    Option.ALLOWED_INSTANCE_TYPES: "AllowedInstanceTypes",
    Option.ARCHITECTURE: "Architectures",
    Option.CAPACITY: "CapacityProviderConfig",
    Option.CAPACITY_PROVIDER_ARN: "CapacityProviderArn",
    Option.CPU_TARGET: "TargetValue",
    Option.DESCRIPTION: "Description",
    Option.ENVIRONMENT: "Environment",
    Option.EPHEMERAL_STORAGE_SIZE: "EphemeralStorage.Size",
    Option.EXCLUDED_INSTANCE_TYPES: "ExcludedInstanceTypes",
    Option.EXECUTION_TIMEOUT: "DurableConfig.ExecutionTimeout",
    Option.HANDLER: "Handler",
    Option.MAX_CONCURRENCY: "PerExecutionEnvironmentMaxConcurrency",
    Option.MAX_EXECUTION_ENVIRONMENTS: "MaxExecutionEnvironments",
    Option.MAX_VCPUS: "MaxVCpuCount",
    Option.MEMORY_GIB_PER_VCPU: "ExecutionEnvironmentMemoryGiBPerVCpu",
    Option.MEMORY_SIZE: "MemorySize",
    Option.MIN_EXECUTION_ENVIRONMENTS: "MinExecutionEnvironments",
    Option.PROPAGATE_TAGS: "PropagateTags.ExplicitTags",
    Option.RETENTION_PERIOD: "DurableConfig.RetentionPeriodInDays",
    Option.RUNTIME: "Runtime",
    Option.SECURITY_GROUPS: "SecurityGroupIds",
    Option.SYSTEM_LOG_GROUP: "TelemetryConfig.LoggingConfig.LogGroup",
    Option.TIMEOUT: "Timeout",
    Option.AVAILABILITY_ZONES: "AvailabilityZone",
    Option.VPC_SUBNETS: "SubnetIds",
}
"""What a template calls each option."""
_MEMORY: Final = re.compile(r"(?<!vCPUs of )(?<![\d.])(\d+(?:\.\d+)?) (GiB|MiB)\b")


def rejection(check: Callable[..., CheckWarning | None], *values: Any) -> str | None:  # noqa: ANN401 - each check has its own
    """Return why a value check rejects some values, with CloudFormation's names.

    Args:
        check: A function of :mod:`durable_mi.checks`.
        values: Its arguments.

    Returns:
        The message, ``None`` where the values are right.
    """
    try:
        check(*values)
    except CheckError as error:
        rendered = error.render(CLOUDFORMATION_NAMES)
        return _in_mb(rendered) if error.option is Option.MEMORY_SIZE else rendered
    return None


def _in_mb(message: str) -> str:
    """Write memory as ``MemorySize`` has it; that of one vCPU stays in GiB, as its own property has it."""
    return _MEMORY.sub(lambda size: f"{_number(size)} MB", message)


def _number(size: re.Match[str]) -> str:
    number, unit = size.groups()
    return f"{int(number) * 1024}" if unit == "GiB" else number
