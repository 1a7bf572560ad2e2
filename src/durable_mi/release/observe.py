"""Reading what one pass must know of a function. What fails becomes ``None`` with its error, never a guess."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from durable_mi import limits
from durable_mi.operate.errors import NotFoundError, ServiceError
from durable_mi.release.client import OPEN_STATUSES
from durable_mi.release.observed import ObservedFunction, ObservedProvider, ObservedStack, ObservedVersion
from durable_mi.release.tags import RELEASES, read_declared, read_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from durable_mi.release.client import ReleaseClient
    from durable_mi.release.observed import ObservedAlias
    from durable_mi.release.policy import DrainPolicy

__all__ = ["STACK_ID", "STACK_NAME", "observe", "observe_again", "observe_provider"]

STACK_ID: Final = "aws:cloudformation:stack-id"
"""The tag in which CloudFormation names a resource's stack by its ARN."""

STACK_NAME: Final = "aws:cloudformation:stack-name"
"""The tag in which CloudFormation names a resource's stack."""

_PROVIDER: Final = "AWS::Lambda::CapacityProvider"
_Read = TypeVar("_Read")
_Arguments = ParamSpec("_Arguments")


@dataclass(frozen=True, slots=True)
class _Problems:
    """The errors of what was read."""

    lines: list[str] = field(default_factory=list)

    def attempt(
        self, read: Callable[_Arguments, _Read], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Read | None:
        """Read something; ``None`` if that fails."""
        try:
            return read(*args, **kwargs)
        except ServiceError as error:
            if str(error) not in self.lines:
                self.lines.append(str(error))
            return None

    def line(self) -> str | None:
        """Return all errors in one line; ``None`` if there are none."""
        return "; ".join(self.lines) or None


def observe(client: ReleaseClient, function: str, *, providers: Sequence[str] = ()) -> ObservedFunction:
    """Read a function, its aliases, its versions and its stack.

    Args:
        client: The calls.
        function: The function's name.
        providers: Capacity providers that its versions were on earlier, by ARN.

    Raises:
        OperatorError: The function cannot be read at all, or no time is left.
    """
    problems = _Problems()
    latest = client.configuration(function)
    tags = problems.attempt(client.tags, latest.arn) or {}
    aliases = problems.attempt(client.aliases, function)
    numbers = problems.attempt(client.versions, function)
    referenced = frozenset[str]() if aliases is None else {each for alias in aliases for each in alias.versions}
    versions = (
        None
        if numbers is None
        else tuple(_version(client, function, number, is_referenced=number in referenced) for number in numbers)
    )
    found = {each.provider for each in versions or () if each.provider}
    seen = (
        _provider(client, arn, latest.provider, tags.get(STACK_ID), problems) for arn in sorted(found.union(providers))
    )
    return ObservedFunction(
        name=function,
        policy=_policy(tags, problems),
        declared=read_declared(tags),
        stack=_stack(client, tags, problems),
        aliases=aliases,
        versions=versions,
        event_age=None if aliases is None else _event_age(client, function, aliases, problems),
        providers=tuple(each for each in seen if each is not None),
        problem=problems.line(),
    )


def observe_again(client: ReleaseClient, observed: ObservedFunction, number: str) -> ObservedFunction:
    """Read again what parking and deleting one version depends on: its executions, the aliases and the stack.

    Args:
        client: The calls.
        observed: The function as this pass saw it.
        number: The version's number.
    """
    problems = _Problems()
    version = _version(client, observed.name, number, is_referenced=False)
    # After the executions, because a version that an alias names again can have new ones from then on.
    aliases = problems.attempt(client.aliases, observed.name)
    tags = {} if observed.stack is None else {STACK_NAME: observed.stack.name}
    return replace(
        observed,
        stack=_stack(client, tags, problems),
        aliases=aliases,
        versions=tuple(version if each.number == number else each for each in observed.versions or ()),
        problem=problems.line(),
    )


def observe_provider(client: ReleaseClient, function: str, arn: str) -> ObservedProvider | None:
    """Read again what deleting a capacity provider depends on; ``None`` if there is none any more.

    Args:
        client: The calls.
        function: A function whose versions were on it.
        arn: Its ARN.

    Raises:
        OperatorError: The function cannot be read.
    """
    latest = client.configuration(function)
    return _provider(client, arn, latest.provider, client.tags(latest.arn).get(STACK_ID), _Problems())


def _provider(
    client: ReleaseClient, arn: str, newest: str | None, stack: str | None, problems: _Problems
) -> ObservedProvider | None:
    """Read a capacity provider: what is on it, and whose it is; ``None`` if it was deleted.

    Args:
        client: The calls.
        arn: Its ARN.
        newest: The capacity provider of the function's newest configuration.
        stack: ARN of the function's stack; ``None`` if no tag names one.
        problems: Where errors go.
    """
    try:
        on_it: Sequence[str] | None = client.provider_versions(arn)
    except NotFoundError:
        return None
    except ServiceError as error:
        problems.lines.append(str(error))
        on_it = None
    tags: Mapping[str, str] = problems.attempt(client.tags, arn) or {}
    is_ours = RELEASES in tags and stack is not None and tags.get(STACK_ID) == stack
    # One of somebody else, or one that nothing more is known of, is taken as in use.
    held: Iterable[str] | None = None
    if is_ours and arn != newest:
        held = problems.attempt(client.stack_resources, str(stack), _PROVIDER)
    return ObservedProvider(
        arn=arn,
        versions=None if on_it is None else len(on_it),
        is_current=arn == newest or held is None or not {arn, arn.rpartition(":")[2]}.isdisjoint(held),
        is_ours=is_ours,
    )


def _version(client: ReleaseClient, function: str, number: str, *, is_referenced: bool) -> ObservedVersion:
    problems = _Problems()
    configuration = problems.attempt(client.configuration, function, number)
    scaling = problems.attempt(client.scaling, function, number)
    running = problems.attempt(_open_executions, client, function, number)
    has_any = None
    if running is not None and not is_referenced:
        has_any = any(running.values()) or problems.attempt(client.has_any_execution, function, number)
    return ObservedVersion(
        number=number,
        published=None if configuration is None else configuration.published,
        state=None if configuration is None else configuration.state,
        state_reason=None if configuration is None else configuration.state_reason,
        scaling=scaling,
        open_executions=running,
        has_any_execution=has_any,
        provider=None if configuration is None else configuration.provider,
        execution_timeout=None if configuration is None else configuration.execution_timeout,
        problem=problems.line(),
    )


def _open_executions(client: ReleaseClient, function: str, number: str) -> dict[str, int]:
    # One status after the other: what a service does with several is written down nowhere.
    return {status: len(client.executions(function, number, status)) for status in OPEN_STATUSES}


def _policy(tags: Mapping[str, str], problems: _Problems) -> DrainPolicy | None:
    try:
        return read_policy(tags)
    except ValueError as error:
        problems.lines.append(str(error))
        return None


def _stack(client: ReleaseClient, tags: Mapping[str, str], problems: _Problems) -> ObservedStack | None:
    name = tags.get(STACK_ID) or tags.get(STACK_NAME)
    if name is None:
        return None
    found = problems.attempt(client.stack, name)
    return found or ObservedStack(name=tags.get(STACK_NAME) or name, status=None, updated=None)


def _event_age(
    client: ReleaseClient, function: str, aliases: Sequence[ObservedAlias], problems: _Problems
) -> timedelta | None:
    """Return the longest age of an event of any alias; ``None`` if that of one is unknown."""
    ages = [problems.attempt(client.event_age, function, alias.name) for alias in aliases]
    known = [age for age in ages if age is not None]
    if len(known) < len(ages):
        return None
    return max(known, default=timedelta(seconds=limits.MAX_EVENT_AGE_S))
