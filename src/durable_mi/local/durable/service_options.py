"""How the durable service runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.local.notices.notices import Notices

if TYPE_CHECKING:
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["DurableServiceOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DurableServiceOptions:
    """How the durable service runs.

    Attributes:
        region: Region of every function.
        sqlite: Keeps the executions beyond the runtime's end. Defaults to memory only.
        skip_time: Skip waits and retry delays; the history still shows their full duration.
        notices: Takes what somebody must know at once. Defaults to nobody.
        endpoint_url: The endpoint, for the commands in notices.
        limits: Enforce the service's limits on executions.
    """

    region: str
    sqlite: SqliteExecutionStore | None = None
    skip_time: bool = False
    notices: Notices = field(default_factory=Notices)
    endpoint_url: str = "http://127.0.0.1"
    limits: bool = True
