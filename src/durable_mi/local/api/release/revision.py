"""Whether a request is about the latest state of a function or an alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_revision"]

_STALE: Final = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)


def check_revision(members: Mapping[str, Any], latest: str) -> None:
    """Check that the ``RevisionId`` of a request, if it has one, is the latest.

    Raises:
        ApiError: Something was changed since the caller read it.
    """
    if members.get("RevisionId") not in {None, "", latest}:
        raise ApiError(412, "PreconditionFailedException", _STALE)
