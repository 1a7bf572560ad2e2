"""What a capacity provider may run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ProviderLimits"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderLimits:
    """The bounds of a capacity provider, as GetCapacityProvider returns them.

    Attributes:
        max_vcpus: vCPUs of all its instances at most; ``None`` for the service's default.
        allowed_instance_types: Names with wildcards; ``None`` for all.
        excluded_instance_types: Names with wildcards; ``None`` for none.
    """

    max_vcpus: int | None
    allowed_instance_types: Sequence[str] | None
    excluded_instance_types: Sequence[str] | None

    @classmethod
    def from_api(cls, provider: Mapping[str, Any]) -> ProviderLimits:
        """Read a ``CapacityProvider``."""
        requirements = provider.get("InstanceRequirements") or {}
        return cls(
            max_vcpus=(provider.get("CapacityProviderScalingConfig") or {}).get("MaxVCpuCount"),
            allowed_instance_types=requirements.get("AllowedInstanceTypes") or None,
            excluded_instance_types=requirements.get("ExcludedInstanceTypes") or None,
        )
