"""The managed-instances functions of a synthesized app, as a deploy would make them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from durable_mi import limits
from durable_mi.assembly import AssemblyError
from durable_mi.local.stand_ins import LOCAL_VERSION, StandIns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from durable_mi.assembly import CloudAssembly, Resource, Stack

__all__ = ["DurableConfig", "ManagedFunction", "Output", "managed_functions", "stack_outputs"]

_DEFAULT_TIMEOUT_S = 3
_DEFAULT_RETENTION_DAYS = 14
_DEFAULT_GIB_PER_VCPU = 2
_MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class DurableConfig:
    """A function's durable configuration: execution timeout in seconds, retention of the history in days."""

    execution_timeout: int
    retention_days: int


@dataclass(frozen=True, slots=True)
class ManagedFunction:
    """One function with a capacity provider, with every reference resolved.

    Attributes:
        name: physical name, made up where the template has none.
        arn: ARN without qualifier.
        path: construct path, or the logical id where the template names no path.
        logical_id: key in the template.
        code: directory with the handler's code, a ``.zip`` file, or the source text of an inline function.
        handler: ``module.function``.
        runtime: such as ``python3.13``.
        timeout: invocation timeout in seconds.
        memory: memory in MiB.
        concurrency: concurrent invocations of one execution environment, which for Python are processes.
        environments: execution environments that the version keeps running at least.
        environment: the function's environment variables.
        log_group: name of the log group.
        log_level: lowest level that the runtime logs.
        durable: durable configuration, ``None`` for a plain function.
        aliases: alias names to versions.
        description: the function's description.
        capacity_provider_arn: ARN of the capacity provider.
        gib_per_vcpu: memory to vCPU ratio.
        version: the published version.
    """

    name: str
    arn: str
    path: str
    logical_id: str
    code: Path | str
    handler: str
    runtime: str
    timeout: int
    memory: int
    concurrency: int
    environments: int
    environment: Mapping[str, str]
    log_group: str
    log_level: str
    durable: DurableConfig | None
    aliases: Mapping[str, str]
    description: str
    capacity_provider_arn: str
    gib_per_vcpu: float
    version: str = LOCAL_VERSION

    def released_as(self, version: str) -> ManagedFunction:
        """The function as its next release: another version, and every alias pointing at it."""
        return replace(self, version=version, aliases=dict.fromkeys(self.aliases, version))

    def is_called(self, name: str) -> bool:
        """Whether a user who says this name means this function: its name, logical id, path or an end of the path."""
        path = self.path.removesuffix("/Resource")
        return name in {self.name, self.logical_id, self.path, path} or path.endswith(f"/{name}")


@dataclass(frozen=True, slots=True)
class Output:
    """One stack output with its stand-in value."""

    stack: str
    name: str
    value: str


def managed_functions(assembly: CloudAssembly, region: str) -> tuple[ManagedFunction, ...]:
    """Every function of the app that has a capacity provider.

    Args:
        assembly: the synthesized app.
        region: region of stacks that name none.

    Raises:
        AssemblyError: a function's code is not in the assembly (a container image, or code in another bucket).
    """
    return tuple(
        _managed_function(stack, resource, StandIns(stack, stack.region or region))
        for stack in assembly.stacks
        for resource in stack.of_type("AWS::Lambda::Function")
        if "CapacityProviderConfig" in resource.properties
    )


def stack_outputs(assembly: CloudAssembly, region: str) -> Iterator[Output]:
    """The outputs of all stacks, with the values that the local runtime answers to."""
    for stack in assembly.stacks:
        stand_ins = StandIns(stack, stack.region or region)
        for name, output in stack.outputs.items():
            yield Output(stack.name, name, str(stand_ins.resolve(output.get("Value"))))


def _managed_function(stack: Stack, resource: Resource, stand_ins: StandIns) -> ManagedFunction:
    properties = stand_ins.resolve(resource.properties)
    provider = properties["CapacityProviderConfig"].get("LambdaManagedInstancesCapacityProviderConfig", {})
    logging = properties.get("LoggingConfig", {})
    memory = int(properties.get("MemorySize", limits.MIN_MEMORY_MIB))
    ratio = float(provider.get("ExecutionEnvironmentMemoryGiBPerVCpu", _DEFAULT_GIB_PER_VCPU))
    name = stand_ins.name(resource)
    return ManagedFunction(
        name=name,
        arn=stand_ins.arn(resource),
        path=resource.path or resource.logical_id,
        logical_id=resource.logical_id,
        code=_code(stack, resource, properties.get("Code", {})),
        handler=str(properties.get("Handler", "")),
        runtime=str(properties.get("Runtime", "")),
        timeout=int(properties.get("Timeout", _DEFAULT_TIMEOUT_S)),
        memory=memory,
        concurrency=int(provider.get("PerExecutionEnvironmentMaxConcurrency", _default_concurrency(memory, ratio))),
        environments=_min_environments(stack, name, stand_ins),
        environment={key: str(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()},
        log_group=str(logging.get("LogGroup", f"/aws/lambda/{name}")),
        log_level=str(logging.get("ApplicationLogLevel", "INFO")),
        durable=_durable_config(properties.get("DurableConfig")),
        aliases=_aliases(stack, name, stand_ins),
        description=str(properties.get("Description", "")),
        capacity_provider_arn=str(provider.get("CapacityProviderArn", "")),
        gib_per_vcpu=ratio,
    )


def _default_concurrency(memory: int, ratio: float) -> int:
    vcpus = max(1, math.floor(memory / (ratio * _MIB_PER_GIB)))
    return limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpus


def _min_environments(stack: Stack, function_name: str, stand_ins: StandIns) -> int:
    for version in stack.of_type("AWS::Lambda::Version"):
        properties = stand_ins.resolve(version.properties)
        if properties["FunctionName"] == function_name:
            scaling = properties.get("FunctionScalingConfig", {})
            return int(scaling.get("MinExecutionEnvironments", limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS))
    return limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS


def _durable_config(config: Mapping[str, Any] | None) -> DurableConfig | None:
    if config is None:
        return None
    return DurableConfig(
        execution_timeout=int(config["ExecutionTimeout"]),
        retention_days=int(config.get("RetentionPeriodInDays", _DEFAULT_RETENTION_DAYS)),
    )


def _code(stack: Stack, resource: Resource, code: Mapping[str, Any]) -> Path | str:
    where = resource.path or resource.logical_id
    if "ZipFile" in code:
        return str(code["ZipFile"])
    asset = stack.assets.get(str(code.get("S3Key", "")))
    if asset is None:
        msg = (
            f"the code of {where} is not in the cloud assembly: "
            "the local runtime runs Python functions whose code is a file asset or inline"
        )
        raise AssemblyError(msg)
    if not asset.exists():
        msg = f"the code of {where} is missing from the cloud assembly ({asset.name}): run `cdk synth` again"
        raise AssemblyError(msg)
    return asset


def _aliases(stack: Stack, function_name: str, stand_ins: StandIns) -> dict[str, str]:
    return {
        str(properties["Name"]): str(properties["FunctionVersion"])
        for alias in stack.of_type("AWS::Lambda::Alias")
        if (properties := stand_ins.resolve(alias.properties))["FunctionName"] == function_name
    }
