"""The Lambda API's calls on scaling and capacity providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.json_response import json_response, listed_response
from durable_mi.local.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from durable_mi.local.app.capacity_providers import CapacityProvider
    from durable_mi.local.workers.function_version import FunctionVersion
    from durable_mi.local.workers.registry import FunctionRegistry

__all__ = ["CapacityApi"]


class CapacityApi:
    """Shows the capacity providers, and changes how many environments a version has.

    Args:
        registry: The functions.
        providers: The capacity providers of the app.
    """

    def __init__(self, registry: FunctionRegistry, providers: Sequence[CapacityProvider]) -> None:
        self._registry = registry
        self._providers = providers

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        scaling = "/2025-11-30/functions/{function:path}/function-scaling-config"
        providers = "/2025-11-30/capacity-providers"
        return [
            Route(scaling, self.get_scaling, methods=["GET"]),
            Route(scaling, self.put_scaling, methods=["PUT"]),
            Route(providers, self.list_providers, methods=["GET"]),
            Route(f"{providers}/{{provider}}", self.get_provider, methods=["GET"]),
            Route(f"{providers}/{{provider}}/function-versions", self.list_provider_versions, methods=["GET"]),
        ]

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
        return listed_response("CapacityProviders", [each.description for each in self._providers], request)

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
        return listed_response("FunctionVersions", versions, request, CapacityProviderArn=provider.arn)

    def _scalable(self, request: Request) -> FunctionVersion:
        function_version = self._registry.resolve(
            request.path_params["function"], request.query_params.get("Qualifier")
        ).function_version
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
