"""The Lambda API's calls on scaling and capacity providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from durable_mi import limits
from durable_mi.local.api.json_response import json_response, listed_response
from durable_mi.local.api.request_shape import json_members
from durable_mi.local.api_error import ApiError
from durable_mi.local.request_members import check_pattern
from durable_mi.local.workers.release.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        self._providers = list(providers)

    def routes(self) -> list[Route]:
        """Return the paths of the API."""
        scaling = "/2025-11-30/functions/{function:path}/function-scaling-config"
        providers = "/2025-11-30/capacity-providers"
        return [
            Route(scaling, self.get_scaling, methods=["GET"]),
            Route(scaling, self.put_scaling, methods=["PUT"]),
            Route(providers, self.list_providers, methods=["GET"]),
            Route(f"{providers}/{{provider}}", self.get_provider, methods=["GET"]),
            Route(f"{providers}/{{provider}}", self.delete_provider, methods=["DELETE"]),
            Route(f"{providers}/{{provider}}/function-versions", self.list_provider_versions, methods=["GET"]),
        ]

    async def get_scaling(self, request: Request) -> Response:
        """Serve GetFunctionScalingConfig: the requested and the running environments."""
        function_version = self._scalable(request)
        qualifier = request.query_params["Qualifier"]
        return json_response(
            {
                "FunctionArn": f"{function_version.function.arn}:{qualifier}",
                "AppliedFunctionScalingConfig": function_version.applied.members(),
                "RequestedFunctionScalingConfig": function_version.requested.members(),
            }
        )

    async def put_scaling(self, request: Request) -> Response:
        """Serve PutFunctionScalingConfig: start or end execution environments of a version."""
        function_version = self._scalable(request)
        function_version.request_scaling(_scaling((await json_members(request)).get("FunctionScalingConfig")))
        return json_response({"FunctionState": function_version.state.state}, 202)

    async def list_providers(self, request: Request) -> Response:
        """Serve ListCapacityProviders."""
        return listed_response("CapacityProviders", [each.description for each in self._providers], request)

    async def get_provider(self, request: Request) -> Response:
        """Serve GetCapacityProvider."""
        return json_response({"CapacityProvider": self._provider(request).description})

    async def delete_provider(self, request: Request) -> Response:
        """Serve DeleteCapacityProvider: of one that no version is on, which is gone at once."""
        provider = self._provider(request)
        if versions := len(self._versions(provider)):
            msg = f"The capacity provider is currently in use by {versions} functions and can't be deleted."
            raise ApiError.conflict(msg)
        self._providers.remove(provider)
        return json_response({"CapacityProvider": {**provider.description, "State": "Deleting"}}, 202)

    async def list_provider_versions(self, request: Request) -> Response:
        """Serve ListFunctionVersionsByCapacityProvider."""
        provider = self._provider(request)
        versions = [
            {"FunctionArn": f"{each.function.arn}:{each.function.version}", "State": each.state.state}
            for each in self._versions(provider)
        ]
        return listed_response("FunctionVersions", versions, request, CapacityProviderArn=provider.arn)

    def _versions(self, provider: CapacityProvider) -> list[FunctionVersion]:
        return [
            each
            for each in self._registry
            if each.function.capacity is not None and each.function.capacity.provider_arn == provider.arn
        ]

    def _scalable(self, request: Request) -> FunctionVersion:
        name = check_pattern(
            request.path_params["function"], "functionName", limits.UNQUALIFIED_FUNCTION.pattern, maximum=140
        )
        qualifier = check_pattern(
            request.query_params.get("Qualifier"), "qualifier", r"(\$LATEST\.PUBLISHED|[0-9]+)", maximum=128
        )
        function_version = self._registry.describe(name, qualifier).function_version
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


def _scaling(config: object) -> Scaling:
    """Return the numbers of a ``FunctionScalingConfig``, in which one that is left out is the service's default.

    Raises:
        ApiError: A number is none, out of range, or contradicts the other.
    """
    given = {} if config is None else config
    if not isinstance(given, dict):
        msg = f"FunctionScalingConfig must be an object, got {given}"
        raise ApiError(400, "SerializationException", msg)
    minimum = _number(given, "MinExecutionEnvironments", limits.DEFAULT_MIN_EXECUTION_ENVIRONMENTS)
    maximum = _number(given, "MaxExecutionEnvironments", limits.MAX_EXECUTION_ENVIRONMENTS)
    if minimum > maximum:
        left_out = " (the default, since it was left out)"
        msg = (
            "MinExecutionEnvironments must be at most MaxExecutionEnvironments, got "
            f"{minimum}{'' if 'MinExecutionEnvironments' in given else left_out} and {maximum}: set both numbers"
        )
        raise ApiError.invalid(msg)
    if minimum == 0 and maximum != 0:
        left_out = "no maximum" if given.get("MaxExecutionEnvironments") is None else str(maximum)
        msg = (
            f"MinExecutionEnvironments must be 1 or more unless MaxExecutionEnvironments is 0, got 0 and {left_out}: "
            "set both numbers"
        )
        raise ApiError.invalid(msg)
    return Scaling(minimum, given.get("MaxExecutionEnvironments"))


def _number(config: Mapping[str, object], name: str, default: int) -> int:
    number = config.get(name)
    if number is None:
        return default
    least, most = limits.MIN_EXECUTION_ENVIRONMENTS, limits.MAX_EXECUTION_ENVIRONMENTS
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        msg = f"{name} must be a whole number from {least} to {most}, got {number}"
        raise ApiError.invalid(msg)
    return number
