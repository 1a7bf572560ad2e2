"""The execution that a user names. The one place to change when names are taken too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import UsageError
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from durable_mi.cli.release.options import Where

__all__ = ["named_execution"]

_OF_FUNCTION: Final = "/durable-execution/"


def named_execution(argument: str, where: Where) -> tuple[str, Where]:
    """Return the ARN of an execution, and where it is.

    Args:
        argument: What the user named.
        where: The options.

    Raises:
        UsageError: It is no ARN of a durable execution, or the options do not fit it.
    """
    function, found, _ = argument.partition(_OF_FUNCTION)
    if not (found and argument.startswith("arn:")):
        msg = (
            "ARN must be that of a durable execution (...:function:NAME:VERSION/durable-execution/...), "
            f"got {argument!r}"
        )
        raise UsageError(msg)
    target = Target.parse(function)
    for option, value in (("--stack", where.stack), ("--function", where.function)):
        if value is not None:
            msg = f"ARN names the function, so {option} must not be given, got {value!r}: leave it out"
            raise UsageError(msg)
    if target.region and where.region and where.region != target.region:
        msg = f"ARN is in {target.region} and --region is {where.region}: leave --region out"
        raise UsageError(msg)
    return argument, replace(where, region=where.region or target.region)
