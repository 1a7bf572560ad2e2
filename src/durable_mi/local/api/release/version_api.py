"""The Lambda API's calls that publish, change and delete versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.function_configuration import code_sha256, function_configuration, revision_of
from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.release.revision import check_revision
from durable_mi.local.api.request_shape import json_members
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.request_members import check_length
from durable_mi.local.workers.registry import LATEST_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.registry import FunctionRegistry
    from durable_mi.local.workers.release.publisher import VersionPublisher

__all__ = ["VersionApi"]

_CHANGEABLE: Final = frozenset({"FunctionName", "RevisionId", "Description", "Timeout", "MemorySize", "Environment"})


class VersionApi:
    """Publishes versions, changes what they are published from, and deletes them.

    Args:
        registry: The functions.
        publisher: Publishes and deletes versions.
    """

    def __init__(self, registry: FunctionRegistry, publisher: VersionPublisher) -> None:
        self._registry = registry
        self._publisher = publisher

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        function = "/2015-03-31/functions/{function:path}"
        return [
            Route(f"{function}/versions", self.publish_version, methods=["POST"]),
            Route(f"{function}/configuration", self.update_configuration, methods=["PUT"]),
            Route("/2015-03-31/functions/{function}", self.delete_function, methods=["DELETE"]),
        ]

    async def publish_version(self, request: Request) -> Response:
        """Serve PublishVersion: of ``$LATEST``, if it was changed since the version before."""
        members = await json_members(request)
        function = self._function(request)
        if "Description" in members:
            check_length(members["Description"], "description", maximum=limits.FUNCTION_DESCRIPTION_MAX)
        self._check_revision(function, members)
        current = code_sha256(function)
        if members.get("CodeSha256") not in {None, "", current}:
            msg = (
                f"CodeSHA256 ({members['CodeSha256']}) is different from current CodeSHA256 in $LATEST ({current}). "
                "Please try again with the CodeSHA256 in $LATEST."
            )
            raise ApiError.invalid(msg)
        version = await self._publisher.publish(function.name, members.get("Description"))
        described = self._registry.describe(function.name, version.function.version)
        return json_response(function_configuration(described), 201)

    async def update_configuration(self, request: Request) -> Response:
        """Serve UpdateFunctionConfiguration: what the next version is published from."""
        members = await json_members(request)
        function = self._function(request)
        if unknown := members.keys() - _CHANGEABLE:
            msg = (
                f"the local runtime changes {', '.join(sorted(_CHANGEABLE))} only, got {', '.join(sorted(unknown))}: "
                "change the rest in the app"
            )
            raise ApiError(501, "NotImplementedException", msg)
        if function.version == LATEST:
            msg = (
                f"the local runtime changes functions with published versions only, got {function.name}: "
                "change the function in the app"
            )
            raise ApiError(501, "NotImplementedException", msg)
        self._check_revision(function, members)
        self._registry.update_latest(_changed(function, members))
        return json_response(function_configuration(self._registry.describe(function.name, None)))

    async def delete_function(self, request: Request) -> Response:
        """Serve DeleteFunction of one version, whose executions are lost."""
        described = self._registry.describe(request.path_params["function"], request.query_params.get("Qualifier"))
        qualifier = described.qualifier
        if qualifier is None:
            msg = "the local runtime deletes versions only, got no Qualifier: name the version to delete"
            raise ApiError(501, "NotImplementedException", msg)
        if qualifier in {LATEST, LATEST_PUBLISHED}:
            msg = "$LATEST version cannot be deleted without deleting the function."
            raise ApiError.invalid(msg)
        if qualifier != described.version:
            msg = "Deletion of aliases is not currently supported."
            raise ApiError.invalid(msg)
        await self._publisher.delete(described.function_version)
        return Response(status_code=204)

    def _function(self, request: Request) -> AppFunction:
        """Return what ``$LATEST`` of the function in the path is."""
        return self._registry.describe(request.path_params["function"], LATEST).function

    def _check_revision(self, function: AppFunction, members: Mapping[str, Any]) -> None:
        check_revision(members, revision_of(self._registry.describe(function.name, None)))


def _changed(function: AppFunction, members: Mapping[str, Any]) -> AppFunction:
    changes: dict[str, Any] = {}
    if members.get("Description") is not None:
        changes["description"] = check_length(
            members["Description"], "description", maximum=limits.FUNCTION_DESCRIPTION_MAX
        )
    for name, field, least, most in (
        ("Timeout", "timeout", 1, limits.MAX_INVOCATION_TIMEOUT_S),
        ("MemorySize", "memory", 128, limits.MAX_MEMORY_MIB),
    ):
        if members.get(name) is not None:
            changes[field] = _whole(members[name], name, least, most)
    if members.get("Environment") is not None:
        variables = members["Environment"].get("Variables") if isinstance(members["Environment"], dict) else None
        if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
            msg = f"Environment must have Variables with texts, got {members['Environment']}"
            raise ApiError.invalid(msg)
        changes["environment"] = variables
    return replace(function, **changes)


def _whole(value: object, name: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        msg = f"{name} must be a whole number from {least} to {most}, got {value}"
        raise ApiError.invalid(msg)
    return value
