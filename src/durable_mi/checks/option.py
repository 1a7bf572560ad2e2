"""The options that checks are about, and texts that name them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONSTRUCT_NAMES", "Option", "Text", "render"]


class Option(StrEnum):
    """An option that the constructs and a template both have, each under its own name.

    The member is the key; its value is how the constructs name the option.
    """

    ALLOWED_INSTANCE_TYPES = "allowed_instance_types"
    ARCHITECTURE = "architecture"
    AVAILABILITY_ZONES = "availability_zones"
    CAPACITY = "capacity"
    CAPACITY_PROVIDER_ARN = "capacity_provider_arn"
    CPU_TARGET = "target CPU utilization"
    DESCRIPTION = "description"
    ENVIRONMENT = "environment"
    EPHEMERAL_STORAGE_SIZE = "ephemeral_storage_size"
    EXCLUDED_INSTANCE_TYPES = "excluded_instance_types"
    EXECUTION_TIMEOUT = "execution_timeout"
    HANDLER = "handler"
    MAX_CONCURRENCY = "max_concurrency"
    MAX_EXECUTION_ENVIRONMENTS = "max_execution_environments"
    MAX_VCPUS = "max_vcpus"
    MEMORY_GIB_PER_VCPU = "memory_gib_per_vcpu"
    MEMORY_SIZE = "memory_size"
    MIN_EXECUTION_ENVIRONMENTS = "min_execution_environments"
    PROPAGATE_TAGS = "propagate_tags"
    RETENTION_PERIOD = "retention_period"
    RUNTIME = "runtime"
    SECURITY_GROUPS = "security_groups"
    SYSTEM_LOG_GROUP = "system_log_group"
    TIMEOUT = "timeout"
    VPC_SUBNETS = "vpc_subnets"


CONSTRUCT_NAMES: Final = {option: option.value for option in Option}
"""How the constructs' arguments name each option."""

Text: TypeAlias = str | tuple[str, ...]
"""Words, or a sequence of words and options. An option that is an :class:`Option` is worded when the text is read."""


def render(text: Text, names: Mapping[Option, str]) -> str:
    """Write a text out.

    Args:
        text: The text.
        names: What each option is called where the text is read.

    Returns:
        The text with every option under its name.
    """
    parts = (text,) if isinstance(text, str) else text
    return "".join(names[part] if isinstance(part, Option) else part for part in parts)
