"""The Lambda API's calls that change versions and aliases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.function_configuration import (
    alias_configuration,
    code_sha256,
    function_configuration,
    revision_of,
)
from durable_mi.local.api.json_response import json_response
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.request_members import check_length, check_pattern, json_members
from durable_mi.local.workers.registry import LATEST_PUBLISHED
from durable_mi.local.workers.release.aliases import Alias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.registry import FunctionRegistry
    from durable_mi.local.workers.release.publisher import VersionPublisher

__all__ = ["ReleaseApi"]

_ALIAS: Final = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"
_ALIAS_MAX: Final = 128
_VERSION: Final = r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"
_VERSION_MAX: Final = 1024
_CHANGEABLE: Final = frozenset({"FunctionName", "RevisionId", "Description", "Timeout", "MemorySize", "Environment"})
_STALE: Final = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)


class ReleaseApi:
    """Publishes and deletes versions; creates, moves and deletes aliases.

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
            Route(f"{function}/aliases", self.create_alias, methods=["POST"]),
            Route(f"{function}/aliases/{{alias}}", self.update_alias, methods=["PUT"]),
            Route(f"{function}/aliases/{{alias}}", self.delete_alias, methods=["DELETE"]),
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

    async def create_alias(self, request: Request) -> Response:
        """Serve CreateAlias."""
        members = await json_members(request)
        function = self._function(request)
        name = check_pattern(members.get("Name"), "name", _ALIAS, maximum=_ALIAS_MAX)
        if self._registry.aliases.find(function.name, name) is not None:
            msg = f"Alias already exists: {function.arn}:{name}"
            raise ApiError.conflict(msg)
        version = members.get("FunctionVersion")
        alias = Alias(name, check_pattern(version, "functionVersion", _VERSION, maximum=_VERSION_MAX))
        return json_response(self._put(function, alias, members), 201)

    async def update_alias(self, request: Request) -> Response:
        """Serve UpdateAlias: the version, the weights, the description; with a RevisionId only if it still holds."""
        members = await json_members(request)
        function = self._function(request)
        alias = self._alias(request, function)
        if members.get("RevisionId") not in {None, "", alias.revision}:
            raise ApiError(412, "PreconditionFailedException", _STALE)
        if members.get("FunctionVersion") is not None:
            version = check_pattern(members["FunctionVersion"], "functionVersion", _VERSION, maximum=_VERSION_MAX)
            alias = replace(alias, version=version)
        return json_response(self._put(function, replace(alias, revision=str(uuid.uuid4())), members))

    async def delete_alias(self, request: Request) -> Response:
        """Serve DeleteAlias."""
        function = self._function(request)
        self._registry.aliases.delete(function.name, request.path_params["alias"])
        return Response(status_code=204)

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

    def _alias(self, request: Request, function: AppFunction) -> Alias:
        name = request.path_params["alias"]
        alias = self._registry.aliases.find(function.name, name)
        if alias is None:
            msg = f"Cannot find alias arn: {function.arn}:{name}"
            raise ApiError.not_found(msg)
        return alias

    def _check_revision(self, function: AppFunction, members: Mapping[str, Any]) -> None:
        latest = revision_of(self._registry.describe(function.name, None))
        if members.get("RevisionId") not in {None, "", latest}:
            raise ApiError(412, "PreconditionFailedException", _STALE)

    def _put(self, function: AppFunction, alias: Alias, members: Mapping[str, Any]) -> Mapping[str, object]:
        """Check and put an alias with the description and the weights that a request has for it."""
        if members.get("Description") is not None:
            description = check_length(members["Description"], "description", maximum=limits.FUNCTION_DESCRIPTION_MAX)
            alias = replace(alias, description=description)
        if members.get("RoutingConfig") is not None:
            alias = replace(alias, weights=_weights(members["RoutingConfig"]))
        self._check_versions(function, alias)
        self._registry.aliases.put(function.name, alias)
        return alias_configuration(function, alias)

    def _check_versions(self, function: AppFunction, alias: Alias) -> None:
        for version in (alias.version, *alias.weights):
            if version not in {LATEST, LATEST_PUBLISHED}:
                self._registry.describe(function.name, version)
        if alias.weights and (alias.version in alias.weights or not alias.version.isdecimal()):
            msg = (
                "an alias with weights must point to two different published versions, got "
                f"{alias.version} and {', '.join(alias.weights)}"
            )
            raise ApiError.invalid(msg)


def _weights(routing: object) -> dict[str, float]:
    """Return the weights of a ``RoutingConfig``: at most one other version, with a share from 0 to 1."""
    weights = routing.get("AdditionalVersionWeights") or {} if isinstance(routing, dict) else None
    if not isinstance(weights, dict) or not all(
        isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight <= 1
        for weight in weights.values()
    ):
        msg = f"AdditionalVersionWeights must map versions to numbers from 0.0 to 1.0, got {routing}"
        raise ApiError.invalid(msg)
    if len(weights) > 1:
        msg = "Number of items in AdditionalVersionWeights cannot be greater than 1"
        raise ApiError.invalid(msg)
    for version in weights:
        check_pattern(version, "routingConfig.additionalVersionWeights", "[0-9]+", maximum=_VERSION_MAX)
    return weights


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
