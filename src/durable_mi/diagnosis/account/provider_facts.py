"""What a capacity provider is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.diagnosis.account.calls import Calls

__all__ = ["ProviderFacts", "read_provider"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderFacts:
    """A capacity provider at one moment.

    Attributes:
        name: Its name.
        state: The API's ``State``; ``None`` if the answer has none.
        subnets: Ids of the subnets of its instances.
        groups: Ids of their security groups.
    """

    name: str
    state: str | None = None
    subnets: Sequence[str] = ()
    groups: Sequence[str] = ()


def read_provider(calls: Calls, arn: str) -> ProviderFacts:
    """Read a capacity provider by its ARN."""
    name = arn.rpartition(":")[2]
    answer = calls.call("lambda:GetCapacityProvider", f"capacity provider {name}", CapacityProviderName=name)
    found = answer.get("CapacityProvider") or {}
    vpc = found.get("VpcConfig") or {}
    return ProviderFacts(
        name=name,
        state=found.get("State"),
        subnets=tuple(vpc.get("SubnetIds") or ()),
        groups=tuple(vpc.get("SecurityGroupIds") or ()),
    )
