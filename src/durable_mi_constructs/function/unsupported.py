"""Arguments of ``lambda_.Function`` that a durable function on managed instances does not support, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["reject_unsupported"]

_VPC: Final = (
    "the network belongs to the capacity provider: pass capacity=ManagedCapacity(..., network=ManagedNetwork(...)), "
    "which takes your own VPC too"
)
_SECURITY_GROUPS: Final = (
    "security groups belong to the capacity provider's network: open the way with capacity.connections"
)
_DESTINATIONS: Final = (
    "Lambda has no destinations for durable functions: take dead_letters for the events of failed executions, and "
    "on_status_change for their ends"
)
_ASYNC: Final = (
    "asynchronous invocations are configured for what is invoked, the alias: call alias.configure_async_invoke(...)"
)
_LOG_FORMAT: Final = "the logs of managed instances are always JSON: set the levels with logging=FunctionLogging(...)"
_LOG_LEVEL: Final = "levels and retention of the logs are set together: pass logging=FunctionLogging(...)"
_LOG_RETENTION: Final = (
    "the retention is a property of the log group, which no function has to set: pass "
    "logging=FunctionLogging(retention=...)"
)
_SETTINGS: Final = "it is one of the rarer settings: pass settings=FunctionSettings(...)"
_DEAD_LETTERS: Final = "pass dead_letters=DeadLetters.to_queue(...), .to_topic(...) or .discard()"
_LAYER: Final = (
    "it is a layer with permissions: pass the layer with settings=FunctionSettings(layers=[...]), set its "
    "variables in environment, and give its permissions to role"
)
_PROFILER: Final = (
    "AWS documents no CodeGuru Profiler for managed instances: put a profiler among the requirements of the code, and "
    "its settings into environment"
)
_DURABLE: Final = "pass execution_timeout, retention_period and encryption_key"

_REASONS: Final = {
    # What managed instances or durable functions do not have.
    "vpc": _VPC,
    "vpc_subnets": _VPC,
    "allow_public_subnet": _VPC,
    "ipv6_allowed_for_dual_stack": _VPC,
    "security_groups": _SECURITY_GROUPS,
    "allow_all_outbound": _SECURITY_GROUPS,
    "allow_all_ipv6_outbound": _SECURITY_GROUPS,
    "reserved_concurrent_executions": (
        "AWS documents no reserved concurrency for managed instances: bound the function with "
        "max_execution_environments and max_concurrency"
    ),
    "provisioned_concurrent_executions": (
        "execution environments on managed instances are always warm: set how many with min_execution_environments"
    ),
    "snap_start": (
        "AWS documents no SnapStart for managed instances, whose execution environments are warm before they are "
        "needed: set how many with min_execution_environments"
    ),
    "filesystem": (
        "AWS documents no file systems for managed instances: keep shared files in S3, and scratch files in /tmp with "
        "settings=FunctionSettings(ephemeral_storage_size=...)"
    ),
    "tenancy_config": (
        "AWS documents no tenant isolation for managed instances: the capacity provider is the boundary of trust, so "
        "give each tenant a ManagedCapacity"
    ),
    "profiling": _PROFILER,
    "profiling_group": _PROFILER,
    "recursive_loop": (
        "Lambda stops loops of functions that start themselves through queues, topics or buckets: where a loop is "
        "intended, make it a loop of steps and waits in one execution"
    ),
    "on_success": _DESTINATIONS,
    "on_failure": _DESTINATIONS,
    "logging_format": _LOG_FORMAT,
    "log_format": _LOG_FORMAT,
    # What this construct decides, or asks for in another way.
    "architecture": "instances and functions share it: pass capacity=ManagedCapacity(..., architecture=...)",
    "architectures": "instances and functions share it: pass capacity=ManagedCapacity(..., architecture=...)",
    "current_version_options": (
        "the published version is made here: pass min_execution_environments and max_execution_environments; old "
        "versions are kept, since running executions stay on them"
    ),
    "function_name": (
        "a fixed name collides with itself when the function must be replaced: leave it to CloudFormation and read "
        "function.function_name"
    ),
    "durable_config": _DURABLE,
    "initial_policy": "add to the execution role: call role.add_to_principal_policy(...)",
    "events": "event sources invoke the alias: call alias.add_event_source(...)",
    "max_event_age": _ASYNC,
    "retry_attempts": _ASYNC,
    "dead_letter_queue": _DEAD_LETTERS,
    "dead_letter_topic": _DEAD_LETTERS,
    "dead_letter_queue_enabled": _DEAD_LETTERS,
    "adot_instrumentation": _LAYER,
    "insights_version": _LAYER,
    "params_and_secrets": _LAYER,
    "layers": _SETTINGS,
    "environment_encryption": _SETTINGS,
    "ephemeral_storage_size": _SETTINGS,
    "runtime_management_mode": _SETTINGS,
    "code_signing_config": _SETTINGS,
    "application_log_level": _LOG_LEVEL,
    "application_log_level_v2": _LOG_LEVEL,
    "system_log_level": _LOG_LEVEL,
    "system_log_level_v2": _LOG_LEVEL,
    "log_retention": _LOG_LEVEL,
    "log_retention_retry_options": _LOG_RETENTION,
    "log_retention_role": _LOG_RETENTION,
    "log_removal_policy": "the log group is yours to shape: pass log_group=logs.LogGroup(...)",
}


def reject_unsupported(names: Iterable[str]) -> None:
    """Reject all further arguments; the error names the first with its reason.

    Args:
        names: Names of keyword arguments that the construct does not have.

    Raises:
        ValueError: CDK's function has the argument, and these constructs have an alternative.
        TypeError: The argument does not exist; the message is Python's own.
    """
    for name in names:
        if name in _REASONS:
            msg = f"{name} must not be given to a durable function on managed instances: {_REASONS[name]}"
            raise ValueError(msg)
        msg = f"DurableManagedFunction.__init__() got an unexpected keyword argument {name!r}"
        raise TypeError(msg)
