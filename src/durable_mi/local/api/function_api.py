"""The Lambda API's reads: functions, versions, aliases, scaling and capacity providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.json_response import json_response
from durable_mi.local.api.paging import page
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.app.capacity_providers import CapacityProvider
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.function_version import FunctionVersion
    from durable_mi.local.workers.registry import FunctionRegistry, Target

__all__ = ["FunctionApi"]

_MAX_ITEMS = 50


class FunctionApi:
    """Shows what is deployed here, and changes how many environments a version has.

    Args:
        registry: The functions.
        providers: The capacity providers of the app.
    """

    def __init__(self, registry: FunctionRegistry, providers: Sequence[CapacityProvider]) -> None:
        self._registry = registry
        self._providers = providers

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        functions = "/2015-03-31/functions"
        scaling = "/2025-11-30/functions/{function:path}/function-scaling-config"
        providers = "/2025-11-30/capacity-providers"
        return [
            Route(f"{functions}/", self.list_functions, methods=["GET"]),
            Route(functions, self.list_functions, methods=["GET"]),
            Route(f"{functions}/{{function:path}}/configuration", self.get_function_configuration, methods=["GET"]),
            Route(f"{functions}/{{function:path}}/versions", self.list_versions, methods=["GET"]),
            Route(f"{functions}/{{function:path}}/aliases", self.list_aliases, methods=["GET"]),
            Route(f"{functions}/{{function:path}}/aliases/{{alias}}", self.get_alias, methods=["GET"]),
            Route(f"{functions}/{{function}}", self.get_function, methods=["GET"]),
            Route(scaling, self.get_scaling, methods=["GET"]),
            Route(scaling, self.put_scaling, methods=["PUT"]),
            Route(providers, self.list_providers, methods=["GET"]),
            Route(f"{providers}/{{provider}}", self.get_provider, methods=["GET"]),
            Route(f"{providers}/{{provider}}/function-versions", self.list_provider_versions, methods=["GET"]),
        ]

    async def list_functions(self, request: Request) -> Response:
        """Serve ListFunctions: each function's newest version, or with ``FunctionVersion=ALL`` every one."""
        every = request.query_params.get("FunctionVersion") == "ALL"
        newest = {function_version.function.name: function_version for function_version in self._registry}
        function_versions = list(self._registry) if every else list(newest.values())
        return self._listed(
            "Functions", [_configuration(each, each.function.version) for each in function_versions], request
        )

    async def get_function(self, request: Request) -> Response:
        """Serve GetFunction of a version or alias."""
        target = self._target(request)
        return json_response({"Configuration": _configuration(target.function_version, target.qualifier), "Tags": {}})

    async def get_function_configuration(self, request: Request) -> Response:
        """Serve GetFunctionConfiguration of a version or alias."""
        target = self._target(request)
        return json_response(_configuration(target.function_version, target.qualifier))

    async def list_versions(self, request: Request) -> Response:
        """Serve ListVersionsByFunction: the published versions, oldest first."""
        name = self._target(request).function_version.function.name
        versions = [each for each in self._registry if each.function.name == name]
        return self._listed("Versions", [_configuration(each, each.function.version) for each in versions], request)

    async def list_aliases(self, request: Request) -> Response:
        """Serve ListAliases, all or those of one version."""
        function = self._target(request).function_version.function
        version = request.query_params.get("FunctionVersion")
        aliases = [
            _alias(function, name) for name, target in function.aliases.items() if version is None or version == target
        ]
        return self._listed("Aliases", aliases, request)

    async def get_alias(self, request: Request) -> Response:
        """Serve GetAlias."""
        function = self._target(request).function_version.function
        name = request.path_params["alias"]
        if name not in function.aliases:
            msg = f"alias not found: {function.arn}:{name} (aliases here: {', '.join(function.aliases) or 'none'})"
            raise ApiError.not_found(msg)
        return json_response(_alias(function, name))

    async def get_scaling(self, request: Request) -> Response:
        """Serve GetFunctionScalingConfig: the requested and the running environments."""
        function_version = self._scalable(request)
        applied = {"MinExecutionEnvironments": len(function_version.slots)}
        return json_response(
            {
                "FunctionArn": f"{function_version.function.arn}:{function_version.function.version}",
                "AppliedFunctionScalingConfig": applied,
                "RequestedFunctionScalingConfig": applied,
            }
        )

    async def put_scaling(self, request: Request) -> Response:
        """Serve PutFunctionScalingConfig: start or end execution environments of a version."""
        function_version = self._scalable(request)
        try:
            config = (await request.json()).get("FunctionScalingConfig") or {}
            minimum = int(config.get("MinExecutionEnvironments", limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS))
            maximum = int(config.get("MaxExecutionEnvironments", limits.MAX_EXECUTION_ENVIRONMENTS))
        except (ValueError, TypeError, AttributeError) as error:
            msg = f"FunctionScalingConfig must hold whole numbers: {error}"
            raise ApiError.invalid(msg) from error
        if not limits.MIN_EXECUTION_ENVIRONMENTS <= minimum <= maximum <= limits.MAX_EXECUTION_ENVIRONMENTS:
            msg = (
                f"MinExecutionEnvironments must be from 0 to MaxExecutionEnvironments, at most "
                f"{limits.MAX_EXECUTION_ENVIRONMENTS}, got {minimum} and {maximum}"
            )
            raise ApiError.invalid(msg)
        if minimum == 0 and maximum != 0:
            msg = (
                f"MinExecutionEnvironments must be 1 or more unless MaxExecutionEnvironments is 0, got 0 and {maximum}"
            )
            raise ApiError.invalid(msg)
        await function_version.scale(minimum)
        return json_response({"FunctionState": function_version.state.state}, 202)

    async def list_providers(self, request: Request) -> Response:
        """Serve ListCapacityProviders."""
        return self._listed("CapacityProviders", [each.description for each in self._providers], request)

    async def get_provider(self, request: Request) -> Response:
        """Serve GetCapacityProvider."""
        return json_response({"CapacityProvider": self._provider(request).description})

    async def list_provider_versions(self, request: Request) -> Response:
        """Serve ListFunctionVersionsByCapacityProvider."""
        provider = self._provider(request)
        versions = [
            {"FunctionArn": f"{each.function.arn}:{each.function.version}", "State": each.state.state}
            for each in self._registry
            if each.function.capacity is not None and each.function.capacity.provider_arn == provider.arn
        ]
        return self._listed("FunctionVersions", versions, request, CapacityProviderArn=provider.arn)

    def _target(self, request: Request) -> Target:
        return self._registry.resolve(request.path_params["function"], request.query_params.get("Qualifier"))

    def _scalable(self, request: Request) -> FunctionVersion:
        function_version = self._target(request).function_version
        if function_version.function.capacity is None:
            msg = f"{function_version.function.name} has no scaling configuration: it has no capacity provider"
            raise ApiError.invalid(msg)
        return function_version

    def _provider(self, request: Request) -> CapacityProvider:
        name = request.path_params["provider"]
        for provider in self._providers:
            if name in {provider.name, provider.arn}:
                return provider
        known = ", ".join(provider.name for provider in self._providers) or "none"
        msg = f"capacity provider not found: {name} (capacity providers here: {known})"
        raise ApiError.not_found(msg)

    def _listed(self, key: str, items: Sequence[Mapping[str, Any]], request: Request, **more: str) -> Response:
        listed, marker = page(items, request.query_params, default=_MAX_ITEMS, maximum=_MAX_ITEMS)
        return json_response({key: list(listed), **marker, **more})


def _alias(function: AppFunction, name: str) -> dict[str, Any]:
    return {"AliasArn": f"{function.arn}:{name}", "Name": name, "FunctionVersion": function.aliases[name]}


def _configuration(function_version: FunctionVersion, qualifier: str) -> dict[str, Any]:
    function = function_version.function
    configuration: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": f"{function.arn}:{qualifier}",
        "Runtime": function.runtime,
        "Handler": function.handler,
        "Description": function.description,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Version": function.version,
        "Environment": {"Variables": dict(function.environment)},
        **function_version.state.members(),
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": function.log_level,
            "LogGroup": function.log_group,
        },
    }
    if function.capacity is not None:
        provider = {
            "CapacityProviderArn": function.capacity.provider_arn,
            "PerExecutionEnvironmentMaxConcurrency": function.concurrency,
            "ExecutionEnvironmentMemoryGiBPerVCpu": function.capacity.gib_per_vcpu,
        }
        configuration["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": provider}
    if function.durable is not None:
        configuration["DurableConfig"] = {
            "ExecutionTimeout": function.durable.execution_timeout,
            "RetentionPeriodInDays": function.durable.retention_days,
        }
    return configuration
