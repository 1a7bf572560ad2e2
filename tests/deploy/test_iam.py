"""Which role may do what to which resource, asked of an IAM policy evaluator about the roles as they were deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.example import STACK as STACK_NAME
from tests.deploy.permissions import Question, Role, allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.deploy.example import Example

OTHER_ACCOUNT: Final = "999999999999"
DURABLE: Final = (
    "CheckpointDurableExecution",
    "GetDurableExecutionState",
    "GetDurableExecution",
    "GetDurableExecutionHistory",
    "StopDurableExecution",
    "SendDurableExecutionCallbackSuccess",
    "SendDurableExecutionCallbackFailure",
    "SendDurableExecutionCallbackHeartbeat",
)
FUNCTION: Final = ("ListDurableExecutionsByFunction", "InvokeFunction", "UpdateFunctionCode", "GetFunction")
GROUP: Final = ("CreateLogGroup", "DeleteLogGroup", "DescribeLogStreams", "FilterLogEvents")
STREAM: Final = ("CreateLogStream", "PutLogEvents", "GetLogEvents", "DeleteLogStream")
QUEUE: Final = ("SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue")
KEY: Final = ("Decrypt", "GenerateDataKey", "Encrypt")
RELEASE: Final = ("GetFunctionConfiguration", "PutFunctionScalingConfig", "DeleteFunction", "PublishVersion")
PROVIDER: Final = ("ListFunctionVersionsByCapacityProvider", "DeleteCapacityProvider", "UpdateCapacityProvider")
TABLE: Final = ("GetItem", "PutItem", "DeleteItem", "Scan")
STACK: Final = ("DescribeStacks", "ListStackResources", "DeleteStack")


@pytest.fixture(scope="module")
def names(example: Example) -> Mapping[str, str]:
    """ARNs of what is the stack's own and of what is somebody else's, by words."""
    lambda_, log, sqs, kms = (_arn(example, service) for service in ("lambda", "logs", "sqs", "kms"))
    function = f"{lambda_}function:{example.outputs['FunctionName']}"
    logs = f"{log}log-group:"
    stack = example.account.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackId"]
    queue = f"{sqs}{example.only('AWS::SQS::Queue').rpartition('/')[2]}"
    groups = {
        "own": example.outputs["LogGroupName"],
        "flow": next(name for name in example.all("AWS::Logs::LogGroup") if "Flow" in name),
        "janitor": next(name for name in example.all("AWS::Logs::LogGroup") if "DurableReleases" in name),
        "other": "somebody-elses",
    }
    return {
        "own execution": f"{function}:1/durable-execution/order-123/4f1c",
        "own execution on a later version": f"{function}:7/durable-execution/order-123/4f1c",
        "other execution": f"{lambda_}function:somebody-elses:1/durable-execution/order-123/4f1c",
        "execution of a function whose name begins like ours": f"{function}2:1/durable-execution/order-123/4f1c",
        "own function": function,
        "own alias": f"{function}:live",
        "own version": f"{function}:7",
        "other function": f"{lambda_}function:somebody-elses",
        "other version": f"{lambda_}function:somebody-elses:7",
        "version of a function whose name begins like ours": f"{function}2:7",
        "own provider": f"{lambda_}capacity-provider:{example.only('AWS::Lambda::CapacityProvider')}",
        "other provider": f"{lambda_}capacity-provider:somebody-elses",
        "own stack": stack,
        "other stack": f"{stack}2",
        "own table": f"{_arn(example, 'dynamodb')}table/{example.only('AWS::DynamoDB::Table')}",
        "other table": f"{_arn(example, 'dynamodb')}table/somebody-elses",
        **{f"{whose} log group": f"{logs}{name}" for whose, name in groups.items()},
        **{f"{whose} log stream": f"{logs}{name}:log-stream:2026/11/23" for whose, name in groups.items()},
        "own queue": queue,
        "other queue": f"{sqs}somebody-elses",
        "some key": f"{kms}key/1234abcd-12ab-34cd-56ef-1234567890ab",
    }


@pytest.fixture(scope="module")
def questions(names: Mapping[str, str]) -> Mapping[Question, str]:
    """Every question, with its wording."""

    def ask() -> Iterator[tuple[Question, str]]:
        for service, actions, kind in (
            ("lambda", DURABLE, "execution"),
            ("lambda", FUNCTION, "function"),
            ("lambda", ("InvokeFunction",), "alias"),
            ("lambda", RELEASE, "version"),
            ("lambda", RELEASE, "function"),
            ("lambda", PROVIDER, "provider"),
            ("dynamodb", TABLE, "table"),
            ("cloudformation", STACK, "stack"),
            ("logs", GROUP, "log group"),
            ("logs", STREAM, "log stream"),
            ("sqs", QUEUE, "queue"),
            ("kms", KEY, "key"),
        ):
            for words, arn in names.items():
                if kind in words and (kind == "execution" or "execution" not in words):
                    for action in actions:
                        question = Question(f"{service}:{action}", arn, (("aws:SecureTransport", "true"),))
                        yield question, f"{service}:{action} on {words}"

    return dict(ask())


EXPECTED: Final[Mapping[str, set[str]]] = {
    "Workflow/Role": {
        "lambda:CheckpointDurableExecution on own execution",
        "lambda:CheckpointDurableExecution on own execution on a later version",
        "lambda:GetDurableExecutionState on own execution",
        "lambda:GetDurableExecutionState on own execution on a later version",
        "logs:CreateLogStream on own log stream",
        "logs:PutLogEvents on own log stream",
        "sqs:SendMessage on own queue",
    },
    # All of it from AWS's managed policy for operator roles, whose resources are wildcards.
    "Capacity/OperatorRole": {
        f"logs:{action}"
        for whose in ("own", "flow", "janitor", "other")
        for action in (
            f"CreateLogGroup on {whose} log group",
            f"CreateLogStream on {whose} log stream",
            f"PutLogEvents on {whose} log stream",
        )
    },
    "Network/FlowLogs/IAMRole": {
        "logs:CreateLogStream on flow log stream",
        "logs:PutLogEvents on flow log stream",
    },
    "DurableReleases/Role": {
        "lambda:GetFunctionConfiguration on own function",
        "lambda:ListDurableExecutionsByFunction on own function",
        "lambda:GetFunctionConfiguration on own version",
        "lambda:PutFunctionScalingConfig on own version",
        "lambda:DeleteFunction on own version",
        "lambda:ListFunctionVersionsByCapacityProvider on own provider",
        "dynamodb:GetItem on own table",
        "dynamodb:PutItem on own table",
        "cloudformation:DescribeStacks on own stack",
        "cloudformation:ListStackResources on own stack",
        "logs:CreateLogStream on janitor log stream",
        "logs:PutLogEvents on janitor log stream",
    },
}
"""Role by construct path, and all that it may do of what is asked."""


def test_every_role_is_in_the_table(example: Example) -> None:
    """A role that is added must say what it may do."""
    assert EXPECTED.keys() == _roles(example).keys()


@pytest.mark.parametrize("path", EXPECTED)
def test_role_may_do_what_the_table_says(path: str, example: Example, questions: Mapping[Question, str]) -> None:
    """That, and nothing else of what is asked: not to others, not to itself."""
    role = Role.read(example.account.iam, _roles(example)[path])

    found = allowed(role.arn, list(questions), policies=role.policies)

    assert EXPECTED[path] == {questions[question] for question in found}


def test_role_may_be_assumed_by_its_service_alone(example: Example) -> None:
    """Lambda assumes the function's roles, VPC flow logs theirs; an account's own users none."""
    services = ("lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com", "ec2.amazonaws.com")
    context = (("aws:SourceAccount", example.account.number),)
    found = {}
    for path, name in _roles(example).items():
        role = Role.read(example.account.iam, name)
        question = [Question("sts:AssumeRole", role.arn, context)]
        found[path] = {who for who in services if allowed(who, question, resource_policy=role.trust)}

    assert found == {
        "Workflow/Role": {"lambda.amazonaws.com"},
        "Capacity/OperatorRole": {"lambda.amazonaws.com"},
        "Network/FlowLogs/IAMRole": {"vpc-flow-logs.amazonaws.com"},
        "DurableReleases/Role": {"lambda.amazonaws.com"},
    }


def test_janitor_deletes_a_capacity_provider_that_is_its_stacks_and_out_of_use(example: Example) -> None:
    """One that CloudFormation tagged as this stack's and this library as its own; never the one in use."""
    role = Role.read(example.account.iam, _roles(example)["DurableReleases/Role"])
    provider = f"{_arn(example, 'lambda')}capacity-provider:"
    stack = example.account.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackId"]
    by_cloudformation = ("aws:ResourceTag/aws:cloudformation:stack-id", stack)
    by_us = ("aws:ResourceTag/durable-mi:releases", "capacity")
    other_stack = (by_cloudformation[0], f"{stack}2")
    own = example.only("AWS::Lambda::CapacityProvider")
    questions = {
        "left behind": Question("lambda:DeleteCapacityProvider", f"{provider}old", (by_cloudformation, by_us)),
        "in use": Question("lambda:DeleteCapacityProvider", f"{provider}{own}", (by_cloudformation, by_us)),
        "not ours": Question("lambda:DeleteCapacityProvider", f"{provider}old", (by_cloudformation,)),
        "other stack": Question("lambda:DeleteCapacityProvider", f"{provider}old", (other_stack, by_us)),
    }

    assert {questions["left behind"]} == allowed(role.arn, list(questions.values()), policies=role.policies)


def test_operator_role_is_not_assumed_for_another_account(example: Example) -> None:
    """A capacity provider of somebody else's cannot make Lambda use our role."""
    role = Role.read(example.account.iam, _roles(example)["Capacity/OperatorRole"])
    question = Question("sts:AssumeRole", role.arn, (("aws:SourceAccount", OTHER_ACCOUNT),))

    assert set() == allowed("lambda.amazonaws.com", [question], resource_policy=role.trust)


def test_operator_role_runs_instances_for_lambda_alone(example: Example) -> None:
    """AWS's managed policy for it binds instances to Lambda as their operator."""
    role = Role.read(example.account.iam, _roles(example)["Capacity/OperatorRole"])
    key = "ec2:ManagedResourceOperator"
    instance = f"{_arn(example, 'ec2')}instance/*"
    ours = Question("ec2:RunInstances", instance, ((key, "scaler.lambda.amazonaws.com"),))
    theirs = Question("ec2:RunInstances", instance, ((key, "somebody.else"),))

    assert {ours} == allowed(role.arn, [ours, theirs], policies=role.policies)


def test_queue_takes_messages_over_tls_alone(example: Example) -> None:
    """The queue's own policy holds against the role's permission."""
    role = Role.read(example.account.iam, _roles(example)["Workflow/Role"])
    url = example.only("AWS::SQS::Queue")
    document = json.loads(example.account.queue_policy(url))
    arn = f"{_arn(example, 'sqs')}{url.rpartition('/')[2]}"
    over = {tls: Question("sqs:SendMessage", arn, (("aws:SecureTransport", tls),)) for tls in ("true", "false")}

    assert {over["true"]} == allowed(role.arn, list(over.values()), policies=role.policies, resource_policy=document)


def _roles(example: Example) -> dict[str, str]:
    """Return the stack's roles: names by construct path."""
    return {
        body["Metadata"]["aws:cdk:path"].removeprefix("OrderWorkflow/").removesuffix("/Resource"): example.physical_ids[
            logical_id
        ]
        for logical_id, body in example.template["Resources"].items()
        if body["Type"] == "AWS::IAM::Role"
    }


def _arn(example: Example, service: str) -> str:
    """How ARNs of a service begin."""
    return f"arn:aws:{service}:{example.account.region}:{example.account.number}:"
