"""The calls of the Lambda API that a pass over versions makes, which moto does not have or answers differently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse

from tests.deploy.server.capacity_provider import CapacityProvider
from tests.deploy.server.event_invoke_config import EventInvokeConfig
from tests.deploy.server.function import Function, stored

if TYPE_CHECKING:
    from moto.core.common_types import TYPE_RESPONSE

__all__ = ["serve_releases"]

_FUNCTION: Final = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)"


class _Releases(LambdaResponse):
    """Numbers and executions of versions."""

    def get_function_scaling_config(self) -> TYPE_RESPONSE:
        numbers = self._version().scaling
        return 200, {}, json.dumps({"AppliedFunctionScalingConfig": numbers, "RequestedFunctionScalingConfig": numbers})

    def put_function_scaling_config(self) -> TYPE_RESPONSE:
        version = self._version()
        version.scaling = json.loads(self.body)["FunctionScalingConfig"]
        return 202, {}, json.dumps({"FunctionState": version.version_state})

    def list_durable_executions_by_function(self) -> TYPE_RESPONSE:
        statuses = self.querystring.get("Statuses")
        found = [it for it in self._version().executions if statuses is None or it["Status"] in statuses]
        return 200, {}, json.dumps({"DurableExecutions": found})

    def _version(self) -> Function:
        name = unquote(self.path.split("/")[3])
        return cast("Function", self.backend.get_function(name, self._get_param("Qualifier")))


def _invoke(response: LambdaResponse) -> TYPE_RESPONSE:
    """Start an execution that never ends: nothing runs here."""
    name = unquote(response.path.split("/")[3])
    version = cast("Function", response.backend.get_function(name, response._get_param("Qualifier")))  # noqa: SLF001 - moto's way
    return 202, {"X-Amz-Durable-Execution-Arn": version.start_execution()}, ""


def _delete_function(response: LambdaResponse) -> TYPE_RESPONSE:
    """Delete one version, which no alias may name. Whole functions are deleted by their stacks."""
    name, number = unquote(response.path.rsplit("/", 1)[-1]), response._get_param("Qualifier")  # noqa: SLF001 - moto's way
    aliases = [it.name for it in response.backend.list_aliases(name) if it.function_version == number]
    if number is None or aliases:
        message = f"Unable to delete version because the following aliases reference it: {aliases}"
        return 409, {"x-amzn-ErrorType": "ResourceConflictException"}, json.dumps({"Message": message})
    version = cast("Function", response.backend.get_function(name, number))
    stored(response.backend)[name]["versions"].remove(version)
    if version.capacity_provider is not None:
        version.capacity_provider.attached.discard(version.function_arn)
    return 204, {}, ""


def _list_tags(response: LambdaResponse) -> str:
    """Return the tags of the template, with those that CloudFormation adds."""
    arn = unquote(response.path.split("/tags/", 1)[1])
    found: Any = CapacityProvider.by_arn.get(arn) or response.backend.get_function(arn)
    tags = {it["Key"]: it["Value"] for it in found.properties.get("Tags", [])}
    return json.dumps({"Tags": {**tags, **found.tags_of_stack}})


def _get_event_invoke_config(response: LambdaResponse) -> TYPE_RESPONSE:
    name, qualifier = unquote(response.path.split("/")[3]), response._get_param("Qualifier")  # noqa: SLF001 - moto's way
    config = EventInvokeConfig.by_qualifier.get((response.current_account, response.region, name, qualifier))
    if config is None:
        message = f"The function {name}:{qualifier} doesn't have an EventInvokeConfig"
        return 404, {"x-amzn-ErrorType": "ResourceNotFoundException"}, json.dumps({"Message": message})
    return 200, {}, json.dumps(config.describe())


def serve_releases() -> None:
    """Add the calls to moto's, and put others in the place of moto's own."""
    urls.url_paths[rf"{_FUNCTION}/function-scaling-config$"] = _Releases.dispatch
    urls.url_paths[rf"{_FUNCTION}/durable-executions$"] = _Releases.dispatch
    for name, replacement in (
        ("invoke", _invoke),
        ("delete_function", _delete_function),
        ("list_tags", _list_tags),
        ("get_function_event_invoke_config", _get_event_invoke_config),
    ):
        setattr(LambdaResponse, name, replacement)
