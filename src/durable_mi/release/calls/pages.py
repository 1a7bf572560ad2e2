"""Lists that are read to their end, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from durable_mi.release.errors import PartialAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["MOST_PAGES", "Page", "every_item", "first_item"]

MOST_PAGES: Final = 1000
"""More pages than this, and what is on them is taken as unknown."""


class Page(NamedTuple):
    """One page of a list. It may be empty and have a marker: what comes after it can still hold items."""

    items: Sequence[Any]
    marker: str | None


def every_item(read: Callable[[str | None], Page], what: str) -> list[Any]:
    """Return the items of all pages.

    Args:
        read: Returns the page at a marker; ``None`` is the first one.
        what: The list, for the error.

    Raises:
        PartialAnswerError: A marker came twice, or there are more than :data:`MOST_PAGES`.
    """
    return [item for page in _pages(read, what) for item in page.items]


def first_item(read: Callable[[str | None], Page], what: str) -> Any | None:  # noqa: ANN401 - as the API returns it
    """Return the first item; ``None`` if all pages to the end have none. Otherwise as :func:`every_item`."""
    return next((item for page in _pages(read, what) for item in page.items), None)


def _pages(read: Callable[[str | None], Page], what: str) -> Iterator[Page]:
    marker: str | None = None
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        page = read(marker)
        yield page
        if not page.marker:
            return
        marker = page.marker
        if marker in seen:
            msg = f"{what} must be listed to the end, but a marker came twice: nothing is concluded from it"
            raise PartialAnswerError(msg)
        seen.add(marker)
    msg = f"{what} must be listed to the end, but there are more than {MOST_PAGES} pages: nothing is concluded from it"
    raise PartialAnswerError(msg)
