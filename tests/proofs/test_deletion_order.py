"""The order in which a stack is deleted, from the template's own references.

CloudFormation deletes a resource after everything that depends on it, by reference or by `DependsOn`. What no chain of
dependencies orders, it may delete in any order, so only chains count here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import Egress
from tests.proofs.replacement import references
from tests.upgrades import Shape, build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAT = Shape()
PRIVATE = Shape(
    network=lambda _scope: {"egress": Egress.PRIVATE}, function=lambda _scope: {"tracing": lambda_.Tracing.ACTIVE}
)
WAY_OUT = {
    "NAT": {
        "AWS::EC2::EIP",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCGatewayAttachment",
    },
    "PRIVATE": {"AWS::EC2::SecurityGroup", "AWS::EC2::Subnet", "AWS::EC2::VPC", "AWS::EC2::VPCEndpoint"},
}


class Graph:
    """Which resources of a template stand until others are gone."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        """Read every reference and every `DependsOn`."""
        self.resources: Mapping[str, Mapping[str, Any]] = template["Resources"]
        self._needs = {
            name: {
                other
                for other in (*references(body.get("Properties", {})), *_depends_on(body))
                if other in self.resources
            }
            for name, body in self.resources.items()
        }

    def of_type(self, *types: str) -> set[str]:
        """Return the resources of some types, without those of the janitor."""
        found = {
            name
            for name, body in self.resources.items()
            if body["Type"] in types and not name.startswith("DurableReleases")
        }
        assert found
        return found

    def outliving(self, name: str) -> set[str]:
        """Everything that is deleted only when this resource is gone."""
        found: set[str] = set()
        new = {name}
        while new:
            found |= new
            new = {other for one in new for other in self._needs[one]} - found
        return found - {name}


def _depends_on(body: Mapping[str, Any]) -> list[str]:
    value = body.get("DependsOn", [])
    return [value] if isinstance(value, str) else value


@pytest.fixture(params=["NAT", "PRIVATE"])
def egress(request: pytest.FixtureRequest) -> str:
    """Return the way out of the network."""
    return str(request.param)


@pytest.fixture
def graph(egress: str, template_of: Callable[[Shape], Mapping[str, Any]]) -> Graph:
    """Return the template's graph with that way out."""
    return Graph(template_of({"NAT": NAT, "PRIVATE": PRIVATE}[egress]))


def test_alias_and_versions_go_before_the_function(graph: Graph) -> None:
    """Nothing points at a function that is gone."""
    functions = graph.of_type("AWS::Lambda::Function")

    for name in graph.of_type("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        assert functions <= graph.outliving(name)


def test_functions_and_versions_go_before_the_capacity_provider(graph: Graph) -> None:
    """Lambda refuses to delete a capacity provider that a version is on."""
    providers = graph.of_type("AWS::Lambda::CapacityProvider")

    for name in graph.of_type("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::Function"):
        assert providers <= graph.outliving(name)


def test_the_capacity_provider_goes_before_its_network_and_role(egress: str, graph: Graph) -> None:
    """Subnets, routes, gateways and endpoints stand, and Lambda may end the instances, until no instance is left."""
    [provider] = graph.of_type("AWS::Lambda::CapacityProvider")
    role = graph.resources[provider]["Properties"]["PermissionsConfig"]["CapacityProviderOperatorRoleArn"]
    outliving = graph.outliving(provider)

    assert graph.of_type(*WAY_OUT[egress]) <= outliving
    assert set(references(role)) <= outliving


def test_the_function_is_deleted_and_its_versions_with_it(graph: Graph) -> None:
    """Versions are retained, and deleting the function deletes all of them, so it must not be retained itself."""
    for name in graph.of_type("AWS::Lambda::Function"):
        assert "Delete" == graph.resources[name].get("DeletionPolicy", "Delete")


def test_permissions_outlive_what_needs_them(graph: Graph) -> None:
    """A version can save its progress until it is gone: its role's policy is deleted after it."""
    policies = {
        name
        for name in graph.of_type("AWS::IAM::Policy")
        if "lambda:CheckpointDurableExecution" in str(graph.resources[name]["Properties"])
    }

    assert policies
    for name in graph.of_type("AWS::Lambda::Version"):
        assert policies <= graph.outliving(name)


def test_a_stack_on_shared_capacity_goes_first(strict_app: Callable[..., cdk.App]) -> None:
    """The stack of a function depends on the stack of its capacity, so the CDK CLI destroys it before."""
    app = strict_app()
    first = cdk.Stack(app, "Capacity")
    second = cdk.Stack(app, "Orders")
    shared = build(first, Shape()).capacity
    build(second, Shape(function=lambda _scope: {"capacity": shared}))
    app.synth()

    assert [first.node.path] == [stack.node.path for stack in second.dependencies]
