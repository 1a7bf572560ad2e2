"""Which functions differ from what is served, so that a new version would differ too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.local.app.functions import AppFunction

__all__ = ["ServedReleases"]


class ServedReleases:
    """What the functions' newest versions were made from.

    Args:
        served: The functions as they are served at first.
    """

    def __init__(self, served: Iterable[AppFunction]) -> None:
        self._served = {function.name: _content(function) for function in served}
        self._failed: dict[str, AppFunction] = {}
        self._gone: set[str] = set()

    def differing(self, functions: Iterable[AppFunction]) -> list[AppFunction]:
        """Return the functions that are served in another form, but for a form that could not be loaded."""
        found = []
        for function in functions:
            content = _content(function)
            if self._served.get(function.name) == content:
                # Back to what is served: what failed in between may be tried again.
                self._failed.pop(function.name, None)
            elif function.name in self._served and self._failed.get(function.name) != content:
                found.append(function)
        return found

    def gone(self, functions: Iterable[AppFunction]) -> list[str]:
        """Return the names of functions that are served and not among these, and were when this was last asked."""
        missing = self._served.keys() - {function.name for function in functions}
        new, self._gone = missing - self._gone, missing
        return sorted(new)

    def published(self, function: AppFunction) -> None:
        """Take note that a function's newest version is this."""
        self._served[function.name] = _content(function)
        self._failed.pop(function.name, None)

    def failed(self, function: AppFunction) -> None:
        """Take note that this could not be loaded: it is tried again when it changes."""
        self._failed[function.name] = _content(function)


def _content(function: AppFunction) -> AppFunction:
    """Return what a published version consists of: code and configuration, not what points at or names it."""
    code = function.code.resolve() if isinstance(function.code, Path) else function.code
    # Tags, reserved concurrency and asynchronous invocation belong to the function and not to a version.
    settings = replace(function.settings, tags={}, reserved_concurrency=None, event_invokes={})
    return replace(
        function,
        code=code,
        settings=settings,
        version="",
        aliases={},
        environments=0,
        path="",
        logical_id="",
        made_up={},
    )
