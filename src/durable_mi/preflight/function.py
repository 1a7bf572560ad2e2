"""A function of a template, in the terms of the service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks import size

if TYPE_CHECKING:
    from durable_mi.preflight.resource_index import ResourceIndex
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["PROVIDER_CONFIG", "Function"]

PROVIDER_CONFIG: Final = ("CapacityProviderConfig", "LambdaManagedInstancesCapacityProviderConfig")
"""Paths of a function's settings for managed instances in its properties."""

_DEFAULT_ARCHITECTURE: Final = "x86_64"
_DEFAULT_TIMEOUT_S: Final = 3
_RUNTIME: Final = re.compile(r"([a-z]+)([\d.]*)")


class Function:
    """A function: on managed instances, durable, or neither."""

    def __init__(self, item: TemplateResource, resources: ResourceIndex) -> None:
        self.item = item
        self._resources = resources
        self.is_managed: bool = item.has("CapacityProviderConfig")
        """Whether it runs on a capacity provider."""
        self.is_durable: bool = item.has("DurableConfig")
        """Whether its executions are durable."""

    @property
    def id(self) -> str:
        """The logical id."""
        return self.item.id

    @property
    def architecture(self) -> str | None:
        """The instruction set, ``None`` where it is not known."""
        entries = self.item.entries("Architectures")
        if not entries:
            return None if entries is None else _DEFAULT_ARCHITECTURE
        return entries[0] if isinstance(entries[0], str) else None

    @property
    def runtime(self) -> tuple[str, str] | None:
        """Language and version, such as ``("python", "3.13")``; ``None`` for an image or where it is not known."""
        name = self.item.text("Runtime")
        found = _RUNTIME.match(name) if name else None
        return (found[1], found[2].strip(".")) if found else None

    @property
    def is_python(self) -> bool:
        """Whether it runs on a managed Python runtime."""
        return self.runtime is not None and self.runtime[0] == "python"

    @property
    def memory_mib(self) -> float | None:
        """The memory, ``None`` where it is not given or not known."""
        return self.item.number("MemorySize")

    @property
    def gib_per_vcpu(self) -> float | None:
        """The ratio of memory to vCPU, ``None`` where it is not known."""
        return self.item.number(
            *PROVIDER_CONFIG, "ExecutionEnvironmentMemoryGiBPerVCpu", default=limits.DEFAULT_MEMORY_GIB_PER_VCPU
        )

    @property
    def vcpus(self) -> int | None:
        """The vCPUs of an execution environment, ``None`` where memory or ratio are not known or not right."""
        memory, ratio = self.memory_mib, self.gib_per_vcpu
        if memory is None or ratio not in limits.MEMORY_GIB_PER_VCPU:
            return None
        return size.count_vcpus(memory, ratio) or None

    @property
    def timeout_s(self) -> float | None:
        """The invocation timeout, ``None`` where it is not known."""
        return self.item.number("Timeout", default=_DEFAULT_TIMEOUT_S)

    @property
    def execution_timeout_s(self) -> float | None:
        """The timeout of a durable execution, ``None`` where it is not given or not known."""
        return self.item.number("DurableConfig", "ExecutionTimeout")

    @property
    def publishes_latest(self) -> bool | None:
        """Whether ``$LATEST.PUBLISHED`` exists, which is so where nothing is said; ``None`` where it is not known."""
        return self.item.flag("PublishToLatestPublished", default=True)

    @property
    def provider(self) -> TemplateResource | None:
        """Its capacity provider, ``None`` where that is not in the template."""
        reference = self.item.get(*PROVIDER_CONFIG, "CapacityProviderArn")
        return self._resources.referred(reference, "AWS::Lambda::CapacityProvider", {"Arn"})

    @property
    def role(self) -> TemplateResource | None:
        """Its execution role, ``None`` where that is not in the template."""
        return self._resources.referred(self.item.get("Role"), "AWS::IAM::Role", {"Arn"})

    @property
    def kind(self) -> str:
        """What it is, for a message."""
        if self.is_durable:
            return "a durable function on managed instances" if self.is_managed else "a durable function"
        return "a function on managed instances"

    def minimum_environments(self, owner: TemplateResource) -> float | None:
        """Return how many execution environments stay warm, ``None`` where it is not known.

        Args:
            owner: The function, for ``$LATEST.PUBLISHED``, or one of its versions.
        """
        return owner.number(
            "FunctionScalingConfig",
            "MinExecutionEnvironments",
            default=limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS,
        )
