"""The Lambda API's calls that create, move and delete aliases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.function_configuration import alias_configuration
from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.release.revision import check_revision
from durable_mi.local.api.request_shape import json_members
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST
from durable_mi.local.request_members import check_length, check_pattern
from durable_mi.local.workers.registry import LATEST_PUBLISHED
from durable_mi.local.workers.release.aliases import Alias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["AliasApi"]

_ALIAS: Final = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"
_ALIAS_MAX: Final = 128
_VERSION: Final = r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"
_VERSION_MAX: Final = 1024


class AliasApi:
    """Creates, moves and deletes aliases.

    Args:
        registry: The functions.
    """

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        aliases = "/2015-03-31/functions/{function:path}/aliases"
        return [
            Route(aliases, self.create_alias, methods=["POST"]),
            Route(f"{aliases}/{{alias}}", self.update_alias, methods=["PUT"]),
            Route(f"{aliases}/{{alias}}", self.delete_alias, methods=["DELETE"]),
        ]

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
        check_revision(members, alias.revision)
        if members.get("FunctionVersion") is not None:
            version = check_pattern(members["FunctionVersion"], "functionVersion", _VERSION, maximum=_VERSION_MAX)
            alias = replace(alias, version=version)
        return json_response(self._put(function, replace(alias, revision=str(uuid.uuid4())), members))

    async def delete_alias(self, request: Request) -> Response:
        """Serve DeleteAlias."""
        function = self._function(request)
        self._registry.aliases.delete(function.name, request.path_params["alias"])
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
