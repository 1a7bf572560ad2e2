"""The rules, a file for each family."""

from __future__ import annotations

from durable_mi.preflight.rules import capacity, durable, function, invocation, network, permissions, release

__all__ = ["GROUPS"]

GROUPS = (
    capacity.GROUP,
    function.GROUP,
    durable.GROUP,
    invocation.GROUP,
    network.GROUP,
    permissions.GROUP,
    release.GROUP,
)
"""Every family, in the order of its numbers."""
