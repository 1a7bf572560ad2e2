"""What a capacity provider is made of."""

from __future__ import annotations

import pytest

from durable_mi.checks import capacity


@pytest.mark.parametrize("count", [2, 12, 400, 15_000])
def test_max_vcpus(count: int) -> None:
    """From 2 on, below the floor of CDK's own construct."""
    capacity.check_max_vcpus(count)


@pytest.mark.parametrize("count", [1, 2.5, 15_001, float("inf"), float("nan")])
def test_rejects_max_vcpus(count: float) -> None:
    """Out of range or no whole number."""
    with pytest.raises(ValueError, match=f"max_vcpus must be a whole number from 2 to 15000, got {count}"):
        capacity.check_max_vcpus(count)


@pytest.mark.parametrize("types", [["m8g.2xlarge"], ["*"], ["c8g.metal-24xl", "r8g.*"], ["m8g.large"] * 400])
def test_instance_types(types: list[str]) -> None:
    """Names and wildcards, allowed or excluded."""
    capacity.check_instance_types(types, None)
    capacity.check_instance_types(None, types)


def test_no_instance_types() -> None:
    """No filter is fine, and what AWS recommends."""
    capacity.check_instance_types(None, None)


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
        capacity.check_instance_types(allowed, excluded)


@pytest.mark.parametrize("percent", [0, 55.5, 100])
def test_cpu_target(percent: float) -> None:
    """A percentage, fractions allowed."""
    capacity.check_cpu_target(percent)


@pytest.mark.parametrize("percent", [-1, 100.5])
def test_rejects_cpu_target(percent: float) -> None:
    """No percentage."""
    with pytest.raises(ValueError, match=f"target CPU utilization must be from 0 to 100 percent, got {percent}"):
        capacity.check_cpu_target(percent)


@pytest.mark.parametrize("count", [1, 3, 16])
def test_subnets(count: int) -> None:
    """Up to sixteen."""
    capacity.check_subnets(count)


@pytest.mark.parametrize("count", [0, 17])
def test_rejects_subnets(count: int) -> None:
    """None, or too many."""
    with pytest.raises(ValueError, match=f"vpc_subnets must select 1 to 16 subnets, got {count}"):
        capacity.check_subnets(count)


def test_zones() -> None:
    """Three zones and more are fine."""
    assert [None, None] == [capacity.check_zones(count) for count in (3, 6)]


@pytest.mark.parametrize(("count", "text"), [(1, "1 Availability Zone,"), (2, "2 Availability Zones,")])
def test_few_zones(count: int, text: str) -> None:
    """Fewer are a warning."""
    warning = capacity.check_zones(count)

    assert warning is not None
    assert "durable-mi:few-availability-zones" == warning.id
    assert text in warning.message


@pytest.mark.parametrize(
    ("zones", "warned"),
    [
        (["eu-central-1a", "eu-central-1b", "eu-central-1c"], []),
        (["us-west-1a", "us-west-1c"], ["durable-mi:few-availability-zones"]),
        (["use1-az1", "use1-az3", "use1-az4"], ["durable-mi:zone-without-managed-instances"]),
        (["use1-az3", "use1-az4"], ["durable-mi:few-availability-zones", "durable-mi:zone-without-managed-instances"]),
    ],
)
def test_named_zones(zones: list[str], warned: list[str]) -> None:
    """Two zones, and the one that was seen to fail, are warnings."""
    assert warned == [warning.id for warning in capacity.check_named_zones(zones)]


@pytest.mark.parametrize("zones", [[], ["a"], ["a", "a"], ["a", "b", "a"], ["a", "b", "c", "d"]])
def test_rejects_named_zones(zones: list[str]) -> None:
    """One, four, or one of them twice."""
    with pytest.raises(
        ValueError, match="availability_zones must name 3 different zones, or 2 where the Region has no"
    ):
        capacity.check_named_zones(zones)


@pytest.mark.parametrize(
    ("zones", "region"),
    [
        (["us-east-1a", "us-east-1b", "use1-az4"], "us-east-1"),
        (["us-gov-west-1a", "us-gov-west-1b", "us-gov-west-1c"], "us-gov-west-1"),
        (["us-east-1-bos-1a", "us-east-1a", "${Token[TOKEN.1]}"], "us-east-1"),
        (["us-west-2a", "us-west-2b", "us-west-2c"], None),
    ],
)
def test_zones_of_the_region(zones: list[str], region: str | None) -> None:
    """By their names; what has another form, or a Region that is not known, is taken."""
    assert [] == capacity.check_named_zones(zones, region)


@pytest.mark.parametrize("zone", ["us-east-2a", "eu-central-1a", "us-gov-east-1a"])
def test_rejects_a_zone_of_another_region(zone: str) -> None:
    """A subnet cannot be in it."""
    with pytest.raises(
        ValueError,
        match=f"^availability_zones must be in the stack's Region us-east-1, got {zone}: name its zones, such",
    ):
        capacity.check_named_zones(["us-east-1a", "us-east-1b", zone], "us-east-1")


def test_default_zones() -> None:
    """A Region with two zones is warned of, by its name."""
    warning = capacity.check_default_zones("us-west-1")

    assert capacity.check_default_zones("eu-central-1") is None
    assert warning is not None
    assert "durable-mi:two-zone-region" == warning.id
    assert "'us-west-1a' and 'us-west-1c'" in warning.message


@pytest.mark.parametrize("count", [1, 5])
def test_security_groups(count: int) -> None:
    """Up to five."""
    capacity.check_security_groups(count)


@pytest.mark.parametrize("count", [0, 6])
def test_rejects_security_groups(count: int) -> None:
    """None, or too many."""
    with pytest.raises(ValueError, match=f"security_groups must hold 1 to 5 security groups, got {count}"):
        capacity.check_security_groups(count)


@pytest.mark.parametrize(
    "tags", [{}, {"k" * 128: "v" * 256}, {"Team": ""}, {str(number): "" for number in range(40)}], ids=len
)
def test_propagated_tags(tags: dict[str, str]) -> None:
    """Up to forty, keys and values as long as EC2 takes them."""
    capacity.check_propagated_tags(tags)


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({str(number): "" for number in range(41)}, "at most 40 tags, got 41"),
        ({"": "x"}, "keys must have 1 to 128 characters .*, got ''"),
        ({"k" * 129: "x"}, "keys must have 1 to 128 characters"),
        ({"aws:team": "x"}, "not begin with 'aws:'.*, got 'aws:team'"),
        ({"AWS:team": "x"}, "not begin with 'aws:'"),
        ({"Team": "v" * 257}, "values must have at most 256 characters, got 257 in 'Team'"),
    ],
)
def test_rejects_propagated_tags(tags: dict[str, str], message: str) -> None:
    """Too many, too long, or AWS's own."""
    with pytest.raises(ValueError, match=message):
        capacity.check_propagated_tags(tags)


@pytest.mark.parametrize("name", ["a", "/aws/lambda/capacity-provider/orders", "Orders-System_Logs.1#", "x" * 512])
def test_system_log_group(name: str) -> None:
    """Any name but those that Lambda would keep silent about."""
    capacity.check_system_log_group(name)


@pytest.mark.parametrize("name", ["", "aws/orders", "order logs", "x" * 513])
def test_rejects_system_log_group(name: str) -> None:
    """No name, one with other characters, or AWS's own prefix."""
    with pytest.raises(ValueError, match=f"does not begin with 'aws/', got '{name}'"):
        capacity.check_system_log_group(name)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:us-east-1:111122223333:capacity-provider:orders",
        "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:capacity-provider:or_ders-1",
        f"arn:aws:lambda:us-east-1:111122223333:capacity-provider:{'x' * 84}",
    ],
)
def test_arn(arn: str) -> None:
    """Of every partition, 140 characters at most."""
    capacity.check_capacity_provider_arn(arn)


@pytest.mark.parametrize(
    "arn",
    [
        "orders",
        "arn:aws:lambda:us-east-1:111122223333:function:orders",
        "arn:aws:lambda:us-east-1:111122223333:capacity-provider:orders:1",
        f"arn:aws:lambda:us-east-1:111122223333:capacity-provider:{'x' * 85}",
    ],
)
def test_rejects_arn(arn: str) -> None:
    """A name, another resource, something after the name, or too long."""
    with pytest.raises(ValueError, match="capacity_provider_arn must be like 'arn:aws:lambda:REGION:ACCOUNT:"):
        capacity.check_capacity_provider_arn(arn)


def test_public_subnets() -> None:
    """Only public subnets are a warning."""
    warning = capacity.check_public_subnets(public=True)

    assert capacity.check_public_subnets(public=False) is None
    assert warning is not None
    assert "durable-mi:public-subnets" == warning.id
