"""A function version in the words of the Lambda API."""

from __future__ import annotations

import base64
import hashlib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.registry import Described
    from durable_mi.local.workers.release.aliases import Alias

__all__ = [
    "alias_configuration",
    "code_location",
    "code_sha256",
    "function_configuration",
    "listed_configuration",
    "revision_of",
]

_ONLY_OF_ONE: Final = ("State", "StateReason", "StateReasonCode", "LastUpdateStatus")
"""What GetFunction returns and ListFunctions does not, as AWS documents."""

_SHA256_HEX: Final = 64


def function_configuration(described: Described) -> dict[str, Any]:
    """Return the configuration of what a name and a qualifier lead to."""
    function = described.function
    configuration: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": described.arn,
        "Runtime": function.runtime,
        "Handler": function.handler,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Version": described.version,
        "CodeSha256": code_sha256(function),
        "LastModified": _time(described.function_version.published),
        "RevisionId": revision_of(described),
        "Environment": {"Variables": dict(function.environment)},
        **described.state.members(),
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": function.log_level,
            "LogGroup": function.log_group,
        },
        **function.settings.members,
    }
    if function.capacity is not None:
        provider = {
            "CapacityProviderArn": function.capacity.provider_arn,
            "PerExecutionEnvironmentMaxConcurrency": function.concurrency,
            "ExecutionEnvironmentMemoryGiBPerVCpu": function.capacity.gib_per_vcpu,
        }
        configuration["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": provider}
    if function.durable is not None:
        configuration["DurableConfig"] = {
            "ExecutionTimeout": function.durable.execution_timeout,
            "RetentionPeriodInDays": function.durable.retention_days,
        }
    return configuration


def listed_configuration(described: Described) -> dict[str, Any]:
    """Return the configuration as ListFunctions has it: without the state."""
    return {key: value for key, value in function_configuration(described).items() if key not in _ONLY_OF_ONE}


def code_location(function: AppFunction) -> dict[str, str]:
    """Return where the code is: the asset in the cloud assembly, where it has one."""
    location = {"Location": function.code.resolve().as_uri()} if isinstance(function.code, Path) else {}
    return {"RepositoryType": "S3", **location}


def alias_configuration(function: AppFunction, alias: Alias) -> Mapping[str, object]:
    """Return the configuration of an alias of a function."""
    return {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision,
        **({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {}),
    }


def revision_of(described: Described) -> str:
    """Return the id of a version's state, which changes with its configuration."""
    function = described.function
    changeable = (function.description, function.timeout, function.memory, sorted(function.environment.items()))
    parts = (function.arn, described.version, described.function_version.published, *changeable)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, repr(parts)))


def code_sha256(function: AppFunction) -> str:
    """Return a hash that changes when the code does; that of AWS is of a zip file, which is made during a deploy."""
    asset_hash = function.code_key.rpartition("/")[2].partition(".")[0]
    try:
        digest = bytes.fromhex(asset_hash)
    except ValueError:
        digest = b""
    if len(asset_hash) != _SHA256_HEX or not digest:
        digest = hashlib.sha256((function.code_key or str(function.code)).encode()).digest()
    return base64.b64encode(digest).decode()


def _time(epoch_ms: int) -> str:
    time = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{epoch_ms % 1000:03}+0000"
