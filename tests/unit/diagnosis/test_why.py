"""What only AWS has: network, roles, metrics, throttles. And what may not be read, from which nothing is concluded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from durable_mi import limits
from durable_mi.release.scaling import PARKED
from tests.unit.diagnosis.account import ROLE, Account, account, diagnose, endpoint, event, execution, network

CLOSED_ROUTES = {
    "RouteTables": [
        {
            "Associations": [{"Main": True}],
            "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}],
        }
    ]
}
HALF_OPEN = {
    "RouteTables": [
        {
            "Associations": [{"SubnetId": "subnet-a"}],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}],
        },
        {
            "Associations": [{"SubnetId": "subnet-public"}],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}],
        },
        *CLOSED_ROUTES["RouteTables"],
    ]
}
CLOSED_GROUPS = {
    "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [], "IpPermissionsEgress": []}],
}
GROUPS_OF_ENDPOINT = {
    "SecurityGroups": [
        {
            "GroupId": "sg-1",
            "IpPermissions": [],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        },
        {"GroupId": "sg-endpoint", "IpPermissions": [], "IpPermissionsEgress": []},
    ]
}
DENYING = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "*"}]}
)


def metrics(**values: float) -> dict[str, Any]:
    """Return an answer of ``GetMetricData``."""
    return {"MetricDataResults": [{"Id": name, "Values": [value]} for name, value in values.items()]}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"DescribeRouteTables": CLOSED_ROUTES}, "no subnet has a way to the lambda API"),
        ({"DescribeRouteTables": HALF_OPEN}, "only 1 of 2 subnets has a way to the lambda API"),
        ({"DescribeNatGateways": {"NatGateways": [{"NatGatewayId": "nat-1", "State": "failed"}]}}, "state failed"),
        ({"DescribeSecurityGroups": CLOSED_GROUPS}, "allows no connection to port 443"),
        (
            {"DescribeRouteTables": CLOSED_ROUTES, "DescribeVpcEndpoints": endpoint(PrivateDnsEnabled=False)},
            "vpce-1 has no private DNS",
        ),
        (
            {
                "DescribeVpcEndpoints": endpoint(Groups=[{"GroupId": "sg-endpoint"}]),
                "DescribeSecurityGroups": GROUPS_OF_ENDPOINT,
            },
            "sg-endpoint of the lambda endpoint vpce-1 admits no connection",
        ),
        ({"DescribeVpcEndpoints": endpoint(PolicyDocument=DENYING)}, "the policy of the lambda endpoint vpce-1"),
        ({"DescribeVpcEndpoints": endpoint(State="failed")}, "state failed"),
    ],
)
def test_no_checkpoint_for_want_of_a_way_to_the_api(changes: dict[str, Any], text: str) -> None:
    """The cause is the network, and it is named."""
    found = diagnose(account([], **{key.replace(":", "_"): value for key, value in network(**changes).items()}))

    assert "no-network-path" == found.kind
    assert "cannot reach the Lambda API" in found.paragraph
    assert text in found.paragraph


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"DescribeRouteTables": CLOSED_ROUTES, "DescribeVpcEndpoints": endpoint()},
        {
            "DescribeRouteTables": {
                "RouteTables": [
                    {
                        "Associations": [{"Main": True}],
                        "Routes": [
                            {"DestinationCidrBlock": "0.0.0.0/0", "TransitGatewayId": "tgw-1", "State": "active"}
                        ],
                    }
                ]
            }
        },
    ],
    ids=["NAT", "endpoint", "transit gateway"],
)
def test_a_way_or_an_unknown_one_is_no_cause(changes: dict[str, Any]) -> None:
    """Nothing is claimed of a network that leads out, or to where nothing is known of."""
    found = diagnose(account([], **{key.replace(":", "_"): value for key, value in network(**changes).items()}))

    assert "no-checkpoint" == found.kind
    assert (
        "No reason was found in the version's state, the role's policies, the network, the metrics" in found.paragraph
    )


def test_role_that_may_not_checkpoint() -> None:
    """The role's policies are read, and the missing actions are named."""
    policy = {"Statement": {"Effect": "Allow", "Action": "lambda:Get*", "Resource": "*"}}
    answer = {"RoleName": "orders-role", "PolicyName": "own", "PolicyDocument": json.dumps(policy)}
    found = diagnose(account([], iam_GetRolePolicy=answer))

    assert "no-permission" == found.kind
    assert "orders-role does not allow lambda:CheckpointDurableExecution on this execution" in found.paragraph


def test_condition_in_a_policy_is_no_denial() -> None:
    """Whether a condition holds is not known here."""
    statement = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*", "Condition": {"Bool": {"x": "true"}}}
    answer = {"RoleName": "r", "PolicyName": "own", "PolicyDocument": json.dumps({"Statement": [statement]})}

    assert "no-checkpoint" == diagnose(account([], iam_GetRolePolicy=answer)).kind


WAITED = [event("WaitStarted", 1, name="pause", Duration=60), event("InvocationCompleted", 2, RequestId="r")]
WAITED[0]["WaitStartedDetails"]["ScheduledEndTimestamp"] = WAITED[0]["EventTimestamp"]


@pytest.mark.parametrize(
    ("values", "kind", "text"),
    [
        ({"throttles": 12}, "throttled", "throttled 12 invocations"),
        ({"concurrency": 48, "limit": 48}, "workers-busy", "up to 48 invocations at once"),
        ({"used": 97}, "quota-near", "97 % of its quota"),
        ({"concurrency": 47, "limit": 48, "used": 79, "throttles": 0}, "not-invoked", "Wait pause was due"),
        ({}, "not-invoked", "Wait pause was due"),
    ],
)
def test_metrics_say_why_what_is_due_is_not_invoked(values: dict[str, float], kind: str, text: str) -> None:
    """A metric alone is no reason; one together with an invocation that is overdue is."""
    found = diagnose(account(WAITED, cloudwatch_GetMetricData=metrics(**values)))

    assert kind == found.kind
    assert text in found.paragraph


def test_metrics_alone_are_no_reason() -> None:
    """An execution that waits for its callback waits for it, however many throttles there are."""
    callback = [event("CallbackStarted", 1, name="approval", CallbackId="c" * 20, Timeout=3600)]
    made = account(callback, cloudwatch_GetMetricData=metrics(throttles=99, concurrency=4, limit=4, used=100))

    assert "callback" == diagnose(made).kind
    assert not any(each.startswith(("cloudwatch", "ec2", "iam")) for each in made.asked)


def test_near_the_operations_of_an_execution(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history shows how many there are; what is waited for stays what it is."""
    monkeypatch.setattr(limits, "MAX_OPERATIONS", 10)
    events = []
    for number in range(8):
        events += [event("StepStarted", number, id_=str(number)), event("StepSucceeded", number, id_=str(number))]
    running = event("StepStarted", 20, name="next", id_="next")
    callback = event("CallbackStarted", 20, name="approval", id_="next", CallbackId="c" * 20)
    near, waiting = (
        diagnose(account([*events, running]), after_s=30),
        diagnose(account([*events, callback]), after_s=30),
    )

    assert "quota-near" == near.kind
    assert "9 of 10 operations" in near.paragraph
    assert "step next" in near.paragraph
    assert "callback" == waiting.kind
    assert "9 of 10 operations" in waiting.paragraph


def test_handler_that_cannot_be_loaded() -> None:
    """The platform's own line names the error."""
    line = json.dumps(
        {
            "time": "2026-11-26T09:06:00.000Z",
            "type": "platform.initReport",
            "record": {"functionVersion": "3", "status": "error", "errorType": "Runtime.ImportModuleError"},
        }
    )
    other = line.replace('"3"', '"2"')

    assert "invocation-fails" == diagnose(account([]), log=(line,)).kind
    assert "Runtime.ImportModuleError" in diagnose(account([]), log=(line,)).paragraph
    assert "no-checkpoint" == diagnose(account([]), log=(other,)).kind


def test_invocations_that_fail() -> None:
    """The error of the last one, as the history has it."""
    error = {"Payload": {"ErrorType": "Runtime.ExitError", "ErrorMessage": "signal: killed"}}
    times = {"StartTimestamp": execution()["StartTimestamp"], "EndTimestamp": event("x", 9)["EventTimestamp"]}
    failed = event("InvocationCompleted", 9, RequestId="r", Error=error, **times)
    started = event("StepStarted", 1, name="export")
    found = diagnose(account([started, failed]), after_s=20)

    assert "invocation-fails" == found.kind
    assert "Runtime.ExitError: signal: killed" in found.paragraph
    # It got further after that.
    assert "step-runs" == diagnose(account([started, failed, event("StepStarted", 12, id_="2")]), after_s=20).kind


def test_parked_and_deactivated_versions() -> None:
    """By its numbers, or by its state."""
    assert "parked-version" == diagnose(account(WAITED), scaling=PARKED).kind
    configuration = {**account([]).answers["lambda:GetFunctionConfiguration"], "State": "Deactivated"}
    assert "parked-version" == diagnose(account(WAITED, lambda_GetFunctionConfiguration=configuration)).kind


@pytest.mark.parametrize(
    ("status", "events", "kind", "text"),
    [
        ("STOPPED", [event("CallbackStarted", 1, name="approval")], "stopped", "while it waited for callback approval"),
        ("TIMED_OUT", [event("WaitStarted", 1, name="pause")], "timed-out", "while it slept in wait pause"),
        ("TIMED_OUT", [], "timed-out", "had not reached its first operation"),
        ("SUCCEEDED", [], "succeeded", "It succeeded"),
        ("DELETING", [], "deleted", "deleted"),
    ],
)
def test_ended_executions(status: str, events: list[dict[str, Any]], kind: str, text: str) -> None:
    """How it ended, and at what."""
    found = diagnose(account(events, status=status))

    assert kind == found.kind
    assert text in found.paragraph


def test_failure_outside_of_operations() -> None:
    """An earlier step failed with another error, which the handler caught."""
    earlier = event("StepFailed", 2, name="charge", Error={"Payload": {"ErrorType": "A", "ErrorMessage": "declined"}})
    answer = execution("FAILED", Error={"ErrorType": "KeyError", "ErrorMessage": "'total'"})
    found = diagnose(account([event("StepStarted", 1, name="charge"), earlier], lambda_GetDurableExecution=answer))

    assert "failed" == found.kind
    assert "in the handler, outside of its operations: KeyError: 'total'" in found.paragraph


def test_nothing_is_concluded_from_what_may_not_be_read() -> None:
    """Each missing permission is named, and none is taken as a cause."""
    actions = (
        "lambda_GetFunctionConfiguration",
        "lambda_GetCapacityProvider",
        "cloudwatch_GetMetricData",
        "iam_GetRole",
    )
    denied = {**dict.fromkeys(actions, "AccessDeniedException"), "ec2_DescribeSubnets": "UnauthorizedOperation"}
    for name, code in denied.items():
        found = diagnose(account([], **{name: code}))
        assert "no-checkpoint" == found.kind, name
        assert any(name.replace("_", ":", 1) in line for line in found.unread), name
    everything = diagnose(account([], **denied))
    assert "no-checkpoint" == everything.kind
    assert "What it runs on could not be read." in everything.paragraph


def test_a_young_execution_is_not_stuck() -> None:
    """Nothing is read of what it runs on, and nothing claimed."""
    made: Account = account([])

    assert "started" == diagnose(made, after_s=5).kind
    assert "ec2:DescribeSubnets" not in made.asked


def test_role_arn_is_what_the_endpoint_policy_is_asked_for() -> None:
    """A policy that names the account's root admits its roles."""
    policy = {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "lambda:*DurableExecution*",
                "Resource": "*",
            }
        ]
    }
    made = account([], ec2_DescribeVpcEndpoints=endpoint(PolicyDocument=json.dumps(policy)))

    assert ROLE.startswith("arn:aws:iam::123456789012:")
    assert "no-checkpoint" == diagnose(made).kind
