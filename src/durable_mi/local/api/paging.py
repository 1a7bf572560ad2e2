"""Pages of a list, as AWS's ``Marker`` and ``MaxItems`` ask for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import QueryParams

__all__ = ["page"]

_Item = TypeVar("_Item")
_WHOLE: Final = re.compile(r"[0-9]{1,18}")


def page(
    items: Sequence[_Item], query: QueryParams, *, default: int, maximum: int
) -> tuple[Sequence[_Item], dict[str, str]]:
    """Return one page of the items.

    Args:
        items: All of them.
        query: The request's parameters.
        default: How many a page has where the request does not say.
        maximum: How many it has at most.

    Returns:
        The page's items, and the answer's ``NextMarker`` where there are more.

    Raises:
        ApiError: A parameter is not a whole number.
    """
    start = _number(query, "Marker", 0)
    end = start + min(_number(query, "MaxItems", default) or default, maximum)
    return items[start:end], {"NextMarker": str(end)} if end < len(items) else {}


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if _WHOLE.fullmatch(text) is None:
        msg = f"{name} must be a whole number, got {text}"
        raise ApiError.invalid(msg)
    return int(text)
