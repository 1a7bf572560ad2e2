"""What names of instance types say, and which of them cannot work."""

from __future__ import annotations

import pytest

from durable_mi.checks.instance_types import InstanceTypePattern, check_families, check_function_fits
from durable_mi.checks.vcpu_budget import VcpuDemand


@pytest.mark.parametrize(
    ("name", "architecture", "vcpus", "memory_gib"),
    [
        ("c7g.large", "arm64", 2, 4),
        ("m6gd.xlarge", "arm64", 4, 16),
        ("r8gn.24xlarge", "arm64", 96, 768),
        ("c7gn.metal", "arm64", None, None),
        ("m8g.metal-24xl", "arm64", 96, 384),
        ("m7i-flex.2xlarge", "x86_64", 8, 32),
        ("r6idn.4xlarge", "x86_64", 16, 128),
        ("c5.large", "x86_64", 2, 4),
        ("m4.large", "x86_64", None, None),
        ("c6a.*", "x86_64", None, None),
        ("c8g.*", "arm64", None, None),
        ("c8g*", "arm64", None, None),
        ("c8*", None, None, None),
        ("m7*.large", None, 2, 8),
        ("m*.large", None, None, None),
        ("*.large", None, None, None),
        ("*", None, None, None),
        ("g5g.large", None, 2, None),
        ("c8g", None, None, None),
        ("m8g.2x*", None, None, None),
    ],
)
def test_what_a_name_says(name: str, architecture: str | None, vcpus: int | None, memory_gib: int | None) -> None:
    """What is not certain is unknown."""
    pattern = InstanceTypePattern.of(name)

    assert (architecture, vcpus, memory_gib) == (pattern.architecture, pattern.vcpus, pattern.memory_gib)


@pytest.mark.parametrize(
    "allowed", [[], ["m8g.*"], ["c8g.large", "r7gd.*"], ["*"], ["m8*"], ["*.2xlarge"], ["g6.xlarge"]]
)
def test_families(allowed: list[str]) -> None:
    """Names of the architecture, and those that are not certain."""
    assert check_families(allowed, "arm64") is None


@pytest.mark.parametrize(
    ("allowed", "architecture", "message"),
    [
        (["c7g.large"], "x86_64", "must be of the architecture x86_64, got 'c7g.large': name types such as 'm7i"),
        (["m7i.*", "c7a.large"], "arm64", r"must be of the architecture arm64, got 'm7i\.\*', 'c7a.large'"),
        (["c7i-flex.large"], "arm64", "must be of the architecture arm64"),
        (["*.medium"], "arm64", "must be of the C, M and R families, large and up, .*, got '\\*.medium'"),
        (["m8g.*", "c*.small"], "arm64", "must be of the C, M and R families, large and up, .*, got 'c\\*.small'"),
        (["t4g.large"], "arm64", "must be of the C, M and R families, large and up, .*, got 't4g.large'"),
        (["m8g.large", "t3.micro"], "arm64", "got 't3.micro': leave it out"),
        (["x2gd.*"], "arm64", r"got 'x2gd\.\*'"),
        (["t*", "t3*"], "arm64", r"got 't3\*'"),
        (["m8g.medium"], "arm64", "got 'm8g.medium'"),
    ],
)
def test_rejects_families(allowed: list[str], architecture: str, message: str) -> None:
    """Only types of the other architecture, and any that managed instances do not have."""
    with pytest.raises(ValueError, match=f"allowed_instance_types .*{message}"):
        check_families(allowed, architecture)


def test_some_of_another_architecture() -> None:
    """Those that work remain, so it is a warning."""
    warning = check_families(["m8g.*", "m7i.*"], "arm64")

    assert warning is not None
    assert "durable-mi:instance-types-of-another-architecture" == warning.id
    assert warning.message.startswith("allowed_instance_types has 'm7i.*': they are not of the architecture arm64")


def _function(memory_gib: int | None, vcpus: int | None) -> VcpuDemand:
    memory = None if memory_gib is None else memory_gib * 1024
    return VcpuDemand(function="Orders", execution_environments=3, vcpus=vcpus, memory_mib=memory)


@pytest.mark.parametrize(
    ("memory_gib", "vcpus", "allowed"),
    [
        (4, 1, ["m8g.large"]),
        (32, 4, ["c8g.large", "r8g.2xlarge"]),
        (32, 16, []),
        (32, 16, ["*"]),
        (32, 16, ["c8g.large", "c8g.*"]),
        (32, 16, ["c8g.large", "g6.large"]),
        (None, None, ["c8g.large"]),
    ],
)
def test_fits(memory_gib: int | None, vcpus: int | None, allowed: list[str]) -> None:
    """On the largest type, or on one whose size is not known."""
    assert check_function_fits(_function(memory_gib, vcpus), allowed) is None


@pytest.mark.parametrize(
    ("memory_gib", "vcpus", "allowed"),
    [
        (8, 2, ["c7g.large"]),
        (32, 4, ["m8g.large", "c8g.2xlarge"]),
        (8, 4, ["m8g.large"]),
        (32, None, ["r8g.large"]),
        # Memory of the one and vCPUs of the other are no instance.
        (16, 8, ["r8g.large", "c8g.xlarge"]),
    ],
)
def test_rejects_what_does_not_fit(memory_gib: int, vcpus: int | None, allowed: list[str]) -> None:
    """More memory, or more vCPUs, than any of the types has."""
    with pytest.raises(ValueError, match=f"holds one execution environment of each function, got .* {memory_gib} GiB"):
        check_function_fits(_function(memory_gib, vcpus), allowed)


@pytest.mark.parametrize(("memory_gib", "vcpus", "allowed"), [(4, 1, ["c7g.large"]), (4, 2, ["m8g.large"])])
def test_fits_only_just(memory_gib: int, vcpus: int, allowed: list[str]) -> None:
    """What an instance keeps for itself is known from one guide, so it is a warning."""
    warning = check_function_fits(_function(memory_gib, vcpus), allowed)

    assert warning is not None
    assert "durable-mi:instance-types-without-room" == warning.id
