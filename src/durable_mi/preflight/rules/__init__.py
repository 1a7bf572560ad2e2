"""The rules, a file for each family."""

from __future__ import annotations

from durable_mi.preflight.rules import capacity, durable, function, invocation, network, permissions, release

__all__ = ["FAMILIES"]

FAMILIES = (
    capacity.FAMILY,
    function.FAMILY,
    durable.FAMILY,
    invocation.FAMILY,
    network.FAMILY,
    permissions.FAMILY,
    release.FAMILY,
)
"""Every family, in the order of its numbers."""
