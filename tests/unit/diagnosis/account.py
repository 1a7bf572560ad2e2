"""An account that answers the calls of a diagnosis.

A fake for what only AWS has: requests and answers are validated against botocore's shapes.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from durable_mi.diagnosis.account.calls import Calls
from durable_mi.diagnosis.command import Commands
from durable_mi.diagnosis.read_evidence import EvidenceReader
from durable_mi.diagnosis.why import why
from durable_mi.operate.execution import Event, HistoryPage
from durable_mi.operate.logs import LogLine
from durable_mi.operate.translate_errors import translate_errors
from durable_mi.release.scaling import Scaling
from durable_mi.timeline.local_document import document_records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.diagnosis.diagnosis import Diagnosis
    from durable_mi.operate.client import Client
    from durable_mi.release.client import ReleaseClient

RECORDED: Final[dict[str, dict[str, Any]]] = json.loads((Path(__file__).parent / "recorded.json").read_text())
"""Executions that do not go on, as the local runtime returned them: `tests/local/test_why.py` makes them."""

STARTED: Final = datetime(2026, 11, 26, 9, 5, tzinfo=UTC)
FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:orders"
ARN: Final = f"{FUNCTION}:3/durable-execution/order-1/00000000-0000-0000-0000-000000000001"
PROVIDER: Final = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:Shared"
ROLE: Final = "arn:aws:iam::123456789012:role/orders-role"
CHECKPOINTS: Final = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
            "Resource": f"{FUNCTION}:*",
        },
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
    ]
}


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


class Account(Calls):
    """Answers by actions.

    Args:
        answers: What each action returns: an answer, a function of the request, or the code of an error.
        is_local: Whether it is the local runtime.
    """

    def __init__(self, answers: Mapping[str, Any], *, is_local: bool = False) -> None:
        object.__setattr__(self, "answers", dict(answers))
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "is_local", is_local)
        connection = SimpleNamespace(region="us-east-1", address="us-east-1", is_loopback=is_local)
        object.__setattr__(self, "connection", connection)

    answers: dict[str, Any]
    asked: list[str]

    def call(self, action: str, subject: str, **request: Any) -> dict[str, Any]:
        """Answer a call."""
        self.asked.append(action)
        service, _, operation = action.partition(":")
        model = _model(service).operation_model(operation)
        validate_parameters(request, model.input_shape)
        answer = self.answers[action]
        if isinstance(answer, str):
            with translate_errors(action, subject=subject, address="us-east-1", is_loopback=False):
                raise ClientError({"Error": {"Code": answer, "Message": "no"}}, operation)
        found: dict[str, Any] = answer(request) if callable(answer) else answer
        validate_parameters(found, model.output_shape)
        return found


def moments(value: Any, key: str = "") -> Any:
    """Return a value in which the texts of timestamps are moments."""
    if isinstance(value, dict):
        return {name: moments(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [moments(each) for each in value]
    is_moment = key.endswith("Timestamp") and isinstance(value, str)
    return datetime.fromisoformat(value) if is_moment else value


def reader(  # noqa: PLR0913 - each of them once
    account: Account,
    histories: Mapping[str, list[Any]],
    *,
    scaling: Scaling | None = None,
    records: Callable[[str], Mapping[str, Any]] = lambda _: {},
    log: tuple[str, ...] = (),
    now: datetime,
) -> EvidenceReader:
    """Return a reader of executions."""

    def history_page(arn: str, **_: Any) -> HistoryPage:
        events = [Event.from_api({"EventId": number, **each}) for number, each in enumerate(histories[arn], 1)]
        return HistoryPage(events=events)

    def log_lines(*_: Any, **__: Any) -> list[LogLine]:
        return [LogLine.parse(each, timestamp_ms=int(now.timestamp() * 1000)) for each in log]

    numbers = scaling or Scaling(3)
    client = cast("Client", SimpleNamespace(history_page=history_page, log_lines=log_lines))
    releases = cast("ReleaseClient", SimpleNamespace(scaling=lambda *_: numbers))
    return EvidenceReader(client=client, releases=releases, calls=account, records=records, clock=lambda: now)


def recorded(case: str, *, scaling: Scaling | None = None, later: timedelta = timedelta(seconds=10)) -> Diagnosis:
    """Return the diagnosis of a recorded execution."""
    by_arn = {each["execution"]["DurableExecutionArn"]: each for each in RECORDED.values()}
    found = RECORDED[case]
    arn = found["execution"]["DurableExecutionArn"]
    names = {each["configuration"]["FunctionName"]: each["configuration"] for each in RECORDED.values()}
    account = Account(
        {
            "lambda:GetDurableExecution": lambda request: moments(
                by_arn.get(request["DurableExecutionArn"], RECORDED["callback"])["execution"]
            ),
            "lambda:GetFunctionConfiguration": lambda request: names.get(
                request["FunctionName"], RECORDED["callback"]["configuration"]
            ),
        },
        is_local=True,
    )
    histories = {key: moments(each["events"]) for key, each in by_arn.items()}
    if case == "chained":
        child = next(each for each in found["events"] if each["EventType"] == "ChainedInvokeStarted")
        child_arn = child["ChainedInvokeStartedDetails"]["DurableExecutionArn"]
        histories[child_arn] = moments(RECORDED["callback"]["events"])
    started = moments(found["execution"])["StartTimestamp"]

    def records(key: str) -> Mapping[str, Any]:
        return document_records(by_arn[key]["local"] if key in by_arn else None)

    evidence = reader(account, histories, scaling=scaling, records=records, now=started + later).read(arn)
    return why(evidence, Commands(endpoint_url="http://127.0.0.1:9000"))


def execution(status: str = "RUNNING", **members: Any) -> dict[str, Any]:
    """Return an answer of ``GetDurableExecution``."""
    return {
        "DurableExecutionArn": ARN,
        "DurableExecutionName": "order-1",
        "FunctionArn": f"{FUNCTION}:3",
        "StartTimestamp": STARTED,
        "Status": status,
        **members,
    }


def event(kind: str, at_s: float, *, name: str | None = None, id_: str = "1", **details: Any) -> dict[str, Any]:
    """Return an event of a history."""
    operation = {} if kind.startswith(("Invocation", "Execution")) else {"Id": id_, **({"Name": name} if name else {})}
    return {
        "EventType": kind,
        "EventTimestamp": STARTED + timedelta(seconds=at_s),
        **operation,
        f"{kind}Details": details,
    }


def network(**changes: Any) -> dict[str, Any]:
    """Return the calls of a private network with a NAT gateway, by action; ``changes`` by operation."""
    answers: dict[str, Any] = {
        "DescribeSubnets": {
            "Subnets": [
                {"SubnetId": "subnet-a", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"},
                {"SubnetId": "subnet-b", "VpcId": "vpc-1", "CidrBlock": "10.0.2.0/24"},
                {"SubnetId": "subnet-public", "VpcId": "vpc-1", "CidrBlock": "10.0.9.0/24"},
            ]
        },
        "DescribeRouteTables": {
            "RouteTables": [
                {
                    "Associations": [{"SubnetId": "subnet-a"}, {"SubnetId": "subnet-b"}],
                    "Routes": [
                        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
                    ],
                },
                {
                    "Associations": [{"SubnetId": "subnet-public"}],
                    "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}],
                },
            ]
        },
        "DescribeNatGateways": {
            "NatGateways": [{"NatGatewayId": "nat-1", "SubnetId": "subnet-public", "State": "available"}]
        },
        "DescribeVpcEndpoints": {"VpcEndpoints": []},
        "DescribeSecurityGroups": {
            "SecurityGroups": [
                {
                    "GroupId": "sg-1",
                    "IpPermissions": [],
                    "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
                }
            ]
        },
    }
    return {f"ec2:{name}": answer for name, answer in {**answers, **changes}.items()}


def endpoint(**members: Any) -> dict[str, Any]:
    """Return an answer of ``DescribeVpcEndpoints`` with one for Lambda."""
    one = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.us-east-1.lambda",
        "State": "available",
        "PrivateDnsEnabled": True,
        "SubnetIds": ["subnet-a"],
        "Groups": [],
        **members,
    }
    return {"VpcEndpoints": [one]}


def account(events: list[dict[str, Any]], *, status: str = "RUNNING", **answers: Any) -> Account:
    """Return an account in which everything is right, except for what ``answers`` say by ``service_Operation``."""
    right: dict[str, Any] = {
        "lambda:GetDurableExecution": execution(status),
        "lambda:GetFunctionConfiguration": {
            "FunctionName": "orders",
            "FunctionArn": f"{FUNCTION}:3",
            "Version": "3",
            "State": "Active",
            "Timeout": 900,
            "Role": ROLE,
            "CapacityProviderConfig": {
                "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": PROVIDER}
            },
        },
        "lambda:GetCapacityProvider": {
            "CapacityProvider": {
                "CapacityProviderArn": PROVIDER,
                "State": "Active",
                "VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1"]},
                "PermissionsConfig": {"CapacityProviderOperatorRoleArn": ROLE},
            }
        },
        "cloudwatch:GetMetricData": {"MetricDataResults": []},
        "iam:GetRole": {
            "Role": {
                "Path": "/",
                "RoleName": "orders-role",
                "RoleId": "AROAXXXXXXXXXXXXXXXXX",
                "Arn": ROLE,
                "CreateDate": STARTED,
            }
        },
        "iam:ListRolePolicies": {"PolicyNames": ["own"]},
        "iam:GetRolePolicy": {
            "RoleName": "orders-role",
            "PolicyName": "own",
            "PolicyDocument": json.dumps(CHECKPOINTS),
        },
        "iam:ListAttachedRolePolicies": {"AttachedPolicies": []},
        **network(),
    }
    changed = {re.sub("_", ":", name, count=1): answer for name, answer in answers.items()}
    made = Account({**right, **changed})
    object.__setattr__(made, "events", [event("ExecutionStarted", 0), *events])
    return made


def diagnose(
    made: Account, *, after_s: float = 600, scaling: Scaling | None = None, log: tuple[str, ...] = ()
) -> Diagnosis:
    """Return the diagnosis of the execution, as it is some seconds after its start."""
    events: list[Any] = made.events  # type: ignore[attr-defined] # set by account()
    now = STARTED + timedelta(seconds=after_s)
    found = reader(made, {ARN: events}, scaling=scaling, log=log, now=now).read(ARN)
    return why(found, Commands(profile="prod"))
