"""The functions of a synthesized app, as a deploy would make them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from durable_mi import limits
from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.local.app.placeholders import LATEST, LOCAL_VERSION, Placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from durable_mi.cloudformation.assembly import CloudAssembly, Resource, Stack

__all__ = ["AppFunction", "CapacityConfig", "DurableConfig", "Output", "app_functions", "stack_outputs"]

_DEFAULT_TIMEOUT_S = 3
_DEFAULT_MEMORY_MIB = 128
_DEFAULT_RETENTION_DAYS = 14
_DEFAULT_GIB_PER_VCPU = 2
_MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class DurableConfig:
    """A function's durable configuration: execution timeout in seconds, retention of the history in days."""

    execution_timeout: int
    retention_days: int


@dataclass(frozen=True, slots=True)
class CapacityConfig:
    """How a function runs on a capacity provider: the provider's ARN, and the memory in GiB that comes with a vCPU."""

    provider_arn: str
    gib_per_vcpu: float


@dataclass(frozen=True, slots=True)
class AppFunction:
    """One function, with every reference resolved.

    Attributes:
        name: physical name, made up where the template has none.
        arn: ARN without qualifier.
        path: construct path, or the logical id where the template names no path.
        logical_id: key in the template.
        code: directory with the handler's code, a ``.zip`` file, or the source text of an inline function.
        code_key: object key of the code in the asset bucket, which changes with the code; empty for an inline function.
        handler: ``module.function``.
        runtime: such as ``python3.13``.
        timeout: invocation timeout in seconds.
        memory: memory in MiB.
        concurrency: concurrent invocations of one execution environment, which for Python are processes.
        environments: execution environments that the version keeps running at least; without a capacity provider, those
            that it has here.
        environment: the function's environment variables.
        made_up: the variables that hold a stand-in, each with what only a deploy could tell.
        log_group: name of the log group.
        log_level: lowest level that the runtime logs.
        durable: durable configuration, ``None`` for a plain function.
        aliases: alias names to versions.
        description: the function's description.
        capacity: how it runs on a capacity provider, ``None`` for a function that Lambda runs elsewhere.
        version: the published version, or ``$LATEST`` where the template publishes none.
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
    made_up: Mapping[str, str]
    log_group: str
    log_level: str
    durable: DurableConfig | None
    aliases: Mapping[str, str]
    description: str
    capacity: CapacityConfig | None
    version: str = LOCAL_VERSION
    code_key: str = ""

    def with_variables(self, variables: Mapping[str, str]) -> AppFunction:
        """The function with other values for those of these variables that it has."""
        given = {name: value for name, value in variables.items() if name in self.environment}
        left = {name: what for name, what in self.made_up.items() if name not in given}
        return replace(self, environment={**self.environment, **given}, made_up=left)

    @property
    def starts_on_demand(self) -> bool:
        """Whether nothing runs until the first invocation: a plain function, which is here for who invokes it."""
        return self.capacity is None and self.durable is None

    def next_release(self) -> AppFunction:
        """The function with its next version, which is ``$LATEST`` again where that is all it has."""
        return self if self.version == LATEST else self.released_as(str(int(self.version) + 1))

    def released_as(self, version: str) -> AppFunction:
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


def app_functions(assembly: CloudAssembly, region: str) -> tuple[AppFunction, ...]:
    """Every function of the app with a capacity provider or a durable configuration, and its plain Python functions.

    A plain function, which a workflow may invoke, is left out where it cannot run here: written in another language, or
    with code that is not in the assembly.

    Args:
        assembly: the synthesized app.
        region: region of stacks that name none.

    Raises:
        AssemblyError: a function's code is not in the assembly (a container image, or code in another bucket).
    """
    return tuple(
        _app_function(stack, resource, Placeholders(stack, stack.region or region))
        for stack in assembly.stacks
        for resource in stack.of_type("AWS::Lambda::Function")
        if _is_wanted(resource) or _can_run(stack, resource)
    )


def stack_outputs(assembly: CloudAssembly, region: str) -> Iterator[Output]:
    """The outputs of all stacks but nested ones, with the values that the local runtime answers to."""
    for stack in assembly.stacks:
        if stack.parent is not None:
            continue
        placeholders = Placeholders(stack, stack.region or region)
        for name, output in stack.outputs.items():
            yield Output(stack.name, name, str(placeholders.resolve(output.get("Value"))))


def _is_wanted(resource: Resource) -> bool:
    return "CapacityProviderConfig" in resource.properties or "DurableConfig" in resource.properties


def _can_run(stack: Stack, resource: Resource) -> bool:
    if not str(resource.properties.get("Runtime")).startswith("python"):
        return False
    try:
        _code(stack, resource, resource.properties.get("Code", {}))
    except AssemblyError:
        return False
    return True


def _app_function(stack: Stack, resource: Resource, placeholders: Placeholders) -> AppFunction:
    properties = placeholders.resolve(resource.properties)
    logging = properties.get("LoggingConfig", {})
    name = placeholders.name(resource)
    provider = properties.get("CapacityProviderConfig")
    memory = int(properties.get("MemorySize", _DEFAULT_MEMORY_MIB if provider is None else limits.MIN_MEMORY_MIB))
    capacity, concurrency = _capacity(provider, memory)
    is_published = capacity is not None or any(_of_function(stack, "AWS::Lambda::Version", name, placeholders))
    return AppFunction(
        name=name,
        arn=placeholders.arn(resource),
        path=resource.path or resource.logical_id,
        logical_id=resource.logical_id,
        code=_code(stack, resource, properties.get("Code", {})),
        handler=str(properties.get("Handler", "")),
        runtime=str(properties.get("Runtime", "")),
        timeout=int(properties.get("Timeout", _DEFAULT_TIMEOUT_S)),
        memory=memory,
        concurrency=concurrency,
        environments=_min_environments(stack, name, placeholders),
        environment={key: str(value) for key, value in properties.get("Environment", {}).get("Variables", {}).items()},
        made_up=dict(_made_up(stack, resource, placeholders.region)),
        log_group=str(logging.get("LogGroup", f"/aws/lambda/{name}")),
        log_level=str(logging.get("ApplicationLogLevel", "INFO")),
        durable=_durable_config(properties.get("DurableConfig")),
        aliases=_aliases(stack, name, placeholders),
        description=str(properties.get("Description", "")),
        capacity=capacity,
        version=LOCAL_VERSION if is_published else LATEST,
        code_key=str(properties.get("Code", {}).get("S3Key", "")),
    )


def _made_up(stack: Stack, resource: Resource, region: str) -> Iterator[tuple[str, str]]:
    """The function's environment variables that refer to what only a deploy can tell, each with that."""
    for name, value in resource.properties.get("Environment", {}).get("Variables", {}).items():
        placeholders = Placeholders(stack, region)
        # As one entry of an object, where a variable without a value is left out.
        placeholders.resolve({name: value})
        if placeholders.made_up:
            yield name, ", ".join(sorted(placeholders.made_up))


def _capacity(config: Mapping[str, Any] | None, memory: int) -> tuple[CapacityConfig | None, int]:
    """How the function runs on a capacity provider, and its processes an environment; one process without one."""
    if config is None:
        return None, 1
    provider = config.get("LambdaManagedInstancesCapacityProviderConfig", {})
    ratio = float(provider.get("ExecutionEnvironmentMemoryGiBPerVCpu", _DEFAULT_GIB_PER_VCPU))
    concurrency = provider.get("PerExecutionEnvironmentMaxConcurrency", _default_concurrency(memory, ratio))
    return CapacityConfig(str(provider.get("CapacityProviderArn", "")), ratio), int(concurrency)


def _default_concurrency(memory: int, ratio: float) -> int:
    vcpus = max(1, math.floor(memory / (ratio * _MIB_PER_GIB)))
    return limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpus


def _min_environments(stack: Stack, function_name: str, placeholders: Placeholders) -> int:
    for version in _of_function(stack, "AWS::Lambda::Version", function_name, placeholders):
        scaling = version.get("FunctionScalingConfig", {})
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


def _aliases(stack: Stack, name: str, placeholders: Placeholders) -> dict[str, str]:
    aliases = _of_function(stack, "AWS::Lambda::Alias", name, placeholders)
    return {str(alias["Name"]): str(alias["FunctionVersion"]) for alias in aliases}


def _of_function(stack: Stack, kind: str, name: str, placeholders: Placeholders) -> Iterator[Mapping[str, Any]]:
    """The properties of a function's versions or aliases."""
    for resource in stack.of_type(kind):
        properties = placeholders.resolve(resource.properties)
        if properties["FunctionName"] == name:
            yield properties
