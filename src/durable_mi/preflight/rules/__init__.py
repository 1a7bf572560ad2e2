"""The rules, a file for each family."""

from __future__ import annotations

from durable_mi.preflight.rules import (
    durable,
    function,
    invocation,
    names,
    network,
    release,
    resource_policies,
)

__all__ = ["GROUPS"]

GROUPS = (
    names.GROUP,
    function.GROUP,
    durable.GROUP,
    invocation.GROUP,
    network.GROUP,
    resource_policies.GROUP,
    release.GROUP,
)
"""Every family, in the order of its numbers."""
