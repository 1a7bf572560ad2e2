"""Versions that callers of the API publish and delete."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.workers.function_version import FunctionVersion

if TYPE_CHECKING:
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.registry import FunctionRegistry
    from durable_mi.local.workers.version_options import VersionOptions

__all__ = ["VersionPublisher"]


class VersionPublisher:
    """Publishes versions of what ``$LATEST`` is, and deletes versions with all that runs on them.

    Args:
        registry: The functions.
        options: What the versions of all functions have in common.
    """

    def __init__(self, registry: FunctionRegistry, options: VersionOptions) -> None:
        self._registry = registry
        self._options = options

    async def publish(self, name: str, description: str | None) -> FunctionVersion:
        """Publish a version, unless nothing was changed since the last one, which is then the answer.

        The version starts in the background with the service's default scaling, whatever the one before it had.

        Args:
            name: The function's plain name.
            description: The version's description. Defaults to the function's.

        Raises:
            ApiError: The capacity provider has all the versions that it can have.
        """
        latest = self._registry.latest(name)
        unchanged = self._registry.unchanged(name)
        if unchanged is not None and unchanged.function.version != LATEST:
            return unchanged
        self._check_provider(latest)
        released = replace(
            latest,
            version=self._registry.next_version(name),
            description=latest.description if description is None else description,
            environments=limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS,
        )
        function_version = FunctionVersion(released, self._options)
        self._registry.add(function_version, latest)
        await function_version.start_in_background()
        return function_version

    async def delete(self, function_version: FunctionVersion) -> None:
        """Delete a version; its executions are not resumed any more.

        Raises:
            ApiError: An alias invokes it.
        """
        function = function_version.function
        if aliases := self._registry.aliases.naming(function.name, function.version):
            msg = f"Unable to delete version because the following aliases reference it: [{', '.join(aliases)}]"
            raise ApiError.conflict(msg)
        self._registry.delete(function_version)
        await function_version.delete()

    def _check_provider(self, function: AppFunction) -> None:
        if function.capacity is None:
            return
        provider = function.capacity.provider_arn
        versions = sum(
            each.function.capacity is not None and each.function.capacity.provider_arn == provider
            for each in self._registry
        )
        if versions >= limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER:
            msg = (
                f"a capacity provider must have at most {limits.MAX_VERSIONS_PER_CAPACITY_PROVIDER} function versions, "
                f"got {versions} on {provider}: delete versions that nothing invokes any more"
            )
            raise ApiError(400, "FunctionVersionsPerCapacityProviderLimitExceededException", msg)
