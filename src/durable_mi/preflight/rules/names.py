"""Settings whose name or kind of value their resource type does not have (DMI117)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.preflight.function import PROVIDER_CONFIG
from durable_mi.preflight.readings.nearest import nearest
from durable_mi.preflight.rules.misplaced import GROUP, SAM_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.preflight.finding import Finding, Path
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP"]

_SCALING: Final = ("FunctionScalingConfig",)
_ENVIRONMENTS: Final = ("MinExecutionEnvironments", "MaxExecutionEnvironments")
# Names by resource type and path. Of the properties of a function itself, only those that are new to many.
_NAMES: Final[Mapping[str, Mapping[Path, tuple[str, ...]]]] = {
    "AWS::Lambda::Function": {
        (): ("DurableConfig", "CapacityProviderConfig", "FunctionScalingConfig", "PublishToLatestPublished"),
        ("DurableConfig",): ("ExecutionTimeout", "RetentionPeriodInDays", "KMSKeyArn"),
        PROVIDER_CONFIG: (
            "CapacityProviderArn",
            "ExecutionEnvironmentMemoryGiBPerVCpu",
            "PerExecutionEnvironmentMaxConcurrency",
        ),
        _SCALING: _ENVIRONMENTS,
    },
    "AWS::Lambda::Version": {(): _SCALING, _SCALING: _ENVIRONMENTS},
    "AWS::Lambda::CapacityProvider": {
        (): (
            "CapacityProviderName",
            "CapacityProviderScalingConfig",
            "InstanceRequirements",
            "KmsKeyArn",
            "PermissionsConfig",
            "PropagateTags",
            "TelemetryConfig",
            "VpcConfig",
        ),
        ("CapacityProviderScalingConfig",): ("MaxVCpuCount", "ScalingMode", "ScalingPolicies"),
        ("InstanceRequirements",): ("AllowedInstanceTypes", "Architectures", "ExcludedInstanceTypes"),
        ("PermissionsConfig",): ("CapacityProviderOperatorRoleArn",),
        ("PropagateTags",): ("Mode", "ExplicitTags"),
        ("TelemetryConfig",): ("LoggingConfig",),
        ("TelemetryConfig", "LoggingConfig"): ("LogGroup", "SystemLogLevel"),
        ("VpcConfig",): ("SubnetIds", "SecurityGroupIds"),
    },
}
_NUMBERS: Final[Mapping[str, Mapping[Path, str]]] = {
    "AWS::Lambda::Function": {
        ("MemorySize",): "MB",
        ("Timeout",): "seconds",
        ("DurableConfig", "ExecutionTimeout"): "seconds",
        ("DurableConfig", "RetentionPeriodInDays"): "days",
        (*PROVIDER_CONFIG, "ExecutionEnvironmentMemoryGiBPerVCpu"): "GiB",
        (*PROVIDER_CONFIG, "PerExecutionEnvironmentMaxConcurrency"): "invocations",
        **{(*_SCALING, name): "execution environments" for name in _ENVIRONMENTS},
    },
    "AWS::Lambda::Version": {(*_SCALING, name): "execution environments" for name in _ENVIRONMENTS},
    "AWS::Lambda::CapacityProvider": {("CapacityProviderScalingConfig", "MaxVCpuCount"): "vCPUs"},
}
# What is missing without these, other rules say.
_REQUIRED: Final = frozenset({"CapacityProviderArn", "ExecutionTimeout"})
# What begins with a digit was meant as a number; anything else may be for a tool that fills it in.
_WITH_UNIT: Final = re.compile(r"\s*\d[\d.,_]*\s*[^\d.\s].*", re.DOTALL)
_EXPONENT: Final = re.compile(r"\s*\d+(\.\d*)?[eE][+-]?\d+\s*")


@GROUP.error(
    "DMI117",
    "settings have the names of their resource type, and numbers are without a unit",
    why=(
        "CloudFormation rejects a property that the resource type does not have, also where only the case differs, and "
        "a text where a number must be."
    ),
    fix="Write the name as CloudFormation has it, such as KMSKeyArn in DurableConfig, and numbers in digits alone.",
    source="CloudFormation schema",
)
def _names(model: Model) -> Iterator[Finding]:
    for function in model.of_type("AWS::Lambda::Function"):
        if function.id not in model.functions:
            # It is neither durable nor managed, perhaps since these names are wrong.
            yield from _misspelt(function, (), _NAMES[function.type][()])
            continue
        for item in (function, *model.versions.get(function.id, ())):
            yield from _settings(item)
    for provider in model.providers:
        yield from _settings(provider)


def _settings(item: TemplateResource) -> Iterator[Finding]:
    given = item.resource.properties
    for path, names in _NAMES[item.type].items():
        if not path or path[0] in given:
            yield from _misspelt(item, path, names)
    for path, unit in _NUMBERS[item.type].items():
        value = item.get(*path) if path[0] in given else None
        if isinstance(value, str) and _WITH_UNIT.fullmatch(value) and not _EXPONENT.fullmatch(value):
            yield item.finding(
                f"{path[-1]} must be a number, in {unit}, got '{value}': write it in digits alone", *path
            )


def _misspelt(item: TemplateResource, path: Path, names: tuple[str, ...]) -> Iterator[Finding]:
    settings = item.get(*path) if path else item.resource.properties
    if not isinstance(settings, dict) or settings.keys() <= set(names):
        return
    for key in settings:
        is_judged = isinstance(key, str) and ":" not in key and (*path, key) not in SAM_NAMES
        right = nearest(key, names) if is_judged else None
        if right is not None and right not in settings and right not in _REQUIRED:
            yield item.finding(f"{right} must have the name that {item.type} has, got {key}: write {right}", *path, key)
