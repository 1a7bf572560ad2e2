"""Memory, its ratio to vCPU, and concurrency."""

from __future__ import annotations

import pytest

from durable_mi.checks import size


@pytest.mark.parametrize("ratio", [2, 4, 8, 4.0])
def test_ratio(ratio: float) -> None:
    """Three ratios are known."""
    size.check_memory_per_vcpu(ratio)


@pytest.mark.parametrize("ratio", [0, 1, 3, 4.5, 16])
def test_rejects_ratio(ratio: float) -> None:
    """Every other ratio is refused with the three that work."""
    with pytest.raises(ValueError, match=f"memory_gib_per_vcpu must be 2, 4 or 8, got {ratio}: take 2"):
        size.check_memory_per_vcpu(ratio)


@pytest.mark.parametrize(
    ("mib", "ratio", "vcpus"),
    [(2048, 2, 1), (4096, 4, 1), (8192, 8, 1), (6144, 2, 3), (32768, 2, 16), (32768, 4, 8), (32768, 8, 4)],
)
def test_memory(mib: int, ratio: int, vcpus: int) -> None:
    """Whole vCPUs from the smallest to the largest memory."""
    size.check_memory(mib, ratio)

    assert size.count_vcpus(mib, ratio) == vcpus


@pytest.mark.parametrize(
    ("mib", "ratio", "message"),
    [
        (2047, 2, "memory_size must be from 2 GiB to 32 GiB on managed instances, got 2047 MiB: set 2 GiB or more"),
        (128, 2, "memory_size must be from 2 GiB to 32 GiB on managed instances, got 128 MiB: set 2 GiB or more"),
        (33792, 2, "memory_size must be from 2 GiB to 32 GiB on managed instances, got 33 GiB: set 32 GiB or less"),
        (
            6144,
            4,
            (
                "memory_size must be a multiple of 4 GiB (whole vCPUs of 4 GiB each), got 6 GiB: "
                "set 4 GiB or 8 GiB, or another memory_gib_per_vcpu"
            ),
        ),
        (
            2048,
            4,
            (
                "memory_size must be a multiple of 4 GiB (whole vCPUs of 4 GiB each), got 2 GiB: "
                "set 4 GiB, or another memory_gib_per_vcpu"
            ),
        ),
        (
            2049,
            2,
            (
                "memory_size must be a multiple of 2 GiB (whole vCPUs of 2 GiB each), got 2049 MiB: "
                "set 2 GiB or 4 GiB, or another memory_gib_per_vcpu"
            ),
        ),
    ],
)
def test_rejects_memory(mib: int, ratio: int, message: str) -> None:
    """The message names the nearest sizes that work."""
    with pytest.raises(ValueError, match="memory_size") as caught:
        size.check_memory(mib, ratio)

    assert str(caught.value) == message


@pytest.mark.parametrize(("invocations", "vcpus"), [(1, 1), (16, 1), (64, 4)])
def test_concurrency(invocations: int, vcpus: int) -> None:
    """Up to 16 for each vCPU there is nothing to say."""
    assert size.check_concurrency(invocations, vcpus) is None


@pytest.mark.parametrize(("invocations", "vcpus"), [(17, 1), (64, 1), (1024, 16)])
def test_concurrency_above_default(invocations: int, vcpus: int) -> None:
    """From 17 to 64 for each vCPU it is a warning."""
    warning = size.check_concurrency(invocations, vcpus)

    assert warning is not None
    assert "durable-mi:concurrency-above-default" == warning.id
    assert f"max_concurrency is {invocations}, above 16 for each vCPU ({16 * vcpus} here)" in warning.message


@pytest.mark.parametrize(
    ("invocations", "vcpus", "most"), [(0, 1, 64), (65, 1, 64), (1.5, 1, 64), (float("inf"), 1, 64), (1601, 32, 1600)]
)
def test_rejects_concurrency(invocations: float, vcpus: int, most: int) -> None:
    """Above 64 for each vCPU, above 1600 in all, and what is no whole number is refused."""
    with pytest.raises(ValueError, match=rf"whole number from 1 to {most} \(64 for each of {vcpus} vCPU\), got"):
        size.check_concurrency(invocations, vcpus)
