"""Write local-api.md again: ``.venv/bin/python docs/reference/generate_local_api.py``."""  # noqa: INP001

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from starlette.routing import Match

from durable_mi.local.api.capacity_api import CapacityApi
from durable_mi.local.api.durable_api import DurableApi
from durable_mi.local.api.function_api import FunctionApi
from durable_mi.local.api.invoke_api import InvokeApi
from durable_mi.local.api.logs.logs_api import LogsApi
from durable_mi.local.api.release.alias_api import AliasApi
from durable_mi.local.api.release.records_api import RecordsApi
from durable_mi.local.api.release.version_api import VersionApi
from durable_mi.local.api.stacks_api import StacksApi
from durable_mi.local.api.trigger_api import TriggerApi
from durable_mi.local.app.description import AppDescription
from durable_mi.local.logs.store import LogStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.routing import Route

_INTRODUCTION = """\
# The local runtime's API

Every call of the AWS APIs that `durable-mi local` serves part of, as botocore's models list them. This page is
generated from the endpoint's routes. A call that is not served is rejected with `NotImplemented`, and the error names
the call.

There is no IAM: every caller may call everything. Responses have the members of AWS's models, and the tests validate
them. Set `AWS_ENDPOINT_URL` to the endpoint, and the AWS CLI, SAM CLI and the AWS SDKs use it.
"""

_CONFIGURATION = "no `CodeSize`, `ConfigSha256`, `RuntimeVersionConfig` and `VpcId`; `CodeSha256` is the asset's hash"
PARTLY: Final = {
    "lambda": {
        "GetFunction": f"{_CONFIGURATION}; `Code.Location` is the asset on this machine",
        "GetFunctionConfiguration": _CONFIGURATION,
        "ListFunctions": _CONFIGURATION,
        "ListVersionsByFunction": f"{_CONFIGURATION}; a version that nothing runs on any more is not listed",
        "PublishVersion": "of what the app and UpdateFunctionConfiguration say; `PublishTo` has no effect: "
        "`$LATEST.PUBLISHED` is the newest version",
        "UpdateFunctionConfiguration": "`Description`, `Timeout`, `MemorySize` and `Environment`, of functions with "
        "published versions; for the next version",
        "CreateAlias": "the versions of weights may differ in role and dead-letter queue",
        "UpdateAlias": "the versions of weights may differ in role and dead-letter queue",
        "DeleteFunction": "of one version; without `Qualifier` it is rejected",
        "ListTags": "functions and capacity providers; the tags of the template and those that CloudFormation adds",
        "GetFunctionEventInvokeConfig": "the template's; no event is discarded because of its age",
        "DeleteCapacityProvider": "it is gone at once",
        "GetPolicy": "the permissions in the app's templates; they are not enforced",
        "GetFunctionConcurrency": "the template's value; it is not enforced",
        "ListEventSourceMappings": "those of the app's templates; nothing polls their sources",
        "GetEventSourceMapping": "as ListEventSourceMappings",
        "PutFunctionScalingConfig": "the minimum is the number of execution environments; the maximum has no effect, "
        "unless both are 0",
        "ListCapacityProviders": "the `State` filter has no effect",
        "Invoke": "no `LogResult` for durable functions; `TenantId` has no effect",
    },
    "logs": {
        "DescribeLogGroups": "no retention and encryption; `storedBytes` and `metricFilterCount` are 0; one account",
        "DescribeLogStreams": "one stream for each process; `storedBytes` is 0",
        "FilterLogEvents": "lines since the start of the command; `unmask` has no effect",
        "StartLiveTail": "never sampled, no end after three hours; set `AWS_DISABLE_HOST_PREFIX_INJECTION=true`, since "
        "SDKs put `stream-` before the host",
        "GetLogEvents": "lines since the start of the command; `unmask` has no effect",
    },
    "cloudformation": {
        "DescribeStacks": "no tags and capabilities; the app as it was when the command started",
        "ListStacks": "the app as it was when the command started",
        "ListStackResources": "the app as it was when the command started",
        "DescribeStackResources": "the app as it was when the command started",
        "DescribeStackResource": "of the metadata, the construct path only",
        "GetTemplate": "the template in the cloud assembly, at every stage; no change sets",
    },
    "dynamodb": {
        "GetItem": "the release records of the app's functions only, until the command ends",
        "PutItem": "as GetItem, under the conditions of a release record",
    },
}
"""What a call that is served lacks. Calls that are not listed here lack nothing that is known."""


_SERVICES: Final = {
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "cloudformation": "CloudFormation",
    "dynamodb": "DynamoDB",
}


def reference() -> str:
    """Return the page: each call of each API."""
    parts = [_INTRODUCTION]
    for service, name in _SERVICES.items():
        calls, here = list(_model(service).operation_names), served(service)
        others = ", ".join(call for call in calls if call not in here)
        parts += [
            f"## {name}\n",
            f"{len(here)} of {len(calls)} calls are served.\n",
            "| call | here | what differs |\n|---|---|---|",
            *(_row(call, PARTLY[service].get(call)) for call in calls if call in here),
            f"\nNot served: {others}.\n",
        ]
    return "\n".join(parts)


def served(service: str) -> frozenset[str]:
    """Return the names of the calls that are served."""
    if service == "logs":
        return frozenset(LogsApi(LogStore(), region="us-east-1", account="000000000000").calls)
    nothing: Any = None
    if service == "dynamodb":
        return frozenset(RecordsApi(nothing).calls)
    if service == "cloudformation":
        return frozenset(StacksApi(()).calls)
    model = _model(service)
    return frozenset(name for name in model.operation_names if _is_routed(model.operation_model(name).http))


def _row(call: str, lacks: str | None) -> str:
    return f"| {call} | {'served' if lacks is None else 'partly'} | {lacks or ''} |"


def _model(service: str) -> Any:  # noqa: ANN401 - botocore has no types
    return botocore.session.get_session().get_service_model(service)


def _is_routed(http: dict[str, Any]) -> bool:
    path = re.sub(r"\{[^}]+\}", "x", http["requestUri"].partition("?")[0])
    scope = {"type": "http", "path": path, "method": http["method"], "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in _lambda_routes())


def _lambda_routes() -> Iterator[Route]:
    """Yield the routes of the Lambda API; to list them takes none of what they serve."""
    nothing: Any = None
    apis = (
        InvokeApi(nothing, nothing, ""),
        FunctionApi(nothing),
        VersionApi(nothing, nothing),
        AliasApi(nothing),
        CapacityApi(nothing, ()),
        TriggerApi(nothing, AppDescription()),
        DurableApi(nothing, nothing, nothing),
    )
    return (route for api in apis for route in api.routes())


if __name__ == "__main__":
    Path(__file__).with_name("local-api.md").write_text(reference(), encoding="utf-8")
