"""What the functions on a capacity provider need of its vCPUs, and whether it fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from durable_mi.checks.vcpu_budget import VcpuDemand, check_next_versions, check_vcpu_budget, check_version_count


def demand(function: str = "Orders", environments: int | None = 3, vcpus: int | None = 4) -> VcpuDemand:
    """Make a version's demand, of 4 GiB for each vCPU."""
    return VcpuDemand(
        function=function,
        execution_environments=environments,
        vcpus=vcpus,
        memory_mib=None if vcpus is None else vcpus * 4096,
    )


def test_total_vcpus() -> None:
    """Environments times vCPUs, nothing where either is not known."""
    assert [12, 0, 0, 0] == [
        made.total_vcpus
        for made in (
            demand(),
            demand(environments=0),
            demand(environments=None),
            demand(vcpus=None),
        )
    ]


def test_known() -> None:
    """Only with all three figures."""
    assert [True, False, False] == [made.known for made in (demand(), demand(environments=None), demand(vcpus=None))]


def test_room() -> None:
    """The sum may be as large as the bound, and what is not known counts as nothing."""
    check_vcpu_budget([demand(), demand("Invoices", 6, 2), demand("Later", None, 16)], 24, "Capacity")


def test_rejects_no_room() -> None:
    """One vCPU too many, and the sum stands there, without the functions that add nothing."""
    with pytest.raises(ValueError, match="minimum execution environments must fit") as caught:
        check_vcpu_budget([demand(), demand("Off", 0, 8), demand("Invoices", 6, 2)], 23, "Shop/Capacity")

    assert (
        "minimum execution environments must fit under max_vcpus, got Orders 3 x 4 vCPU + Invoices 6 x 2 vCPU = 24 "
        "vCPU on Shop/Capacity with max_vcpus=23: raise max_vcpus to 24 at the very least (earlier versions and the "
        "instances' own needs come on top), or lower min_execution_environments or memory_size"
    ) == str(caught.value)


def test_room_for_next_versions() -> None:
    """Old and new versions stand side by side during an update."""
    warning = check_next_versions([demand()], 23)

    assert check_next_versions([demand()], 24) is None
    assert warning is not None
    assert "durable-mi:no-room-for-next-version" == warning.id
    assert "more than half of max_vcpus=23" in warning.message


def test_room_for_next_versions_beside_those_that_drain() -> None:
    """What an earlier version keeps while it drains comes on top: one environment each, or all of them."""
    one = check_next_versions([replace(demand(), draining_environments=1)], 23)
    kept = check_next_versions([demand()], 23)

    assert one is not None
    assert kept is not None
    assert "earlier versions keep 4 vCPU for each deployment that has not drained yet" in one.message
    assert "Raise max_vcpus to 28 or more" in one.message
    assert "Raise max_vcpus to 36 or more" in kept.message


def test_versions() -> None:
    """A hundred fit."""
    check_version_count(100, "Capacity")


def test_rejects_versions() -> None:
    """The hundred and first does not."""
    with pytest.raises(ValueError, match=r"at most 100 published versions fit .*, got 101 functions on Shop/Capacity"):
        check_version_count(101, "Shop/Capacity")
