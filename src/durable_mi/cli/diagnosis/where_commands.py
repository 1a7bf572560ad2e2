"""Commands for the same account, region or endpoint as the one that was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.diagnosis.command import Commands

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["commands_for"]


def commands_for(where: Where, *, region: str | None) -> Commands:
    """Return what builds commands.

    Args:
        where: The options.
        region: The region to name in them; ``None`` to leave it out, as for an ARN, which names its own.
    """
    return Commands(
        endpoint_url=None if where.endpoint is None else where.endpoint.url, profile=where.profile, region=region
    )
