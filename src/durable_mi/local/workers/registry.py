"""Which version a caller means by a function name and a qualifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.workers.function_state import FunctionState
from durable_mi.local.workers.release.aliases import Alias, Aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.function_version import FunctionVersion
    from durable_mi.local.workers.invocation import Outcome

__all__ = ["Described", "FunctionNameParts", "FunctionRegistry", "Target"]

LATEST_PUBLISHED = "$LATEST.PUBLISHED"


@dataclass(frozen=True, slots=True)
class Target:
    """A function version, the qualifier that led to it, and whether the caller named one."""

    function_version: FunctionVersion
    qualifier: str
    is_qualified: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What a name and a qualifier lead to when it is described rather than invoked.

    Attributes:
        function_version: The version, the newest one for ``$LATEST``.
        function: Its code and configuration; for ``$LATEST`` with what was changed since.
        version: Its number or ``$LATEST``.
        qualifier: What the caller named, ``None`` for the function without a qualifier.
    """

    function_version: FunctionVersion
    function: AppFunction
    version: str
    qualifier: str | None

    @property
    def arn(self) -> str:
        """Return the function's ARN with the caller's qualifier."""
        arn = self.function.arn
        return arn if self.qualifier is None else f"{arn}:{self.qualifier}"

    @property
    def state(self) -> FunctionState:
        """Return the state; nothing runs ``$LATEST`` of a function with a capacity provider."""
        if self.version == LATEST and self.function.capacity is not None:
            return FunctionState("ActiveNonInvocable")
        return self.function_version.state


class FunctionNameParts(Protocol):
    """The parts of what ``FunctionName`` takes: a name, a partial ARN or an ARN, with or without a qualifier."""

    @property
    def name(self) -> str:
        """Return the plain name."""

    @property
    def qualifier(self) -> str | None:
        """Return the qualifier, ``None`` where there is none."""

    @property
    def account_id(self) -> str | None:
        """Return the account of an ARN, ``None`` where there is none."""

    @property
    def region(self) -> str | None:
        """Return the region of an ARN, ``None`` where there is none."""


class FunctionRegistry:
    """The versions by function name and version.

    Args:
        region: The endpoint's region.
        parse: Splits what ``FunctionName`` takes into its parts, and raises ``ValueError`` where it is none of that.
    """

    def __init__(self, region: str, parse: Callable[[str], FunctionNameParts]) -> None:
        self._parse = parse
        self._releases: dict[str, dict[str, FunctionVersion]] = {}
        self._region = region
        self._newest: dict[str, FunctionVersion] = {}
        self._latest: dict[str, AppFunction] = {}
        self._published: dict[str, AppFunction] = {}
        self._numbers: dict[str, int] = {}
        self._deleted: set[tuple[str, str]] = set()
        self.aliases = Aliases()

    def __iter__(self) -> Iterator[FunctionVersion]:
        """Return the versions, each function's oldest first."""
        return (function_version for releases in self._releases.values() for function_version in releases.values())

    def publish(self, function_version: FunctionVersion) -> None:
        """Add a function's newest version, or its new ``$LATEST``, and move the template's aliases to it."""
        self.add(function_version)
        function = function_version.function
        for name, target in function.aliases.items():
            # A target that only a deployment knows is the version that it publishes.
            is_here = target in self._releases[function.name] or target in {LATEST, LATEST_PUBLISHED}
            self.aliases.put(function.name, Alias(name, target if is_here else function.version))

    def add(self, function_version: FunctionVersion, made_from: AppFunction | None = None) -> None:
        """Add a function's newest version; no alias moves to it.

        Args:
            function_version: The version.
            made_from: What ``$LATEST`` was when it was published. Defaults to the version itself.
        """
        function = function_version.function
        self._releases.setdefault(function.name, {})[function.version] = function_version
        self._newest[function.name] = function_version
        self._latest[function.name] = self._published[function.name] = made_from or function
        if function.version != LATEST:
            self._numbers[function.name] = int(function.version)

    def delete(self, function_version: FunctionVersion) -> None:
        """Take out a version whose executions nothing is to run any more, not even the newest version."""
        function = function_version.function
        self._deleted.add((function.name, function.version))
        self.retire(function_version)

    def next_version(self, name: str) -> str:
        """Return the number of a function's next version; that of a deleted version does not come again."""
        return str(self._numbers.get(name, 0) + 1)

    def unchanged(self, name: str) -> FunctionVersion | None:
        """Return the version that was published last, if it is there and nothing was changed since."""
        newest = self._newest[name]
        is_there = self._releases[name].get(newest.function.version) is newest
        return newest if is_there and self._latest[name] == self._published[name] else None

    def latest(self, name: str) -> AppFunction:
        """Return what a function's next version is made from.

        Raises:
            ApiError: There is no such function.
        """
        self.newest(name)
        return self._latest[name]

    def update_latest(self, function: AppFunction) -> None:
        """Change what a function's next version is made from."""
        self._latest[function.name] = function

    def names(self) -> list[str]:
        """Return the plain names of the functions."""
        return list(self._releases)

    def retire(self, function_version: FunctionVersion) -> None:
        """Take out a version that nothing runs on any more, unless another took its place."""
        releases = self._releases[function_version.function.name]
        if releases.get(function_version.function.version) is function_version:
            del releases[function_version.function.version]

    def serves(self, name: str) -> bool:
        """Return whether a function of this plain name is here."""
        return name in self._releases

    def newest(self, name: str) -> FunctionVersion:
        """Return the newest version of a function's plain name.

        Raises:
            ApiError: There is no such function.
        """
        try:
            # The last one where all of them are deleted.
            return [self._newest[name], *self._releases[name].values()][-1]
        except KeyError:
            known = ", ".join(self._releases) or "none"
            msg = f"function not found: {name} (functions here: {known})"
            raise ApiError.not_found(msg) from None

    def release(self, name: str, version: str) -> FunctionVersion:
        """Return a version of a function; the newest one for an execution of an earlier run whose version is gone.

        Raises:
            ApiError: There is no such function, or the version was deleted.
        """
        if (name, version) in self._deleted:
            msg = f"Function not found: {self.newest(name).function.arn}:{version}"
            raise ApiError.not_found(msg)
        return self._releases.get(name, {}).get(version) or self.newest(name)

    async def invoke(self, function_name: str, version: str, payload: bytes, execution: str) -> tuple[str, Outcome]:
        """Run a version's handler once for a durable execution.

        Args:
            function_name: The function's plain name.
            version: The version, as in `release`.
            payload: The event as JSON.
            execution: The execution's ARN.

        Returns:
            The request id and the outcome.
        """
        return await self.release(function_name, version).invoke(payload, version, execution=execution)

    def qualified_arn(self, function_name: str, version: str) -> str:
        """Return a function's ARN with a version as its qualifier."""
        return f"{self.newest(function_name).function.arn}:{version}"

    def resolve(self, function: str, qualifier: str | None) -> Target:
        """Find what is invoked.

        Args:
            function: Name, partial ARN or ARN, with or without a qualifier.
            qualifier: The qualifier where it is given apart; alias, version, ``$LATEST.PUBLISHED``, or ``None`` for the
                newest published version; ``$LATEST`` instead of these two for a function without a capacity provider.

        Raises:
            ApiError: No such function, version or alias, or ``$LATEST``, which managed instances cannot invoke.
        """
        function_version, given = self._named(function, qualifier)
        is_qualified = given is not None
        is_managed = function_version.function.capacity is not None
        asked = given or (LATEST_PUBLISHED if is_managed else LATEST)
        if asked == LATEST and is_managed:
            msg = (
                "functions with a capacity provider cannot be invoked with the $LATEST qualifier: "
                "use a published version or an alias"
            )
            raise ApiError.invalid(msg)
        releases = self._releases[function_version.function.name]
        if is_managed and not releases:
            raise ApiError(400, "NoPublishedVersionException", "The function has no published versions available.")
        if asked == (LATEST_PUBLISHED if is_managed else LATEST):
            latest = releases.get(LATEST, function_version)
            return Target(latest, latest.function.version, is_qualified)
        return Target(self._qualified(function_version, asked, self.aliases.chosen), asked, is_qualified)

    def describe(self, function: str, qualifier: str | None) -> Described:
        """Find what is described, which can be ``$LATEST`` of any function.

        Args:
            function: Name, partial ARN or ARN, with or without a qualifier.
            qualifier: The qualifier where it is given apart; ``None`` for ``$LATEST``.

        Raises:
            ApiError: No such function, version or alias.
        """
        newest, asked = self._named(function, qualifier)
        if asked in {None, LATEST}:
            return Described(newest, self._latest[newest.function.name], LATEST, asked)
        if asked == LATEST_PUBLISHED and newest.function.capacity is not None:
            return Described(newest, newest.function, newest.function.version, asked)
        found = self._qualified(newest, str(asked), lambda alias: alias.version)
        return Described(found, found.function, found.function.version, asked)

    def versions(self, name: str) -> list[Described]:
        """Return ``$LATEST`` and the published versions of a function's plain name, oldest first.

        Raises:
            ApiError: There is no such function.
        """
        published = [version for version in self._releases.get(name, {}) if version != LATEST]
        return [self.describe(name, version) for version in (LATEST, *published)]

    def _named(self, function: str, qualifier: str | None) -> tuple[FunctionVersion, str | None]:
        """Return the newest version of the function that a caller names, and the qualifier, if there is one."""
        try:
            target = self._parse(function)
        except ValueError:
            msg = f"FunctionName must be a function's name, partial ARN or ARN, got {function}"
            raise ApiError.invalid(msg) from None
        if target.qualifier and qualifier and target.qualifier != qualifier:
            msg = f"the qualifier in FunctionName ({target.qualifier}) and Qualifier ({qualifier}) must be the same"
            raise ApiError.invalid(msg)
        if target.region not in {None, self._region}:
            msg = f"function not found: {function} (this endpoint's region is {self._region})"
            raise ApiError.not_found(msg)
        if target.account_id not in {None, *(each.function.arn.split(":")[4] for each in self._newest.values())}:
            # As for a caller whom no resource-based policy of the other account allows it.
            msg = f"not authorized to access {function}, because no resource-based policy allows it"
            raise ApiError(403, "AccessDeniedException", msg)
        return self.newest(target.name), qualifier or target.qualifier or None

    def _qualified(self, newest: FunctionVersion, qualifier: str, choose: Callable[[Alias], str]) -> FunctionVersion:
        """Return the version that a version number or an alias of a function leads to."""
        function = newest.function
        releases = self._releases[function.name]
        if qualifier in releases:
            return releases[qualifier]
        if alias := self.aliases.find(function.name, qualifier):
            return releases.get(choose(alias), newest)
        known = ", ".join((*(each.name for each in self.aliases.of(function.name)), *releases))
        msg = f"function not found: {function.arn}:{qualifier} (qualifiers here: {known})"
        raise ApiError.not_found(msg)
