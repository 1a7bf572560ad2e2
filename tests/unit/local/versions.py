"""Versions of functions that run nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.local.logs.store import LogStore
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from durable_mi.local.app.functions import AppFunction

__all__ = ["version_of"]

HOST = Host.of()
"""Looked for once, since it searches the installed packages."""


def version_of(function: AppFunction, now: int = 0) -> FunctionVersion:
    """Return a version that is not started, made at this time in epoch milliseconds."""
    options = VersionOptions(
        endpoint_url="http://127.0.0.1:1",
        host=HOST,
        region="us-east-1",
        logs=LogStore(None),
        now=lambda _: now,
    )
    return FunctionVersion(function, options)
