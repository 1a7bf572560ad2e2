"""How many resources a function adds to its stack, which bounds how many functions a stack holds."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from durable_mi_constructs import DeadLetters, DurableManagedFunction, ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Resources

PAGE: Final = Path(__file__).parents[2] / "docs/how-to/many-functions.md"
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", range(4), ids=["nothing shared", "queue", "queue and log group", "queue, log group and role"]
)
def test_a_stack_holds_as_many_functions_as_the_page_says(row: int) -> None:
    """And not one more; more than a hundred are on two capacity providers."""
    most = int(re.findall(r"^\| (?:and )?(?:the )?[a-z -]+ \| \d.* \| (\d+)", PAGE.read_text(), re.MULTILINE)[row])

    def synthesized(count: int) -> int:
        app = cdk.App()
        platform, stack = cdk.Stack(app, "Platform"), cdk.Stack(app, "Many")
        capacities = [ManagedCapacity(platform, f"Capacity{number}", max_vcpus=4000) for number in range(2)]
        options = shared(stack, *("dead_letters", "log_group", "role")[:row])
        for number in range(count):
            DurableManagedFunction(
                stack,
                f"Workflow{number}",
                code=lambda_.Code.from_inline("def handler(event, context): ..."),
                handler="index.handler",
                execution_timeout=cdk.Duration.hours(1),
                capacity=capacities[number % 2],
                **options,
            )
        return len(app.synth().get_stack_by_name("Many").template["Resources"])

    assert synthesized(most) <= 500
    with pytest.raises(RuntimeError, match="greater than allowed maximum of 500"):
        synthesized(most + 1)
