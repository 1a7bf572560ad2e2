"""How a durable function is invoked: with a qualifier, unless managed instances run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from durable_mi.local.workers.registry import Target

__all__ = ["check_qualified"]


def check_qualified(target: Target) -> None:
    """Check that a durable function without a capacity provider is invoked with a qualifier.

    Raises:
        ApiError: It is not; in AWS's words.
    """
    function = target.function_version.function
    if function.durable is not None and function.capacity is None and not target.is_qualified:
        msg = "You cannot invoke a durable function using an unqualified ARN."
        raise ApiError.invalid(msg)
