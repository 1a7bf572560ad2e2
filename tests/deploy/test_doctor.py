"""`durable-mi doctor` over the example as the CDK CLI deploys it: silent, and then one thing after the other broken."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.deploy.account import TOOLS
from tests.deploy.example import STACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.example import Example

pytestmark = pytest.mark.slow


def doctor(example: Example) -> tuple[int, dict[str, Any]]:
    """Run the command; returns its exit status and its document."""
    done = example.account.run([str(TOOLS / "durable-mi"), "doctor", "--stack", STACK, "--output", "json"])
    return done.status, json.loads(done.output)


def client(example: Example, service: str) -> Any:
    """Return a client of the account."""
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=example.account.url or None,
        region_name=example.account.region,
        aws_access_key_id="rehearsal",
        aws_secret_access_key="rehearsal",  # noqa: S106 - a dummy
        config=Config(retries={"max_attempts": 0}),
    )


def test_deployed_example_is_healthy(example: Example) -> None:
    """Nothing is wrong and everything could be read; that it has no alarm is a note."""
    status, report = doctor(example)

    assert [] == report["findings"]
    assert [] == report["unread"]
    assert ["alarms"] == [each["id"] for each in report["notes"]]
    assert 0 == status


@contextmanager
def _without_nat_routes(example: Example) -> Iterator[None]:
    ec2 = client(example, "ec2")
    tables = ec2.describe_route_tables()["RouteTables"]
    removed = [
        (table["RouteTableId"], route["NatGatewayId"])
        for table in tables
        for route in table["Routes"]
        if route.get("NatGatewayId")
    ]
    for table, _ in removed:
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    yield
    for table, gateway in removed:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)


@contextmanager
def _with_dead_letters(example: Example) -> Iterator[None]:
    sqs = client(example, "sqs")
    (queue,) = example.all("AWS::SQS::Queue")
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    yield
    sqs.purge_queue(QueueUrl=queue)


@contextmanager
def _parked(example: Example) -> Iterator[None]:
    functions, name = client(example, "lambda"), example.outputs["FunctionName"]
    version = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    before = functions.get_function_scaling_config(FunctionName=name, Qualifier=version)

    def put(minimum: int, maximum: int) -> None:
        functions.put_function_scaling_config(
            FunctionName=name,
            Qualifier=version,
            FunctionScalingConfig={"MinExecutionEnvironments": minimum, "MaxExecutionEnvironments": maximum},
        )

    put(0, 0)
    yield
    numbers = before["RequestedFunctionScalingConfig"]
    put(numbers["MinExecutionEnvironments"], numbers.get("MaxExecutionEnvironments", 15000))


@contextmanager
def _without_permission(example: Example) -> Iterator[None]:
    iam = client(example, "iam")
    role = client(example, "lambda").get_function_configuration(FunctionName=example.outputs["FunctionName"])["Role"]
    name = role.rpartition("/")[2]
    inline = {
        each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
        for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    attached = [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    for each in inline:
        iam.delete_role_policy(RoleName=name, PolicyName=each)
    for each in attached:
        iam.detach_role_policy(RoleName=name, PolicyArn=each)
    yield
    for each, document in inline.items():
        iam.put_role_policy(RoleName=name, PolicyName=each, PolicyDocument=json.dumps(document))
    for each in attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=each)


@pytest.mark.parametrize(
    ("broken", "ids"),
    [
        (_without_nat_routes, {"network"}),
        (_with_dead_letters, {"dead-letters"}),
        (_parked, {"alias"}),
        (_without_permission, {"role", "log-permission"}),
    ],
)
def test_broken_example_is_named(example: Example, broken: Any, ids: set[str]) -> None:
    """One thing is broken in the account, and found by its id."""
    with broken(example):
        status, report = doctor(example)

    assert ids == {each["id"] for each in report["findings"]}
    assert 1 == status
