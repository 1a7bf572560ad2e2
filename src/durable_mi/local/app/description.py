"""What the API shows of a synthesized app besides its functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.local.app.capacity_providers import capacity_providers
from durable_mi.local.app.stacks import app_stacks
from durable_mi.local.app.triggers import event_source_mappings, function_permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cloudformation.assembly import CloudAssembly
    from durable_mi.local.app.capacity_providers import CapacityProvider
    from durable_mi.local.app.stacks import AppStack
    from durable_mi.local.app.triggers import EventSourceMapping, FunctionPermission

__all__ = ["AppDescription"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AppDescription:
    """The app's resources that the API returns. Each defaults to none.

    Attributes:
        capacity_providers: The capacity providers.
        stacks: The stacks of the served region and account.
        event_source_mappings: The event source mappings.
        permissions: The permissions of functions.
    """

    capacity_providers: Sequence[CapacityProvider] = ()
    stacks: Sequence[AppStack] = ()
    event_source_mappings: Sequence[EventSourceMapping] = ()
    permissions: Sequence[FunctionPermission] = ()

    @classmethod
    def of(cls, assembly: CloudAssembly, region: str, account: str) -> AppDescription:
        """Describe an app.

        Args:
            assembly: The synthesized app.
            region: The region that is served; also that of stacks that name none.
            account: The account that is served.
        """
        return cls(
            capacity_providers=capacity_providers(assembly, region),
            stacks=app_stacks(assembly, region, account),
            event_source_mappings=event_source_mappings(assembly, region),
            permissions=function_permissions(assembly, region),
        )
