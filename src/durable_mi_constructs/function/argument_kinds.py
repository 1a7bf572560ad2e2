"""The kinds of what ``DurableManagedFunction`` takes; arguments with members are checked by ``choices`` instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi_constructs import kinds
from durable_mi_constructs.capacity.interface import CAPACITY
from durable_mi_constructs.function.code import CODE
from durable_mi_constructs.function.failure import DEAD_LETTERS, TARGET
from durable_mi_constructs.function.settings import LOGGING, SETTINGS
from durable_mi_constructs.monitoring.monitoring import ALARM_ACTIONS, THRESHOLDS
from durable_mi_constructs.releases.options import RELEASES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi_constructs.arguments import Kinds

__all__ = ["ATTRIBUTES", "CONSTRUCTOR", "FUNCTION_ARN", "MONITOR", "ON_STATUS_CHANGE"]

CONSTRUCTOR: Final[Mapping[str, Kinds]] = {
    "scope": kinds.CONSTRUCT,
    "construct_id": kinds.CONSTRUCT_ID,
    "code": CODE,
    "handler": kinds.STRING,
    "execution_timeout": kinds.DURATION,
    "memory_size": kinds.SIZE,
    "memory_gib_per_vcpu": kinds.NUMBER,
    "timeout": kinds.DURATION,
    "retention_period": kinds.DURATION,
    "encryption_key": kinds.KEY,
    "environment": kinds.STRINGS_BY_NAME,
    "description": kinds.STRING,
    "max_concurrency": kinds.NUMBER,
    "min_execution_environments": kinds.NUMBER,
    "max_execution_environments": kinds.NUMBER,
    "capacity": CAPACITY,
    "role": kinds.ROLE,
    "dead_letters": DEAD_LETTERS,
    "log_group": kinds.LOG_GROUP,
    "logging": LOGGING,
    "settings": SETTINGS,
    "releases": RELEASES,
}
FUNCTION_ARN: Final[Mapping[str, Kinds]] = {
    "scope": kinds.CONSTRUCT,
    "construct_id": kinds.CONSTRUCT_ID,
    "function_arn": kinds.STRING,
}
ATTRIBUTES: Final[Mapping[str, Kinds]] = {
    **FUNCTION_ARN,
    "alias_name": kinds.STRING,
    "capacity_provider_name": kinds.STRING,
    "encryption_key": kinds.KEY,
    "dead_letter_queue": kinds.QUEUE,
}
ON_STATUS_CHANGE: Final[Mapping[str, Kinds]] = {"construct_id": kinds.CONSTRUCT_ID, "target": TARGET}
MONITOR: Final[Mapping[str, Kinds]] = {
    "thresholds": THRESHOLDS,
    "actions": ALARM_ACTIONS,
    "dashboard": kinds.BOOL,
}
