"""How many resources a function adds to its stack, which bounds how many functions a stack holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DeadLetters, ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources

EACH = ["AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::IAM::Policy"]
"""What names the function itself, and so cannot be shared."""


def shared(stack: cdk.Stack, *names: str) -> dict[str, Any]:
    """Make what functions can share, by the names of the arguments."""
    every: dict[str, Callable[[], Any]] = {
        "role": lambda: iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        "log_group": lambda: logs.LogGroup(stack, "Logs"),
        "dead_letters": lambda: DeadLetters.to_queue(sqs.Queue(stack, "Failed", enforce_ssl=True)),
    }
    return {name: every[name]() for name in names}


@pytest.mark.parametrize(
    ("names", "own"),
    [
        ((), ["AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"]),
        (("dead_letters",), ["AWS::IAM::Role", "AWS::Logs::LogGroup"]),
        (("dead_letters", "log_group"), ["AWS::IAM::Role"]),
        (("dead_letters", "log_group", "role"), []),
    ],
    ids=["nothing shared", "queue", "queue and log group", "queue, log group and role"],
)
def test_resources_of_one_more_function(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[..., Resources],
    names: tuple[str, ...],
    own: list[str],
) -> None:
    """Eight, and four where everything is shared that can be."""

    def types(count: int) -> Counter[str]:
        stack = strict_stack()
        capacity = ManagedCapacity(stack, "Capacity")
        options = shared(stack, *names)
        for number in range(count):
            workflow(stack, f"Workflow{number}", capacity=capacity, **options)
        return Counter(resource["Type"] for resource in synthesize(stack, lint=False).json["Resources"].values())

    # Of a role that is shared, the second function's permissions begin a managed policy for sixteen of them.
    assert Counter([*EACH, *own]) == types(3) - types(2)
