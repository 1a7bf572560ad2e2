"""What the versions of all functions have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.local.notices.notices import Notices
from durable_mi.local.workers.invocation_record import InvocationRecords

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.local.logs.store import LogStore
    from durable_mi.local.workers.machine.host import Host

__all__ = ["VersionOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionOptions:
    """What the versions of all functions have in common.

    Attributes:
        endpoint_url: URL of the Lambda API for the processes.
        region: The endpoint's region.
        host: How handlers run on this machine.
        logs: Keeps the log lines of the processes.
        now: Returns the time in epoch milliseconds: the machine's, or an execution's by its ARN, for log lines.
        limits: Enforce the service's limit on responses.
        skip_time: End invocations without the durable SDK's pause. Defaults to the SDK as released.
        records: Keeps which worker ran which invocation. Defaults to records of their own.
        notices: Takes what somebody must know at once. Defaults to nobody.
        fails_start: Returns whether the replacement of an execution environment fails to start. Defaults to never.
        on_launch: Called each time the processes of an execution environment begin to load the handler.
        on_change: Called with the version's log group when the state of an execution environment changed.
    """

    endpoint_url: str
    region: str
    host: Host
    logs: LogStore
    now: Callable[[str | None], int]
    limits: bool = True
    skip_time: bool = False
    records: InvocationRecords = field(default_factory=InvocationRecords)
    notices: Notices = field(default_factory=Notices)
    fails_start: Callable[[], bool] = lambda: False
    on_launch: Callable[[], None] = lambda: None
    on_change: Callable[[str], None] = lambda _: None
