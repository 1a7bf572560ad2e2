"""A small model of the services that a pass calls, behind real boto3 clients.

Requests and answers are validated against botocore's own shapes, so that a call that AWS would not take fails here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.validate import validate_parameters

from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint
from durable_mi.release.client import ReleaseClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_cloudformation import CloudFormationClient

    from durable_mi.operate.connection import TableClient

FUNCTION = "Orders"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"
PROVIDER_ARN = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:Shared"
STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/00000000-0000-0000-0000-000000000001"
TAGS = {
    "durable-mi:releases": "drain rollback-window=1800 draining-min=1 keep=3",
    "durable-mi:environments": "3",
    "aws:cloudformation:stack-id": STACK_ID,
    "aws:cloudformation:stack-name": "Shop",
}


class RejectedCall(Exception):  # noqa: N818 - an answer of the service
    """An error that the service answers with."""

    def __init__(self, code: str, message: str = "no", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


@dataclass
class Version:
    """A version of the model."""

    minimum: int = 3
    maximum: int | None = None
    state: str = "Active"
    executions: list[str] = field(default_factory=list)


@dataclass
class Service:
    """One function with its versions, alias and stack, and a log of the calls.

    Attributes:
        overrides: Answers instead of the model's, by the name of the operation: what they return, or an error.
        before: Called with each operation's name and parameters before it is answered.
    """

    versions: dict[str, Version] = field(default_factory=dict)
    alias: str = "1"
    weights: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=lambda: dict(TAGS))
    provider_tags: dict[str, str] = field(default_factory=lambda: dict(TAGS))
    providers_in_stack: list[str] = field(default_factory=lambda: ["Shared"])
    stack_status: str = "UPDATE_COMPLETE"
    stack_updated: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    overrides: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    before: Callable[[str, Mapping[str, Any]], None] = lambda _name, _parameters: None
    history: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def connection(self) -> Connection:
        """Return the connection, whose calls this model answers from now on."""
        _answering.clear()
        _answering.append(self)
        return _connection()

    def client(self) -> ReleaseClient:
        """Return a client whose calls this answers."""
        return ReleaseClient(self.connection())

    def names(self) -> list[str]:
        """Return the names of the operations that were called."""
        return [name for name, _ in self.calls]

    def changes(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the calls that change something."""
        return [(name, given) for name, given in self.calls if name.startswith(("Put", "Delete", "Update"))]

    def modelled(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the model's answer to an operation."""
        answer: dict[str, Any] = getattr(self, f"_{operation}")(given)
        return answer

    def answer(self, model: Any, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Answer a call as the service would."""
        name = model.name
        self.before(name, given)
        self.calls.append((name, given))
        try:
            answer = self.overrides[name](given) if name in self.overrides else self.modelled(name, given)
        except RejectedCall as error:
            body = {"Error": {"Code": error.code, "Message": str(error)}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=error.status, headers={}), body
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200, headers={}), answer

    def _GetFunctionConfiguration(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        number = given.get("Qualifier")
        state = {} if number is None else {"State": self._version(number).state}
        return {
            "FunctionArn": FUNCTION_ARN if number is None else f"{FUNCTION_ARN}:{number}",
            "LastModified": "2026-01-01T00:00:00.000+0000",
            "MemorySize": 4096,
            "Architectures": ["arm64"],
            "DurableConfig": {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 14},
            "CapacityProviderConfig": {
                "LambdaManagedInstancesCapacityProviderConfig": {
                    "CapacityProviderArn": PROVIDER_ARN,
                    "ExecutionEnvironmentMemoryGiBPerVCpu": 4.0,
                }
            },
            **state,
        }

    def _ListTags(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Tags": self.tags if given["Resource"] == FUNCTION_ARN else self.provider_tags}

    def _ListAliases(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        alias = {"Name": "live", "FunctionVersion": self.alias, "RevisionId": "r1"}
        weights = {"RoutingConfig": {"AdditionalVersionWeights": self.weights}} if self.weights else {}
        return {"Aliases": [{**alias, **weights}]}

    def _ListVersionsByFunction(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        return {"Versions": [{"Version": number} for number in ("$LATEST", "$LATEST.PUBLISHED", *self.versions)]}

    def _GetFunctionScalingConfig(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        version = self._version(given["Qualifier"])
        most = {} if version.maximum is None else {"MaxExecutionEnvironments": version.maximum}
        return {"RequestedFunctionScalingConfig": {"MinExecutionEnvironments": version.minimum, **most}}

    def _PutFunctionScalingConfig(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        version, numbers = self._version(given["Qualifier"]), given["FunctionScalingConfig"]
        version.minimum = numbers["MinExecutionEnvironments"]
        version.maximum = numbers["MaxExecutionEnvironments"]
        version.state = "Active" if version.minimum else "Deactivated"
        return {"FunctionState": version.state}

    def _ListDurableExecutionsByFunction(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        version = self._version(given["Qualifier"])
        statuses = given.get("Statuses")
        return {
            "DurableExecutions": [
                execution(given["Qualifier"], status, number)
                for number, status in enumerate(version.executions)
                if statuses is None or status in statuses
            ]
        }

    def _GetFunctionEventInvokeConfig(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        raise RejectedCall(code="ResourceNotFoundException", status=404)

    def _ListFunctionVersionsByCapacityProvider(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        versions = [
            {"FunctionArn": f"{FUNCTION_ARN}:{number}", "State": version.state}
            for number, version in self.versions.items()
        ]
        return {"CapacityProviderArn": PROVIDER_ARN, "FunctionVersions": versions}

    def _GetCapacityProvider(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {
            "CapacityProvider": {
                "CapacityProviderArn": given["CapacityProviderName"],
                "State": "Active",
                "VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]},
                "PermissionsConfig": {"CapacityProviderOperatorRoleArn": "arn:aws:iam::123456789012:role/r"},
                "CapacityProviderScalingConfig": {"MaxVCpuCount": 400},
            }
        }

    def _GetDurableExecutionHistory(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        return {"Events": self.history}

    def _UpdateAlias(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.alias = given["FunctionVersion"]
        self.weights = given["RoutingConfig"]["AdditionalVersionWeights"]
        return {"Name": "live", "FunctionVersion": self.alias}

    def _DeleteFunction(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        del self.versions[given["Qualifier"]]
        return {"StatusCode": 204}

    def _DescribeStacks(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        stack = {
            "StackName": "Shop",
            "StackStatus": self.stack_status,
            "CreationTime": datetime(2025, 1, 1, tzinfo=UTC),
        }
        return {"Stacks": [{**stack, "LastUpdatedTime": self.stack_updated}]}

    def _ListStackResources(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802, ARG002
        kinds = [*(("AWS::Lambda::CapacityProvider", each) for each in self.providers_in_stack)]
        return {"StackResourceSummaries": [_resource(kind, name) for kind, name in (*kinds, (_FUNCTION, FUNCTION))]}

    def _GetItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = self.items.get(given["Key"]["function"]["S"])
        return {} if item is None else {"Item": item}

    def _PutItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        item = given["Item"]
        there = self.items.get(item["function"]["S"], {}).get("revision")
        values = given.get("ExpressionAttributeValues")
        expected = None if values is None else values[":seen"]
        condition = "attribute_not_exists(#revision)" if values is None else "#revision = :seen"
        if given["ConditionExpression"] != condition or given["ExpressionAttributeNames"] != {"#revision": "revision"}:
            raise RejectedCall(code="ValidationException")
        if there != expected:
            raise RejectedCall(code="ConditionalCheckFailedException")
        self.items[item["function"]["S"]] = item
        return {}

    def _version(self, number: str) -> Version:
        if number not in self.versions:
            raise RejectedCall(code="ResourceNotFoundException", status=404)
        return self.versions[number]


_FUNCTION = "AWS::Lambda::Function"
_answering: list[Service] = []


class _Connection(Connection):
    """A connection that makes each client once, because that takes a while."""

    @cache  # noqa: B019 - there is one
    def stacks(self) -> CloudFormationClient:
        """Return the CloudFormation client."""
        return Connection.stacks(self)

    @cache  # noqa: B019 - there is one
    def tables(self) -> TableClient:
        """Return the DynamoDB client."""
        return Connection.tables(self)

    def __hash__(self) -> int:
        """Return what tells it from others."""
        return id(self)


@cache
def _connection() -> Connection:
    """Return one connection for all models."""
    connection = _Connection.open(endpoint=Endpoint.parse("http://127.0.0.1:1"), profile=None, region="us-east-1")
    asked: list[dict[str, Any]] = []

    # The stubs say that handlers return nothing; what this event's handler returns is the answer.
    def answer(model: Any, **_: object) -> Any:
        return _answering[0].answer(model, asked[-1])

    for events in (connection.functions.meta.events, connection.session.events):
        events.register("before-parameter-build", lambda params, **_: asked.append(dict(params)))
        events.register("before-call", answer)
    return connection


def error(code: str, status: int = 400) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return an answer that is an error."""

    def answer(_: Mapping[str, Any]) -> dict[str, Any]:
        raise RejectedCall(code, status=status)

    return answer


def execution(version: str, status: str, number: int = 0) -> dict[str, Any]:
    """Return an execution as a list has it."""
    return {
        "DurableExecutionArn": f"{FUNCTION_ARN}:{version}/durable-execution/e{number}/{number:08}",
        "DurableExecutionName": f"e{number}",
        "FunctionArn": f"{FUNCTION_ARN}:{version}",
        "Status": status,
        "StartTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }


def _resource(kind: str, name: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": name,
        "PhysicalResourceId": name,
        "ResourceType": kind,
        "LastUpdatedTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "ResourceStatus": "CREATE_COMPLETE",
    }
