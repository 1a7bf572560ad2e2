"""Values that DurableManagedFunction refuses, warns of, or must leave alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import Egress, ManagedCapacity, ManagedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction
    from tests.conftest import Resources


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"runtime": lambda_.Runtime.PYTHON_3_12}, r"runtime must be python3\.13 or newer.*got python3\.12"),
        ({"runtime": lambda_.Runtime.NODEJS_22_X}, r"runtime must be python3\.13 or newer.*got nodejs22\.x"),
        ({"handler": "handler"}, "handler must be a module and a function.*got 'handler'"),
        ({"memory_size": cdk.Size.mebibytes(1024)}, "memory_size must be from 2 GiB to 32 GiB.*got 1 GiB"),
        ({"memory_size": cdk.Size.gibibytes(6)}, "memory_size must be a multiple of 4 GiB.*got 6 GiB"),
        ({"memory_size": cdk.Size.kibibytes(4_194_305)}, r"memory_size must be a multiple of 4 GiB.*got 4096\.\d+ MiB"),
        ({"memory_gib_per_vcpu": 3}, "memory_gib_per_vcpu must be 2, 4 or 8, got 3"),
        ({"max_concurrency": 65}, r"max_concurrency must be a whole number from 1 to 64 \(64 for each of 1 vCPU\)"),
        ({"max_concurrency": 0}, "max_concurrency must be a whole number from 1 to 64.*got 0"),
        ({"min_execution_environments": 0}, "min_execution_environments may be 0 only together with"),
        ({"min_execution_environments": 4, "max_execution_environments": 3}, "must not be above.*got 4 and 3"),
        ({"execution_timeout": cdk.Duration.days(367)}, "execution_timeout must be whole seconds.*366 days"),
        (
            {"execution_timeout": cdk.Duration.millis(1500)},
            r"execution_timeout must be whole seconds.*got 1\.5 seconds",
        ),
        ({"timeout": cdk.Duration.minutes(91)}, "timeout must be whole seconds from 1 to 5400.*got 5460"),
        ({"timeout": cdk.Duration.seconds(61), "execution_timeout": cdk.Duration.minutes(1)}, "got 61 seconds for one"),
        ({"retention_period": cdk.Duration.days(91)}, "retention_period must be whole days from 1 to 90, got 91 days"),
        ({"retention_period": cdk.Duration.hours(36)}, r"retention_period must be whole days.*got 1\.5 days"),
        ({"environment": {"AWS_REGION": "eu-central-1"}}, "environment must not set AWS_REGION"),
        ({"environment": {"TABLE-NAME": "orders"}}, "environment names must have.*got 'TABLE-NAME'"),
        ({"environment": {"NOTES": "x" * 4096}}, "environment must not be above 4096 bytes.*got 4101"),
        ({"description": "x" * 257}, "description must have at most 256 characters, got 257"),
    ],
)
def test_rejects(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    options: dict[str, Any],
    message: str,
) -> None:
    """What the service would refuse is a `ValueError` that names it."""
    with pytest.raises(ValueError, match=message):
        workflow(strict_stack(), **options)


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        ({"max_concurrency": 17}, "durable-mi:concurrency-above-default"),
        ({"min_execution_environments": 2}, "durable-mi:few-execution-environments"),
        ({"timeout": cdk.Duration.seconds(901)}, "durable-mi:timeout-above-15-minutes"),
    ],
)
def test_warns(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
    options: dict[str, Any],
    warning: str,
) -> None:
    """What works at a price is a warning on the construct, with an id to acknowledge it by."""
    stack = strict_stack()
    workflow(stack, **options)

    assert {warning: "Orders/Workflow"} == warnings_of(stack)


def test_defaults_do_not_warn(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """The default function is quiet, at the command line too."""
    stack = strict_stack()
    made = workflow(stack)

    assert {} == warnings_of(stack)
    assert [] == [entry.data for entry in made.function.node.metadata if entry.type.startswith("aws:cdk:")]


def test_switched_off_version(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Zero environments, minimum and maximum, reach the version as zeros."""
    stack = strict_stack()
    workflow(stack, min_execution_environments=0, max_execution_environments=0)

    assert synthesize(stack).only("AWS::Lambda::Version").properties["FunctionScalingConfig"] == {
        "MaxExecutionEnvironments": 0,
        "MinExecutionEnvironments": 0,
    }


def test_tokens_pass(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Values that are known at deployment only are not checked, and arrive as references."""
    stack = strict_stack()
    number = cdk.CfnParameter(stack, "Number", type="Number", default=4, min_value=4, max_value=8)
    memory = cdk.CfnParameter(stack, "Memory", type="Number", default=4096)
    text = cdk.CfnParameter(stack, "Text", default="order.handler")
    token = cast("int", number.value_as_number)
    workflow(
        stack,
        handler=text.value_as_string,
        description=text.value_as_string,
        environment={"TABLE_NAME": text.value_as_string},
        memory_size=cdk.Size.mebibytes(memory.value_as_number),
        memory_gib_per_vcpu=token,
        execution_timeout=cdk.Duration.seconds(token),
        timeout=cdk.Duration.seconds(token),
        retention_period=cdk.Duration.days(token),
        max_concurrency=token,
        min_execution_environments=token,
        max_execution_environments=token,
        capacity=ManagedCapacity(
            stack,
            "Capacity",
            network=ManagedNetwork(stack, "Network", egress=Egress.PRIVATE),
            max_vcpus=token,
            allowed_instance_types=[text.value_as_string],
        ),
    )
    resources = synthesize(stack)
    properties = resources.only("AWS::Lambda::Function").properties
    provider = resources.only("AWS::Lambda::CapacityProvider").properties
    parameter = {"Ref": "Number"}

    assert {"Ref": "Text"} == properties["Handler"]
    assert {"Ref": "Text"} == properties["Description"]
    assert {"TABLE_NAME": {"Ref": "Text"}} == properties["Environment"]["Variables"]
    assert {"Ref": "Memory"} == properties["MemorySize"]
    assert properties["Timeout"] == parameter
    assert {"ExecutionTimeout": parameter, "RetentionPeriodInDays": parameter} == properties["DurableConfig"]
    assert properties["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"] == {
        "CapacityProviderArn": {"Fn::GetAtt": [resources.only("AWS::Lambda::CapacityProvider").logical_id, "Arn"]},
        "ExecutionEnvironmentMemoryGiBPerVCpu": parameter,
        "PerExecutionEnvironmentMaxConcurrency": parameter,
    }
    assert resources.only("AWS::Lambda::Version").properties["FunctionScalingConfig"] == {
        "MaxExecutionEnvironments": parameter,
        "MinExecutionEnvironments": parameter,
    }
    assert provider["CapacityProviderScalingConfig"]["MaxVCpuCount"] == parameter
    assert [{"Ref": "Text"}] == provider["InstanceRequirements"]["AllowedInstanceTypes"]


def test_unknown_memory_leaves_concurrency_to_lambda(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """Where the number of vCPUs is not known, no concurrency is made up."""
    stack = strict_stack()
    memory = cdk.CfnParameter(stack, "Memory", type="Number", default=4096)
    workflow(stack, memory_size=cdk.Size.mebibytes(memory.value_as_number))
    config = synthesize(stack).only("AWS::Lambda::Function").properties["CapacityProviderConfig"]

    assert "PerExecutionEnvironmentMaxConcurrency" not in config["LambdaManagedInstancesCapacityProviderConfig"]
