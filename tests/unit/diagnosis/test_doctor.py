"""Broken stacks, each named right, a healthy one that is silent, and what may not be read."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.diagnosis.command import Commands
from durable_mi.diagnosis.stack.check import Check, Report
from durable_mi.diagnosis.stack.checks import examine
from durable_mi.diagnosis.stack.read_stack import StackReader
from durable_mi.operate.errors import UsageError
from durable_mi.release.records.memory_records import MemoryRecords
from tests.unit.diagnosis.account import STARTED, account, endpoint
from tests.unit.diagnosis.test_why import CLOSED_ROUTES
from tests.unit.release.release_service import FUNCTION, FUNCTION_ARN, PROVIDER_ARN, Service, Version, error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.release.client import ReleaseClient
    from tests.unit.diagnosis.account import Account

ROLE = "arn:aws:iam::123456789012:role/orders-role"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:failed"
KEY = "arn:aws:kms:us-east-1:123456789012:key/k1"
POLICY = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
            "Resource": f"{FUNCTION_ARN}:*",
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/Orders:*",
        },
    ]
}


def _resources(given: Mapping[str, Any], **more: str) -> dict[str, Any]:
    listed = {"AWS::Lambda::Function": FUNCTION, "AWS::CloudWatch::Alarm": "Failures", **more}
    return {
        "StackResourceSummaries": [
            {
                "ResourceType": kind,
                "PhysicalResourceId": name,
                "LogicalResourceId": "R",
                "LastUpdatedTimestamp": STARTED,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for kind, name in listed.items()
            if given["StackName"] == "Shop"
        ]
    }


def healthy() -> Service:
    """Return a service with one live version, of a stack with an alarm."""
    service = Service(versions={"1": Version(executions=["SUCCEEDED"])})
    service.overrides["ListStackResources"] = _resources
    return service


def right(**answers: Any) -> Account:
    """Return an account in which the rest is right, except for ``answers``."""
    configuration = {
        "FunctionName": FUNCTION,
        "FunctionArn": FUNCTION_ARN,
        "Version": "$LATEST",
        "Role": ROLE,
        "DeadLetterConfig": {"TargetArn": QUEUE},
        "DurableConfig": {"ExecutionTimeout": 60, "KMSKeyArn": KEY},
        "CapacityProviderConfig": {
            "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": PROVIDER_ARN}
        },
    }
    alarm = {"AlarmName": "Failures", "StateValue": "OK"}
    mine: dict[str, Any] = {
        "lambda_GetFunctionConfiguration": configuration,
        "cloudwatch_DescribeAlarms": {"MetricAlarms": [alarm]},
        "sqs_GetQueueUrl": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/failed"},
        "sqs_GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "0"}},
        "kms_DescribeKey": {"KeyMetadata": {"KeyId": "k1", "KeyState": "Enabled"}},
        "iam_GetRolePolicy": policy(POLICY),
    }
    return account([], **{**mine, **answers})


def policy(document: object) -> dict[str, Any]:
    """Return an answer of ``GetRolePolicy``."""
    return {"RoleName": "orders-role", "PolicyName": "own", "PolicyDocument": json.dumps(document)}


def provider(state: str) -> dict[str, Any]:
    """Return an answer of ``GetCapacityProvider``."""
    answer: dict[str, Any] = account([]).answers["lambda:GetCapacityProvider"]
    return {"CapacityProvider": {**answer["CapacityProvider"], "State": state}}


@cache
def _releases() -> ReleaseClient:
    return Service().client()


def doctor(service: Service, made: Account) -> Report:
    """Check the stack."""
    records = MemoryRecords()
    # One client for all tests, since its making takes longer than its calls: this service answers it from now on.
    releases = _releases()
    service.connection()
    reader = StackReader(releases=releases, calls=made, store=lambda _: records)
    return examine(reader.read("Shop"), Commands())


def ids(report: Report, *, notes: bool = False) -> list[str]:
    """Return the ids of findings, or of notes."""
    return [str(each.check) for each in report.findings if each.is_note is notes]


def test_healthy_stack_is_silent() -> None:
    """Everything was read and nothing found."""
    report = doctor(healthy(), right())

    assert () == report.findings
    assert () == report.unread
    assert (FUNCTION,) == report.functions


ALARMED = {"MetricAlarms": [{"AlarmName": "Failures", "StateValue": "ALARM", "StateReason": "3 failed"}]}


@pytest.mark.parametrize(
    ("answers", "check", "text"),
    [
        ({"iam_GetRolePolicy": policy({"Statement": POLICY["Statement"][1]})}, "role", "CheckpointDurableExecution"),
        ({"iam_GetRolePolicy": policy({"Statement": POLICY["Statement"][0]})}, "log-permission", "logs:PutLogEvents"),
        ({"ec2_DescribeRouteTables": CLOSED_ROUTES}, "network", "no subnet has a way to the lambda API"),
        ({"ec2_DescribeVpcEndpoints": endpoint(State="failed")}, "network", "vpce-1 is in the state failed"),
        ({"lambda_GetCapacityProvider": provider("Failed")}, "capacity-provider", "the state is Failed"),
        ({"sqs_GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "4"}}}, "dead-letters", "4 events"),
        ({"sqs_GetQueueUrl": "AWS.SimpleQueueService.NonExistentQueue"}, "dead-letters", "does not exist"),
        ({"cloudwatch_DescribeAlarms": ALARMED}, "alarms", "it is in ALARM: 3 failed"),
        (
            {"kms_DescribeKey": {"KeyMetadata": {"KeyId": "k1", "KeyState": "PendingDeletion"}}},
            "encryption-key",
            "PendingDeletion",
        ),
        ({"kms_DescribeKey": "NotFoundException"}, "encryption-key", "the state is Deleted"),
    ],
)
def test_names_what_is_broken_in_the_account(answers: dict[str, Any], check: str, text: str) -> None:
    """One thing is broken, and it is named, with nothing else."""
    report = doctor(healthy(), right(**answers))

    assert {check} == set(ids(report))
    assert any(text in each.found for each in report.findings)
    assert () == report.unread


def _parked_alias(service: Service) -> None:
    service.versions["1"] = Version(minimum=0, maximum=0, state="Deactivated")


def _failed_alias(service: Service) -> None:
    service.versions["1"].state = "Failed"


def _stranded(service: Service) -> None:
    service.versions["2"], service.alias = Version(), "2"
    service.versions["1"] = Version(minimum=0, maximum=0, state="Deactivated", executions=["RUNNING"])


def _no_alias(service: Service) -> None:
    service.overrides["ListAliases"] = lambda _: {"Aliases": []}


def _full(service: Service) -> None:
    versions = [{"FunctionArn": f"{FUNCTION_ARN}:{number}", "State": "Active"} for number in range(95)]
    answer = {"CapacityProviderArn": PROVIDER_ARN, "FunctionVersions": versions}
    service.overrides["ListFunctionVersionsByCapacityProvider"] = lambda _: answer


def _failed_stack(service: Service) -> None:
    service.stack_status = "UPDATE_ROLLBACK_FAILED"


def _deploying(service: Service) -> None:
    service.stack_status = "UPDATE_IN_PROGRESS"


@pytest.mark.parametrize(
    ("break_it", "check", "text"),
    [
        (_parked_alias, "alias", "names version 1, which is parked"),
        (_failed_alias, "alias", "names version 1, which is in the state Failed"),
        (_no_alias, "alias", "it has no alias"),
        (_stranded, "environments", "1 execution is open on it"),
        (_full, "quota", "95 of 100 versions"),
        (_failed_stack, "stack-status", "UPDATE_ROLLBACK_FAILED"),
        (_deploying, "stack-status", "UPDATE_IN_PROGRESS"),
    ],
)
def test_names_what_is_broken_in_the_release(break_it: Any, check: str, text: str) -> None:
    """Aliases, versions, the capacity provider's versions, and the stack itself."""
    service = healthy()
    break_it(service)
    report = doctor(service, right())

    assert {check} == set(ids(report))
    assert any(text in each.found for each in report.findings)


def test_draining_versions_and_missing_alarms_are_notes() -> None:
    """Both are worth knowing, and the stack works."""
    service = healthy()
    service.versions["2"], service.alias = Version(), "2"
    service.versions["1"].executions.append("RUNNING")
    service.overrides["ListStackResources"] = lambda given: {
        "StackResourceSummaries": _resources(given)["StackResourceSummaries"][:1]
    }
    report = doctor(service, right())

    assert [] == ids(report)
    assert ["alarms", "draining"] == sorted(ids(report, notes=True))
    assert not report.has_findings


@pytest.mark.parametrize(
    "action",
    [
        "lambda_GetCapacityProvider",
        "iam_ListRolePolicies",
        "ec2_DescribeVpcEndpoints",
        "cloudwatch_DescribeAlarms",
        "sqs_GetQueueAttributes",
        "kms_DescribeKey",
    ],
)
def test_what_may_not_be_read_is_named_and_is_no_finding(action: str) -> None:
    """The permission is in the line."""
    report = doctor(healthy(), right(**{action: "AccessDeniedException"}))

    assert () == report.findings
    assert 1 == len(report.unread)
    assert action.replace("_", ":", 1) in report.unread[0]


def test_versions_that_may_not_be_read_are_no_finding() -> None:
    """An alias whose version is unknown is not said to be broken."""
    service = healthy()
    service.overrides["ListVersionsByFunction"] = error("AccessDeniedException", 403)
    report = doctor(service, right())

    assert () == report.findings
    assert any("lambda:ListVersionsByFunction" in line for line in report.unread)


def test_rejects_a_stack_without_durable_functions() -> None:
    """There is nothing to check, so it is no healthy one."""
    service = healthy()
    service.overrides["ListStackResources"] = lambda _: {"StackResourceSummaries": []}
    with pytest.raises(UsageError, match="must have a durable function"):
        doctor(service, right())


def test_reads_only() -> None:
    """No call changes anything."""
    service, made = healthy(), right()
    doctor(service, made)

    assert [] == service.changes()
    assert {"Get", "Describe", "List"} == {
        next(
            verb for verb in ("Get", "Describe", "List", "?") if each.partition(":")[2].startswith(verb) or verb == "?"
        )
        for each in made.asked
    }


def test_every_check_says_what_must_hold() -> None:
    """Each id has a text."""
    assert all(each.expected for each in Check)
