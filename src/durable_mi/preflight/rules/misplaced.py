"""What is in the wrong place, or for another kind of function (DMI114 to DMI116)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.checks.instance_types import check_families
from durable_mi.preflight.function import PROVIDER_CONFIG
from durable_mi.preflight.rejection import rejection
from durable_mi.preflight.rules.capacity import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["GROUP", "SAM_NAMES"]

_DEFAULT_ARCHITECTURE: Final = "x86_64"
_SCALING: Final = "FunctionScalingConfig"
_NOT_IN_SAM: Final = PROVIDER_CONFIG[1]

SAM_NAMES: Final = {
    ("ScalingConfig",): "CapacityProviderScalingConfig",
    ("OperatorRole",): "PermissionsConfig",
    ("InstanceRequirements", "AllowedTypes"): "AllowedInstanceTypes",
    ("InstanceRequirements", "ExcludedTypes"): "ExcludedInstanceTypes",
}
"""CloudFormation's name of what AWS SAM has a name of its own for, by that."""


@GROUP.error(
    "DMI114",
    "only functions on managed instances have FunctionScalingConfig",
    why="It sets how many execution environments run on a capacity provider. Lambda rejects it without one.",
    fix="Set CapacityProviderConfig, or remove FunctionScalingConfig.",
    source="AWS SAM reference, sam-resource-function; Lambda Developer Guide, lambda-managed-instances-scaling",
)
def _scaling(model: Model) -> Iterator[Finding]:
    for function in model.of_type("AWS::Lambda::Function"):
        if not function.lacks("CapacityProviderConfig"):
            continue
        owners = (function, *model.versions.get(function.id, ()))
        # One finding for one mistake: a version repeats what its function has.
        owner = next((each for each in owners if each.has(_SCALING)), None)
        if owner is not None:
            yield owner.finding(
                f"{_SCALING} must be on a function with a capacity provider, got one without: set "
                f"CapacityProviderConfig of {function.id}, or remove {_SCALING}",
                _SCALING,
            )


@GROUP.error(
    "DMI115",
    "the capacity provider of a function is named as its resource type has it",
    why=(
        "AWS SAM has Arn in CapacityProviderConfig itself. CloudFormation has it one level deeper, as "
        "LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn. Each rejects the other's form."
    ),
    fix="In AWS::Serverless::Function set CapacityProviderConfig.Arn; in AWS::Lambda::Function nest it.",
    source="AWS SAM reference, sam-property-function-capacityproviderconfig; CloudFormation schema",
)
def _nesting(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        config = function.item.get("CapacityProviderConfig")
        if not isinstance(config, dict):
            continue
        # The translation of a SAM function has an Arn without a value where the template gives none.
        if "Arn" not in config:
            if function.item.lacks(*PROVIDER_CONFIG, "CapacityProviderArn"):
                yield function.item.finding(_without(config), "CapacityProviderConfig")
            continue
        if config["Arn"] is None:
            got = f"{_NOT_IN_SAM}, which is CloudFormation's" if _NOT_IN_SAM in config else "none"
            message = f"CapacityProviderConfig must have Arn in a function of AWS SAM, got {got}: set Arn there"
        else:
            message = (
                f"CapacityProviderConfig must have {_NOT_IN_SAM}.CapacityProviderArn in AWS::Lambda::Function, got "
                "Arn, which is AWS SAM's: put its value there"
            )
        yield function.item.finding(message, "CapacityProviderConfig")
    for provider in model.providers:
        yield from _of_the_other(provider)


@GROUP.error(
    "DMI116",
    "the instance types can run managed instances",
    why="Managed instances are of the families C, M and R, large and up. Lambda finds no instance of another type.",
    fix="Name types such as m8g.xlarge or m8g.*, or leave the choice to Lambda, which AWS recommends.",
    source="AWS Compute Blog, 2026-03-30; Lambda Developer Guide, lambda-managed-instances",
)
def _instance_types(model: Model) -> Iterator[Finding]:
    path = ("InstanceRequirements", "AllowedInstanceTypes")
    for provider in model.providers:
        types = provider.entries(*path) or []
        architectures = provider.entries("InstanceRequirements", "Architectures")
        architecture = (architectures or [_DEFAULT_ARCHITECTURE])[0]
        if architectures is None or not isinstance(architecture, str):
            continue
        names = [name for name in types if isinstance(name, str)]
        # A name that is not known may be of the right architecture.
        if names and len(names) == len(types):
            message = rejection(check_families, names, architecture)
            if message is not None:
                yield provider.finding(message, *path)


def _of_the_other(provider: TemplateResource) -> Iterator[Finding]:
    for (*path, sam), name in SAM_NAMES.items():
        settings = provider.get(*path)
        if not isinstance(settings, dict) or sam not in settings:
            continue
        if settings[sam] is None and name in settings:
            message = f"{sam} must be set in a capacity provider of AWS SAM, got {name}, which is CloudFormation's"
            yield provider.finding(f"{message}: name it {sam}", *path, name)
        elif settings[sam] is not None:
            message = f"{name} must be set in AWS::Lambda::CapacityProvider, got {sam}, which is AWS SAM's"
            yield provider.finding(f"{message}: put its value there", *path, sam)


def _without(config: Mapping[str, object]) -> str:
    got = "CapacityProviderArn beside it" if "CapacityProviderArn" in config else "none"
    return (
        f"CapacityProviderConfig must have {_NOT_IN_SAM}.CapacityProviderArn in AWS::Lambda::Function, got {got}: "
        "set it there"
    )
