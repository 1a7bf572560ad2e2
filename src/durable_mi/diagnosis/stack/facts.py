"""What is known of a stack and its functions. What was not read is ``None``, never a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.diagnosis.account.network import Network
    from durable_mi.diagnosis.account.provider_facts import ProviderFacts
    from durable_mi.diagnosis.account.role_policies import RolePolicies
    from durable_mi.diagnosis.account.version_facts import VersionFacts
    from durable_mi.diagnosis.unread import Unread
    from durable_mi.release.run_pass import Pass

__all__ = ["AlarmFacts", "FunctionFacts", "StackFacts"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmFacts:
    """An alarm of the stack.

    Attributes:
        name: Its name.
        state: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
        reason: Why it is in that state.
    """

    name: str
    state: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionFacts:
    """A durable function or one on a capacity provider.

    Attributes:
        name: Its name.
        configuration: The configuration of its newest state.
        seen: What a pass over its versions sees and would do; ``None`` if it could not be read.
        providers: Its capacity providers by ARN.
        network: The network of the newest one; ``None`` if it could not be read, or on this machine.
        role: The policies of its execution role; ``None`` likewise.
        dead_letters: How many messages are in its dead-letter queue; ``None`` without a queue, or if it is unknown.
        is_queue_gone: Whether the queue does not exist.
        key_state: State of the key of its execution data, ``Deleted`` if it does not exist; ``None`` likewise.
    """

    name: str
    configuration: VersionFacts
    seen: Pass | None = None
    providers: Mapping[str, ProviderFacts] = field(default_factory=dict)
    network: Network | None = None
    role: RolePolicies | None = None
    dead_letters: int | None = None
    is_queue_gone: bool = False
    key_state: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StackFacts:
    """A stack at one moment.

    Attributes:
        name: Its name.
        status: Its ``StackStatus``; ``None`` if that is unknown.
        functions: Its functions that are durable or on a capacity provider.
        alarms: The alarms in it and in the stacks nested in it; ``None`` if they are unknown, or on this machine.
        unread: What could not be read.
    """

    name: str
    status: str | None
    functions: tuple[FunctionFacts, ...] = ()
    alarms: tuple[AlarmFacts, ...] | None = None
    unread: tuple[Unread, ...] = ()
