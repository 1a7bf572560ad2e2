"""Who wants to know each run with a crash, such as the report of a pytest session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.testing.crash.report import CrashResult

__all__ = ["OBSERVERS", "publish"]

OBSERVERS: list[Callable[[str, CrashResult], None]] = []
"""Each gets the workflow's name and the result of every run."""


def publish(workflow: str, result: CrashResult) -> None:
    """Pass a result on to the observers."""
    for observer in OBSERVERS:
        observer(workflow, result)
