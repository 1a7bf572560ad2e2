"""The size of functions on a capacity provider: architecture, memory, concurrency (DMI101 to DMI106)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks import size
from durable_mi.preflight.function import PROVIDER_CONFIG
from durable_mi.preflight.rejection import rejection
from durable_mi.preflight.rule_group import RuleGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.model import Model

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Capacity")

_DEFAULT_ARCHITECTURE: Final = "x86_64"


@GROUP.error(
    "DMI101",
    "the function has its capacity provider's architecture",
    why="A capacity provider starts instances of one architecture. Lambda rejects a function of the other.",
    fix="Give both the same Architectures. A function and a capacity provider without any are x86_64.",
    source="Lambda Developer Guide, lambda-managed-instances-getting-started; CloudFormation schema",
)
def _architecture(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        provider = function.provider
        if provider is None:
            continue
        entries = provider.entries("InstanceRequirements", "Architectures")
        if entries is None or (entries and not isinstance(entries[0], str)):
            continue
        theirs = str(entries[0]) if entries else _DEFAULT_ARCHITECTURE
        ours = function.architecture
        if ours is not None and ours != theirs:
            yield function.item.finding(
                f"Architectures must be that of the capacity provider {provider.id}, {theirs}, got {ours}: "
                f"set it to [{theirs}], or InstanceRequirements.Architectures of {provider.id} to [{ours}]",
                "Architectures",
            )


@GROUP.error(
    "DMI102",
    "memory is from 2048 to 32768 MB",
    why="Lambda rejects a function on managed instances outside of this range.",
    fix="Set MemorySize to 2048 or more; 4096 with 4 GiB per vCPU suits most Python functions.",
    source="Lambda API error text; AWS Compute Blog, 2026-03-30",
)
def _memory_range(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        memory = function.memory_mib
        if memory is not None and not limits.MIN_MEMORY_MIB <= memory <= limits.MAX_MEMORY_MIB:
            message = rejection(size.check_memory, memory, limits.DEFAULT_MEMORY_GIB_PER_VCPU)
            if message is not None:
                yield function.item.finding(message, "MemorySize")


@GROUP.error(
    "DMI103",
    "memory is a multiple of the memory of one vCPU",
    why="An execution environment has whole vCPUs. Lambda rejects memory that does not divide by the ratio.",
    fix="Set MemorySize to a multiple of ExecutionEnvironmentMemoryGiBPerVCpu (2 where it is not given) times 1024.",
    source="AWS Compute Blog, 2026-03-30; Lambda API error text",
)
def _memory_multiple(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        memory, ratio = function.memory_mib, function.gib_per_vcpu
        if memory is None or ratio not in limits.MEMORY_GIB_PER_VCPU:
            continue
        message = rejection(size.check_memory, memory, ratio)
        if message is not None and limits.MIN_MEMORY_MIB <= memory <= limits.MAX_MEMORY_MIB:
            yield function.item.finding(message, "MemorySize")


@GROUP.error(
    "DMI104",
    "the ratio of memory to vCPU is 2, 4 or 8",
    why="Lambda has environments of 2, 4 and 8 GiB per vCPU. The schema takes other numbers, the service does not.",
    fix="Set ExecutionEnvironmentMemoryGiBPerVCpu to 2, 4 or 8.",
    source="AWS SAM reference, sam-property-function-capacityproviderconfig; AWS Compute Blog, 2026-03-30",
)
def _ratio(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        ratio = function.gib_per_vcpu
        message = None if ratio is None else rejection(size.check_memory_per_vcpu, ratio)
        if message is not None:
            yield function.item.finding(message, *PROVIDER_CONFIG, "ExecutionEnvironmentMemoryGiBPerVCpu")


@GROUP.error(
    "DMI105",
    "at most 64 concurrent invocations for each vCPU",
    why="Lambda rejects more than 64 for each vCPU of an execution environment, and more than 1600 in all.",
    fix="Lower PerExecutionEnvironmentMaxConcurrency, or give the function more memory and so more vCPUs.",
    source="Lambda Developer Guide, lambda-managed-instances-scaling; CloudFormation schema",
)
def _concurrency(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        invocations, vcpus = _invocations(function), function.vcpus
        if invocations is not None and vcpus is not None:
            message = rejection(size.check_concurrency, invocations, vcpus)
            if message is not None:
                yield function.item.finding(message, *PROVIDER_CONFIG, "PerExecutionEnvironmentMaxConcurrency")


@GROUP.warning(
    "DMI106",
    "a Python function has at most 16 processes for each vCPU",
    why=(
        "Each concurrent invocation of a Python function is a process with its own copy of everything it imports. 16 "
        "for each vCPU is what Lambda takes by itself; AWS's guides disagree whether it accepts more."
    ),
    fix="Lower PerExecutionEnvironmentMaxConcurrency, or check that the memory left for each process is enough.",
    source="Lambda Developer Guide, lambda-managed-instances-python-runtime (unconfirmed as a limit)",
)
def _processes(model: Model) -> Iterator[Finding]:
    for function in model.managed:
        invocations, vcpus, memory = _invocations(function), function.vcpus, function.memory_mib
        if invocations is None or vcpus is None or memory is None or not function.is_python:
            continue
        rejected = rejection(size.check_concurrency, invocations, vcpus) is not None
        if not rejected and size.check_concurrency(invocations, vcpus) is not None:
            usual = limits.DEFAULT_PYTHON_CONCURRENCY_PER_VCPU * vcpus
            yield function.item.finding(
                f"PerExecutionEnvironmentMaxConcurrency should be at most {usual} for {vcpus} vCPU of Python, got "
                f"{invocations}, which leaves {memory / invocations:.0f} MB for each process: lower it to {usual}",
                *PROVIDER_CONFIG,
                "PerExecutionEnvironmentMaxConcurrency",
            )


def _invocations(function: Function) -> float | None:
    return function.item.number(*PROVIDER_CONFIG, "PerExecutionEnvironmentMaxConcurrency")
