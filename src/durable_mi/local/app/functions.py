"""The functions of a synthesized app, as a deploy would make them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.values import MISSING, literal
from durable_mi.local.app.function_properties import FunctionProperties, missing
from durable_mi.local.app.function_settings import FunctionSettings, stack_tags
from durable_mi.local.app.placeholders import LATEST, LOCAL_VERSION, Placeholders
from durable_mi.operate.stack_functions import construct_of, is_path_called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from durable_mi.cloudformation.assembly import CloudAssembly, Stack
    from durable_mi.cloudformation.resource import Resource

__all__ = ["AppFunction", "CapacityConfig", "DurableConfig", "app_functions", "names_an_endpoint"]

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
        name: Physical name, made up where the template has none.
        arn: ARN without qualifier.
        path: Construct path, or the logical id where the template names no path.
        logical_id: Key in the template.
        code: Directory with the handler's code, a ``.zip`` file, or the source text of an inline function.
        code_key: Object key of the code in the asset bucket, which changes with the code; empty for an inline function.
        settings: What the API shows and nothing here depends on.
        handler: ``module.function``.
        runtime: Such as ``python3.13``.
        timeout: Invocation timeout in seconds.
        memory: Memory in MiB.
        concurrency: Concurrent invocations of one execution environment, which for Python are processes.
        environments: Execution environments that the version keeps running at least; without a capacity provider, those
            that it has here.
        environment: The function's environment variables.
        made_up: The variables that contain a placeholder, each with what is known only after deployment.
        log_group: Name of the log group.
        log_level: Lowest level that the runtime logs.
        durable: Durable configuration, ``None`` for a plain function.
        aliases: Alias names to versions.
        description: The function's description.
        capacity: How it runs on a capacity provider, ``None`` for a function that Lambda runs elsewhere.
        version: The published version, or ``$LATEST`` where the template publishes none.
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
    settings: FunctionSettings = field(default_factory=FunctionSettings)

    def with_variables(self, variables: Mapping[str, str]) -> AppFunction:
        """Return the function with other values for those of these variables that it has.

        The address of another service, such as ``AWS_ENDPOINT_URL_SNS``, it need not have: no template that is deployed
        has one.
        """
        given = {
            name: value for name, value in variables.items() if name in self.environment or names_an_endpoint(name)
        }
        left = {name: what for name, what in self.made_up.items() if name not in given}
        return replace(self, environment={**self.environment, **given}, made_up=left)

    @property
    def starts_on_demand(self) -> bool:
        """Whether nothing runs until the first invocation: a plain function, which is here for who invokes it."""
        return self.capacity is None and self.durable is None

    def released_as(self, version: str) -> AppFunction:
        """Return the function as its next release: another version, and every alias pointing at it."""
        return replace(self, version=version, aliases=dict.fromkeys(self.aliases, version))

    @property
    def construct(self) -> str:
        """Path of the construct that makes the function, such as ``Orders/Workflow``."""
        return construct_of(self.path)

    def is_called(self, name: str) -> bool:
        """Return whether a user's name means this function: its name, logical id, path or an end of the path."""
        return name in {self.name, self.logical_id} or is_path_called(self.path, name)


def names_an_endpoint(variable: str) -> bool:
    """Return whether an environment variable is where the AWS SDKs read the address of a service, Lambda's apart.

    Args:
        variable: Its name.
    """
    service = variable.removeprefix("AWS_ENDPOINT_URL")
    return service != variable and (not service or service.startswith("_")) and service != "_LAMBDA"


def app_functions(assembly: CloudAssembly, region: str) -> tuple[AppFunction, ...]:
    """Every function of the app with a capacity provider or a durable configuration, and its plain Python functions.

    A function whose condition is false is left out. So is a plain function, which a workflow may invoke, where it
    cannot run here: written in another language, or with code that is not in the assembly.

    Args:
        assembly: The synthesized app.
        region: Region of stacks that name none.

    Raises:
        AssemblyError: A function's code is not in the assembly (a container image, or code in another bucket), or what
            it takes to run a function is known only after deployment.
    """
    return tuple(function for stack in assembly.stacks for function in _functions_of(stack, region))


def _functions_of(stack: Stack, region: str) -> Iterator[AppFunction]:
    placeholders = Placeholders(stack, region)
    for resource in stack.of_type("AWS::Lambda::Function"):
        exists = placeholders.facts.exists(resource)
        if exists is False:
            continue
        properties = FunctionProperties(stack, resource, placeholders)
        is_wanted = properties.has("CapacityProviderConfig") or properties.has("DurableConfig")
        if not is_wanted and not _can_run(stack, resource, properties):
            continue
        if exists is None:
            what = missing(stack, f"condition {resource.condition}")
            msg = (
                f"whether {_called(resource)} in stack {stack.name} exists must be known before deployment, got {what}"
            )
            raise AssemblyError(msg)
        yield _app_function(stack, resource, properties, placeholders)


def _can_run(stack: Stack, resource: Resource, properties: FunctionProperties) -> bool:
    if not properties.text("Runtime", default="").startswith("python"):
        return False
    try:
        _code(stack, resource, properties)
    except AssemblyError:
        return False
    return True


def _app_function(
    stack: Stack, resource: Resource, properties: FunctionProperties, placeholders: Placeholders
) -> AppFunction:
    name, arn = placeholders.name(resource), placeholders.arn(resource)
    is_managed = properties.has("CapacityProviderConfig")
    memory = properties.whole("MemorySize", default=limits.MIN_MEMORY_MIB if is_managed else _DEFAULT_MEMORY_MIB)
    capacity, concurrency = _capacity(properties, memory) if is_managed else (None, 1)
    versions = list(_of_function(stack, "AWS::Lambda::Version", (name, arn), placeholders))
    environment, made_up = _environment(properties, placeholders)
    return AppFunction(
        name=name,
        arn=arn,
        path=_called(resource),
        logical_id=resource.logical_id,
        code=_code(stack, resource, properties),
        handler=properties.text("Handler", default=""),
        runtime=properties.text("Runtime", default=""),
        timeout=properties.whole("Timeout", default=_DEFAULT_TIMEOUT_S),
        memory=memory,
        concurrency=concurrency,
        environments=_min_environments(versions),
        environment=environment,
        made_up=made_up,
        log_group=str(properties.placeholder("LoggingConfig", "LogGroup") or f"/aws/lambda/{name}"),
        log_level=properties.text("LoggingConfig", "ApplicationLogLevel", default="INFO"),
        durable=_durable_config(properties),
        aliases=_aliases(stack, (name, arn), placeholders),
        description=str(properties.placeholder("Description") or ""),
        capacity=capacity,
        version=LOCAL_VERSION if is_managed or versions else LATEST,
        code_key=str(properties.placeholder("Code", "S3Key") or ""),
        settings=FunctionSettings.read(
            properties,
            stack_tags(stack, resource, placeholders),
            _of_function(stack, "AWS::Lambda::EventInvokeConfig", (name, arn), placeholders),
        ),
    )


def _called(resource: Resource) -> str:
    return resource.path or resource.logical_id


def _environment(
    properties: FunctionProperties, placeholders: Placeholders
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the function's environment variables, and those of them with a placeholder, each with what it is for."""
    environment: dict[str, str] = {}
    made_up: dict[str, str] = {}
    for name, given in properties.entries("Environment", "Variables").items():
        value, noted = placeholders.noted(given)
        if value is MISSING:
            continue
        environment[name] = literal(value)
        if noted:
            made_up[name] = ", ".join(sorted(noted))
    return environment, made_up


def _capacity(properties: FunctionProperties, memory: int) -> tuple[CapacityConfig, int]:
    """How the function runs on a capacity provider, and the processes of each of its environments."""
    path = ("CapacityProviderConfig", "LambdaManagedInstancesCapacityProviderConfig")
    ratio = properties.number(
        *path,
        "ExecutionEnvironmentMemoryGiBPerVCpu",
        default=_DEFAULT_GIB_PER_VCPU,
        allowed=limits.MEMORY_GIB_PER_VCPU,
    )
    default = _default_concurrency(memory, ratio)
    concurrency = properties.whole(*path, "PerExecutionEnvironmentMaxConcurrency", default=default)
    provider = properties.placeholder(*path, "CapacityProviderArn")
    return CapacityConfig(str(provider or ""), ratio), concurrency


def _default_concurrency(memory: int, ratio: float) -> int:
    vcpus = max(1, math.floor(memory / (ratio * _MIB_PER_GIB)))
    return limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpus


def _min_environments(versions: Sequence[FunctionProperties]) -> int:
    default = limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS
    for version in versions:
        return version.whole("FunctionScalingConfig", "MinExecutionEnvironments", default=default)
    return default


def _durable_config(properties: FunctionProperties) -> DurableConfig | None:
    if not properties.has("DurableConfig"):
        return None
    return DurableConfig(
        execution_timeout=properties.whole("DurableConfig", "ExecutionTimeout"),
        retention_days=properties.whole("DurableConfig", "RetentionPeriodInDays", default=_DEFAULT_RETENTION_DAYS),
    )


def _code(stack: Stack, resource: Resource, properties: FunctionProperties) -> Path | str:
    inline = properties.placeholder("Code", "ZipFile")
    if inline is not None:
        return str(inline)
    asset = stack.assets.get(str(properties.placeholder("Code", "S3Key")))
    if asset is None:
        msg = (
            f"the code of {_called(resource)} is not in the cloud assembly: "
            "the local runtime runs Python functions whose code is a file asset or inline"
        )
        raise AssemblyError(msg)
    if not asset.exists():
        msg = (
            f"the code of {_called(resource)} is missing from the cloud assembly ({asset.name}): run `cdk synth` again"
        )
        raise AssemblyError(msg)
    return asset


def _aliases(stack: Stack, names: tuple[str, str], placeholders: Placeholders) -> dict[str, str]:
    aliases = _of_function(stack, "AWS::Lambda::Alias", names, placeholders)
    return {str(alias.placeholder("Name")): str(alias.placeholder("FunctionVersion")) for alias in aliases}


def _of_function(
    stack: Stack, kind: str, names: tuple[str, str], placeholders: Placeholders
) -> Iterator[FunctionProperties]:
    """Yield the properties of a function's resources of a type, such as its versions, by its name and ARN."""
    for resource in stack.of_type(kind):
        properties = FunctionProperties(stack, resource, placeholders)
        if placeholders.facts.exists(resource) is not False and properties.placeholder("FunctionName") in names:
            yield properties
