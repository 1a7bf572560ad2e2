"""Which instance types a capacity provider may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi.checks import capacity as checks
from durable_mi.checks import choice
from durable_mi.checks import instance_types as name_checks
from durable_mi.checks.option import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.checks.vcpu_budget import VcpuDemand
    from durable_mi.checks.warning import CheckWarning

__all__ = ["InstanceTypes"]

_FIX: Final = "pass a name such as 'm8g.2xlarge' or 'm8g.*'"


@dataclass(frozen=True, kw_only=True, slots=True)
class InstanceTypes:
    """A filter of instance types, checked by :meth:`of`.

    Attributes:
        allowed: The only names or wildcards to use; ``None`` for all.
        excluded: Names or wildcards not to use; ``None`` for none.
    """

    allowed: tuple[str, ...] | None
    excluded: tuple[str, ...] | None

    @classmethod
    def of(
        cls, allowed: Sequence[ec2.InstanceType | str] | None, excluded: Sequence[ec2.InstanceType | str] | None
    ) -> InstanceTypes:
        """Check the filter.

        Args:
            allowed: The only instance types to use; ``None`` leaves the choice to Lambda.
            excluded: Instance types not to use; ``None`` excludes none.

        Raises:
            ValueError: Both are given, one is empty or has more than 400 types, or a type does not look like one.
                Unresolved tokens count as one type and are not checked.
        """
        made = cls(
            allowed=_names(Option.ALLOWED_INSTANCE_TYPES, allowed),
            excluded=_names(Option.EXCLUDED_INSTANCE_TYPES, excluded),
        )
        checks.check_instance_types(_known(made.allowed), _known(made.excluded))
        return made

    def check_architecture(self, architecture: str) -> CheckWarning | None:
        """Check the names that are allowed against an architecture, and against the families of managed instances.

        Args:
            architecture: The name of the capacity provider's architecture.

        Returns:
            A warning if some of the names match no instance.

        Raises:
            ValueError: No name is of the architecture, or one is of another family or size.
        """
        return name_checks.check_families(_known(self.allowed) or (), architecture)

    def check_function(self, demand: VcpuDemand) -> CheckWarning | None:
        """Check a function against the largest instance type that is allowed.

        Args:
            demand: The function that attaches.

        Returns:
            A warning if it fits only just.

        Raises:
            ValueError: It does not fit on any.
        """
        return name_checks.check_function_fits(demand, _known(self.allowed) or ())

    def filter(self) -> lambda_.InstanceTypeFilter | None:
        """Return the filter as CDK's type, or ``None`` without a filter."""
        if self.allowed is not None:
            return lambda_.InstanceTypeFilter.allow([ec2.InstanceType(name) for name in self.allowed])
        if self.excluded is not None:
            return lambda_.InstanceTypeFilter.exclude([ec2.InstanceType(name) for name in self.excluded])
        return None


def _names(option: Option, types: Sequence[ec2.InstanceType | str] | None) -> tuple[str, ...] | None:
    if types is None:
        return None
    listed = choice.take_entries(option, types)
    given = [choice.take_instance(option, entry, str, ec2.InstanceType, fix=_FIX, each=True) for entry in listed]
    return tuple(entry if isinstance(entry, str) else entry.to_string() for entry in given)


def _known(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    # A token counts as one entry, but has no form to check yet.
    if names is None:
        return None
    return tuple("*" if cdk.Token.is_unresolved(name) else name for name in names)
