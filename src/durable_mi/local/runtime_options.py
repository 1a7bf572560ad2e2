"""How the local runtime runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.local.app.description import AppDescription
from durable_mi.local.durable.faults import Faults
from durable_mi.local.notices.notices import Notices
from durable_mi.local.workers.machine.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.dashboard.source import DiagnosisSource, ExecutionReplay, VersionSource
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore
    from durable_mi.local.logs.store import LogStore

__all__ = ["LocalRuntimeOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalRuntimeOptions:
    """How the local runtime runs.

    Attributes:
        region: Region of the functions.
        account: Account of the functions.
        logs: Keeps the functions' log lines.
        app: The app's other resources, which the API returns. Defaults to none.
        host: How handlers run on this machine. Defaults to the interpreter of this process.
        port: TCP port of the endpoint. Defaults to 0, a free one.
        sqlite: Keeps the executions beyond the runtime's end. Defaults to memory only.
        faults: Chooses the faults to inject. Defaults to none until one is asked for.
        notices: Takes what somebody must know at once. Defaults to nobody.
        skip_time: Skip waits and retry delays; the history still shows their full duration.
        limits: Enforce the service's limits.
        replay: Makes what replays executions for the page, of the endpoint's URL. Defaults to none.
        releases: Makes what shows and changes versions for the page, of the endpoint's URL. Defaults to none.
        diagnoses: Makes what explains executions for the page, of the endpoint's URL. Defaults to none.
    """

    region: str
    account: str
    logs: LogStore
    app: AppDescription = field(default_factory=AppDescription)
    host: Host = field(default_factory=Host.of)
    port: int = 0
    sqlite: SqliteExecutionStore | None = None
    faults: Faults = field(default_factory=Faults)
    notices: Notices = field(default_factory=Notices)
    skip_time: bool = False
    limits: bool = True
    replay: Callable[[str], ExecutionReplay] | None = None
    releases: Callable[[str], VersionSource] | None = None
    diagnoses: Callable[[str], DiagnosisSource] | None = None
