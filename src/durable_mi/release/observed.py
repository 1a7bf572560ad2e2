"""What one pass saw of a function, its versions and its stack. What was not seen is ``None``, never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from durable_mi.release.policy import DrainPolicy
    from durable_mi.release.scaling import Scaling

__all__ = ["ObservedAlias", "ObservedFunction", "ObservedProvider", "ObservedStack", "ObservedVersion"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedAlias:
    """An alias at one moment.

    Attributes:
        name: Its name.
        version: The version that it points at.
        weights: Share of new executions, 0 to 1, of further versions; empty without a weighted alias.
        revision: ``RevisionId``, for a conditional update.
    """

    name: str
    version: str
    weights: Mapping[str, float]
    revision: str

    @property
    def versions(self) -> frozenset[str]:
        """Every version that it names. A weight of 0 names its version too."""
        return frozenset((self.version, *self.weights))


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedVersion:
    """A published version at one moment.

    Attributes:
        number: Its number, as text.
        published: When it was published; ``None`` if that is unknown.
        state: The API's ``State``, such as ``Active`` or ``Deactivated``; ``None`` if that is unknown.
        state_reason: Why it is in that state, as the service says it.
        scaling: The requested numbers; ``None`` if they are unknown.
        open_executions: How many executions are RUNNING, PAUSING or PAUSED, with all pages read to the end; by status.
            ``None`` if any page or status failed.
        has_any_execution: Whether an execution is listed in any status. ``None`` if that is unknown or was not asked.
        provider: ARN of its capacity provider; ``None`` if that is unknown.
        execution_timeout: The longest time of one of its executions; ``None`` if that is unknown.
        problem: The error that made something unknown, in one line.
    """

    number: str
    published: datetime | None
    state: str | None
    state_reason: str | None = None
    scaling: Scaling | None
    open_executions: Mapping[str, int] | None
    has_any_execution: bool | None = None
    provider: str | None = None
    execution_timeout: timedelta | None = None
    problem: str | None = None

    @property
    def is_empty(self) -> bool | None:
        """Whether no execution is open; ``None`` if that is unknown."""
        return None if self.open_executions is None else not any(self.open_executions.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedStack:
    """The CloudFormation stack of a function.

    Attributes:
        name: Its name.
        status: ``StackStatus``; ``None`` if that is unknown.
        updated: When its last update, or its creation, began; ``None`` if that is unknown.
    """

    name: str
    status: str | None
    updated: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedProvider:
    """A capacity provider that versions of the function are on, or were.

    Attributes:
        arn: Its ARN.
        versions: How many versions of all functions are on it; ``None`` if that is unknown.
        is_current: Whether the function's newest configuration names it, or a stack still has it.
        is_ours: Whether its tags mark it as made by this library for the same stack.
    """

    arn: str
    versions: int | None
    is_current: bool
    is_ours: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservedFunction:
    """A function at one moment.

    Attributes:
        name: Its name.
        policy: What its tags ask for; ``None`` if they ask for nothing, so that it is not touched.
        declared: The numbers that its stack gives a new version, from its tags; ``None`` if they name none.
        stack: Its stack; ``None`` if no tag names one.
        aliases: Its aliases; ``None`` if they could not be read to the end.
        versions: Its published versions, oldest first; ``None`` if they could not be read to the end.
        event_age: Maximum age of an asynchronous event of its aliases; ``None`` if that is unknown.
        providers: The capacity providers that its versions are on, or were.
        problem: The error that made something unknown, in one line.
    """

    name: str
    policy: DrainPolicy | None
    declared: Scaling | None
    stack: ObservedStack | None
    aliases: tuple[ObservedAlias, ...] | None
    versions: tuple[ObservedVersion, ...] | None
    event_age: timedelta | None = None
    providers: tuple[ObservedProvider, ...] = ()
    problem: str | None = None

    @property
    def live(self) -> frozenset[str] | None:
        """The versions that an alias or a weight names; ``None`` if the aliases are unknown."""
        if self.aliases is None:
            return None
        return frozenset(number for alias in self.aliases for number in alias.versions)
