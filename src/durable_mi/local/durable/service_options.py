"""How the durable service runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.local.durable.sqlite_store import SqliteExecutionStore

__all__ = ["DurableServiceOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DurableServiceOptions:
    """How the durable service runs.

    Attributes:
        region: Region of every function.
        sqlite: Keeps the executions beyond the runtime's end. Defaults to memory only.
        skip_time: Skip waits and retry delays; the history still shows their full duration.
    """

    region: str
    sqlite: SqliteExecutionStore | None = None
    skip_time: bool = False
