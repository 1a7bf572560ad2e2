"""The order workflow's template, made with the context of its `cdk.json`; its snapshot is in its own tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

    from tests.conftest import Resources

EXAMPLE = Path(__file__).parents[2] / "examples" / "order_workflow"


@pytest.fixture(scope="module")
def example(strict_app: Callable[..., cdk.App]) -> cdk.Stack:
    """Return the example's stack; its package is not made, since the template does not depend on it."""
    from stack import OrderWorkflowStack  # noqa: PLC0415 - the CDK is imported by the fixtures that need it

    context = json.loads((EXAMPLE / "cdk.json").read_text())["context"]
    return OrderWorkflowStack(strict_app(**context, **{"aws:cdk:bundling-stacks": []}), "OrderWorkflow")


@pytest.fixture(scope="module")
def template(example: cdk.Stack, synthesize: Callable[[cdk.Stack], Resources]) -> Resources:
    """Return the example's template."""
    return synthesize(example)


def test_example_outputs_name_what_is_needed(template: Resources) -> None:
    """Each output follows to the resource that its name says, and one tells the cost."""
    values = {name: output["Value"] for name, output in template.json["Outputs"].items()}
    cost = values.pop("CostFloor")
    outputs = {name: template.follow(value).type for name, value in values.items()}

    assert outputs == {
        "FunctionName": "AWS::Lambda::Function",
        "AliasArn": "AWS::Lambda::Alias",
        "LogGroupName": "AWS::Logs::LogGroup",
        "CapacityProviderName": "AWS::Lambda::CapacityProvider",
    }
    assert cost.startswith("at least USD 263 a month: instances 197 (3 x m8g.large for 3 execution environments")


def test_example_is_sized_as_documented(template: Resources) -> None:
    """An hour for an execution, thirty days of history, arm64, four at once, one NAT gateway."""
    function = template.only("AWS::Lambda::Function").properties
    capacity = function["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]

    assert {"ExecutionTimeout": 3600, "RetentionPeriodInDays": 30} == function["DurableConfig"]
    assert ["arm64"] == function["Architectures"]
    assert 4 == capacity["PerExecutionEnvironmentMaxConcurrency"]
    assert "AWS::EC2::NatGateway" == template.only("AWS::EC2::NatGateway").type
    assert 3 == len(template.only("AWS::Lambda::CapacityProvider").properties["VpcConfig"]["SubnetIds"])


def test_example_warns_of_nothing(example: cdk.Stack, warnings_of: Callable[[cdk.Stack], dict[str, str]]) -> None:
    """`cdk synth` is quiet."""
    assert {} == warnings_of(example)
