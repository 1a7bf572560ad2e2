"""Functions on a capacity provider that another app made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_

from durable_mi.checks.vcpu_budget import VcpuDemand
from durable_mi_constructs import ManagedCapacity

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi_constructs import DurableManagedFunction, IManagedCapacity
    from tests.conftest import Resources

ARN = "arn:aws:lambda:eu-central-1:111122223333:capacity-provider:shared"


@pytest.fixture
def imported() -> Callable[..., IManagedCapacity]:
    """Import the capacity provider above, for arm64 unless told otherwise."""

    def make(stack: cdk.Stack, construct_id: str = "Shared", arn: str = ARN, **options: Any) -> IManagedCapacity:
        return ManagedCapacity.from_capacity_provider_arn(
            stack, construct_id, arn, **{"architecture": lambda_.Architecture.ARM_64, **options}
        )

    return make


def test_functions_attach(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    imported: Callable[..., IManagedCapacity],
    synthesize: Callable[[cdk.Stack], Resources],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """The function names the ARN and takes the architecture; neither capacity provider nor network is made."""
    stack = strict_stack()
    capacity = imported(stack, architecture=lambda_.Architecture.X86_64)
    made = workflow(stack, capacity=capacity)
    warnings = warnings_of(stack)
    resources = synthesize(stack)
    function = resources.only("AWS::Lambda::Function").properties

    assert made.capacity is capacity
    assert function["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"] == {
        "CapacityProviderArn": ARN,
        "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
        "PerExecutionEnvironmentMaxConcurrency": 8,
    }
    assert ["x86_64"] == function["Architectures"]
    assert [] == resources.of_type("AWS::Lambda::CapacityProvider")
    assert [] == resources.of_type("AWS::EC2::VPC")
    assert {} == warnings


def test_names(strict_stack: Callable[..., cdk.Stack], imported: Callable[..., IManagedCapacity]) -> None:
    """Name and ARN are what was imported."""
    capacity = imported(strict_stack())

    assert ("shared", ARN) == (capacity.capacity_provider_name, capacity.capacity_provider_arn)
    assert "Orders/Shared/Resource" == capacity.capacity_provider.node.path


def test_arn_of_another_stack(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    imported: Callable[..., IManagedCapacity],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """An ARN that is known at deployment only is not checked, and arrives as it was written."""
    stack = strict_stack()
    arn = cdk.CfnParameter(stack, "Arn")
    workflow(stack, capacity=imported(stack, arn=arn.value_as_string, max_vcpus=12))
    config = synthesize(stack).only("AWS::Lambda::Function").properties["CapacityProviderConfig"]

    assert {"Ref": "Arn"} == config["LambdaManagedInstancesCapacityProviderConfig"]["CapacityProviderArn"]


def test_tracing_warns(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    imported: Callable[..., IManagedCapacity],
    warnings_of: Callable[[cdk.Stack], dict[str, str]],
) -> None:
    """Whether traces get out cannot be seen from here, and is said once for all functions."""
    stack = strict_stack()
    capacity = imported(stack)
    for name in ("Orders", "Invoices"):
        workflow(stack, name, capacity=capacity, tracing=lambda_.Tracing.ACTIVE)

    assert {"durable-mi:imported-capacity-tracing": "Orders/Shared"} == warnings_of(stack)


def test_unknown_bound_is_not_checked(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    imported: Callable[..., IManagedCapacity],
) -> None:
    """Without max_vcpus any number of environments is taken."""
    stack = strict_stack()
    capacity = imported(stack)
    workflow(stack, capacity=capacity, min_execution_environments=15_000)
    made = capacity.cost_floor()

    assert 15_000 == made.execution_environments
    assert 0 == made.network_usd
    assert "the network, which was made elsewhere" in str(made)


def test_imports_of_one_arn_count_together(
    strict_app: Callable[..., cdk.App],
    workflow: Callable[..., DurableManagedFunction],
    imported: Callable[..., IManagedCapacity],
) -> None:
    """Two stacks that import the same ARN share its vCPUs; another ARN, and another app, do not."""
    app = strict_app()
    first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second")
    workflow(first, capacity=imported(first, max_vcpus=5))
    workflow(second, "Apart", capacity=imported(second, "Another", ARN + "2", max_vcpus=5))
    other = cdk.Stack(strict_app(), "Other")
    workflow(other, capacity=imported(other, max_vcpus=5))

    with pytest.raises(
        ValueError, match=r"got First/Workflow 3 x 1 vCPU \+ Second/Workflow 3 x 1 vCPU = 6 vCPU on Second/Shared"
    ):
        workflow(second, capacity=imported(second, max_vcpus=5))


def test_connections(
    strict_stack: Callable[..., cdk.Stack],
    imported: Callable[..., IManagedCapacity],
    synthesize: Callable[[cdk.Stack], Resources],
) -> None:
    """With its security groups, an imported capacity opens the way like one of the app's own."""
    stack = strict_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-central-1a"]
    )
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    database = ec2.SecurityGroup(stack, "Database", vpc=vpc)
    capacity = imported(stack, security_groups=[group])
    database.connections.allow_from(capacity, ec2.Port.tcp(5432))
    ingress = synthesize(stack).only("AWS::EC2::SecurityGroupIngress").properties

    assert ("sg-0123456789abcdef0", 5432) == (ingress["SourceSecurityGroupId"], ingress["FromPort"])


def test_rejects_connections(strict_stack: Callable[..., cdk.Stack], imported: Callable[..., IManagedCapacity]) -> None:
    """Without security groups there is nothing to open."""
    capacity = imported(strict_stack())

    with pytest.raises(ValueError, match="connections of an imported capacity must know its security groups"):
        _ = capacity.connections


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arn": "shared"}, "capacity_provider_arn must be like"),
        ({"arn": ARN.replace("eu-central-1", "us-east-1")}, "must be of the stack's region eu-central-1, got 'arn:"),
        ({"arn": ARN.replace("1111", "9999")}, "must be of the stack's account 111122223333, got 'arn:"),
        ({"max_vcpus": 1}, "max_vcpus must be a whole number from 2 to 15000, got 1"),
        ({"security_groups": []}, "security_groups must hold 1 to 5 security groups, got 0"),
        ({"architecture": lambda_.Architecture.custom("riscv64")}, "architecture must be arm64 or x86_64"),
    ],
)
def test_rejects(
    strict_stack: Callable[..., cdk.Stack],
    imported: Callable[..., IManagedCapacity],
    options: dict[str, Any],
    message: str,
) -> None:
    """What cannot be a capacity provider of this stack is a `ValueError`."""
    with pytest.raises(ValueError, match=message):
        imported(strict_stack(cdk.Environment(account="111122223333", region="eu-central-1")), **options)


def test_rejects_more_functions_than_versions(
    strict_stack: Callable[..., cdk.Stack], imported: Callable[..., IManagedCapacity]
) -> None:
    """The quota of versions is held without a known bound too."""
    capacity = imported(strict_stack())
    for number in range(100):
        capacity.reserve(VcpuDemand(function=str(number), execution_environments=1, vcpus=1, memory_mib=4096))

    with pytest.raises(ValueError, match="at most 100 published versions fit"):
        capacity.reserve(VcpuDemand(function="last", execution_environments=1, vcpus=1, memory_mib=4096))
