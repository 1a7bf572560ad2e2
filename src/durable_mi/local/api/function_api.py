"""The Lambda API's reads: functions, versions, aliases, tags and reserved concurrency."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from starlette.routing import Route

from durable_mi.local.api.function_configuration import (
    alias_configuration,
    code_location,
    function_configuration,
    listed_configuration,
)
from durable_mi.local.api.json_response import json_response, listed_response
from durable_mi.local.api_error import ApiError
from durable_mi.local.app.placeholders import LATEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.app.capacity_providers import CapacityProvider
    from durable_mi.local.workers.registry import Described, FunctionRegistry

__all__ = ["FunctionApi"]


class FunctionApi:
    """Shows the functions.

    Args:
        registry: The functions.
        providers: The capacity providers of the app, which have tags too.
    """

    def __init__(self, registry: FunctionRegistry, providers: Sequence[CapacityProvider] = ()) -> None:
        self._registry = registry
        self._providers = providers
        self._started = time.time()

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        functions = "/2015-03-31/functions"
        function = f"{functions}/{{function:path}}"
        return [
            Route(f"{functions}/", self.list_functions, methods=["GET"]),
            Route(functions, self.list_functions, methods=["GET"]),
            Route(f"{function}/configuration", self.get_function_configuration, methods=["GET"]),
            Route(f"{function}/versions", self.list_versions, methods=["GET"]),
            Route(f"{function}/aliases", self.list_aliases, methods=["GET"]),
            Route(f"{function}/aliases/{{alias}}", self.get_alias, methods=["GET"]),
            Route(f"{functions}/{{function}}", self.get_function, methods=["GET"]),
            Route("/2019-09-30/functions/{function:path}/concurrency", self.get_concurrency, methods=["GET"]),
            Route("/2019-09-25/functions/{function:path}/event-invoke-config", self.get_event_invoke, methods=["GET"]),
            Route("/2017-03-31/tags/{arn:path}", self.list_tags, methods=["GET"]),
        ]

    async def list_functions(self, request: Request) -> Response:
        """Serve ListFunctions: each function's ``$LATEST``, or with ``FunctionVersion=ALL`` every version too."""
        names = self._registry.names()
        if request.query_params.get("FunctionVersion") == "ALL":
            described = [version for name in names for version in self._registry.versions(name)]
        else:
            described = [self._registry.describe(name, None) for name in names]
        return listed_response("Functions", [listed_configuration(each) for each in described], request)

    async def get_function(self, request: Request) -> Response:
        """Serve GetFunction: of ``$LATEST``, or of the version or alias that the qualifier names."""
        described = self._described(request)
        function = described.function_version.function
        answer: dict[str, object] = {
            "Configuration": function_configuration(described),
            "Code": code_location(function),
            "Tags": dict(function.settings.tags),
        }
        if function.settings.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.settings.reserved_concurrency}
        return json_response(answer)

    async def get_function_configuration(self, request: Request) -> Response:
        """Serve GetFunctionConfiguration, as GetFunction."""
        return json_response(function_configuration(self._described(request)))

    async def list_versions(self, request: Request) -> Response:
        """Serve ListVersionsByFunction: ``$LATEST``, then the published versions, oldest first."""
        name = self._described(request).function_version.function.name
        return listed_response(
            "Versions", [function_configuration(each) for each in self._registry.versions(name)], request
        )

    async def list_aliases(self, request: Request) -> Response:
        """Serve ListAliases, all or those of one version."""
        function = self._described(request).function_version.function
        version = request.query_params.get("FunctionVersion")
        aliases = [
            alias_configuration(function, alias)
            for alias in self._registry.aliases.of(function.name)
            if version is None or version == alias.version
        ]
        return listed_response("Aliases", aliases, request)

    async def get_alias(self, request: Request) -> Response:
        """Serve GetAlias."""
        function = self._described(request).function_version.function
        name = request.path_params["alias"]
        alias = self._registry.aliases.find(function.name, name)
        if alias is None:
            known = ", ".join(each.name for each in self._registry.aliases.of(function.name)) or "none"
            msg = f"alias not found: {function.arn}:{name} (aliases here: {known})"
            raise ApiError.not_found(msg)
        return json_response(alias_configuration(function, alias))

    async def get_concurrency(self, request: Request) -> Response:
        """Serve GetFunctionConcurrency: the template's reserved concurrency, or nothing."""
        reserved = self._described(request).function_version.function.settings.reserved_concurrency
        return json_response({} if reserved is None else {"ReservedConcurrentExecutions": reserved})

    async def get_event_invoke(self, request: Request) -> Response:
        """Serve GetFunctionEventInvokeConfig: the template's, which has no effect here."""
        described = self._described(request)
        function, qualifier = described.function_version.function, described.qualifier or LATEST
        members = self._registry.newest(function.name).function.settings.event_invokes.get(qualifier)
        arn = f"{function.arn}:{qualifier}"
        if members is None:
            msg = f"The function {arn} doesn't have an EventInvokeConfig"
            raise ApiError.not_found(msg)
        return json_response({"FunctionArn": arn, "LastModified": self._started, **members})

    async def list_tags(self, request: Request) -> Response:
        """Serve ListTags of a capacity provider, or of a function, whose ARN must have no qualifier."""
        arn = unquote(request.path_params["arn"])
        for provider in self._providers:
            if provider.arn == arn:
                return json_response({"Tags": dict(provider.tags)})
        for version in self._registry:
            if version.function.arn == arn:
                newest = self._registry.newest(version.function.name)
                return json_response({"Tags": dict(newest.function.settings.tags)})
        msg = f"function not found: {arn} (Resource must be a function's ARN without a qualifier)"
        raise ApiError.not_found(msg)

    def _described(self, request: Request) -> Described:
        return self._registry.describe(request.path_params["function"], request.query_params.get("Qualifier"))
