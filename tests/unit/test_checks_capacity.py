"""What a capacity provider is made of."""

from __future__ import annotations

import pytest

from durable_mi.checks import capacity


@pytest.mark.parametrize("count", [2, 12, 400, 15_000])
def test_max_vcpus(count: int) -> None:
    """From 2 on, below the floor of CDK's own construct."""
    capacity.max_vcpus(count)


@pytest.mark.parametrize("count", [1, 2.5, 15_001])
def test_rejects_max_vcpus(count: float) -> None:
    """Out of range or no whole number."""
    with pytest.raises(ValueError, match=f"max_vcpus must be a whole number from 2 to 15000, got {count}"):
        capacity.max_vcpus(count)


@pytest.mark.parametrize("types", [["m8g.2xlarge"], ["*"], ["c8g.metal-24xl", "r8g.*"], ["m8g.large"] * 400])
def test_instance_types(types: list[str]) -> None:
    """Names and wildcards, allowed or excluded."""
    capacity.instance_types(types, None)
    capacity.instance_types(None, types)


def test_no_instance_types() -> None:
    """No filter is fine, and what AWS recommends."""
    capacity.instance_types(None, None)


@pytest.mark.parametrize(
    ("allowed", "excluded", "message"),
    [
        (["m8g.*"], ["c8g.*"], "must not be given together, got both"),
        ([], None, "allowed_instance_types must hold 1 to 400 instance types, got 0"),
        (None, ["m8g.large"] * 401, "excluded_instance_types must hold 1 to 400 instance types, got 401"),
        (["m8g large"], None, "allowed_instance_types must be names such as .*, got 'm8g large'"),
        (None, ["m" * 31], "excluded_instance_types must be names such as .*, got 'm{31}'"),
    ],
)
def test_rejects_instance_types(allowed: list[str] | None, excluded: list[str] | None, message: str) -> None:
    """Both filters, none or too many types, and what is no type."""
    with pytest.raises(ValueError, match=message):
        capacity.instance_types(allowed, excluded)


@pytest.mark.parametrize("percent", [0, 55.5, 100])
def test_cpu_target(percent: float) -> None:
    """A percentage, fractions allowed."""
    capacity.cpu_target(percent)


@pytest.mark.parametrize("percent", [-1, 100.5])
def test_rejects_cpu_target(percent: float) -> None:
    """No percentage."""
    with pytest.raises(ValueError, match=f"target CPU utilization must be from 0 to 100 percent, got {percent}"):
        capacity.cpu_target(percent)


@pytest.mark.parametrize("count", [1, 3, 16])
def test_subnets(count: int) -> None:
    """Up to sixteen."""
    capacity.subnets(count)


@pytest.mark.parametrize("count", [0, 17])
def test_rejects_subnets(count: int) -> None:
    """None, or too many."""
    with pytest.raises(ValueError, match=f"vpc_subnets must select 1 to 16 subnets, got {count}"):
        capacity.subnets(count)


def test_zones() -> None:
    """Three zones and more are fine."""
    assert [capacity.zones(count) for count in (3, 6)] == [None, None]


@pytest.mark.parametrize(("count", "text"), [(1, "1 Availability Zone,"), (2, "2 Availability Zones,")])
def test_few_zones(count: int, text: str) -> None:
    """Fewer are a caution."""
    caution = capacity.zones(count)

    assert caution is not None
    assert caution.id == "durable-mi:few-availability-zones"
    assert text in caution.message
