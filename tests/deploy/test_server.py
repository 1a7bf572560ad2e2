"""The server's own rules: it must refuse what AWS refuses, or the rehearsal proves nothing."""

from __future__ import annotations

import copy
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.server import schemas
from tests.deploy.server.order import creation_order, deletion_order

if TYPE_CHECKING:
    from tests.deploy.example import Example

REHEARSAL = Path(__file__).parents[2] / "docs" / "explanation" / "rehearsal.md"


@pytest.fixture
def provider() -> Any:
    """Yield a capacity provider, straight from its model."""
    model = import_module("tests.deploy.server.capacity_provider").CapacityProvider
    properties = {"VpcConfig": {"SubnetIds": ["subnet-1"]}, "CapacityProviderScalingConfig": {"MaxVCpuCount": 400}}
    made = model("orders", properties, "123456789012", "us-east-1")
    model.by_arn[made.arn] = made
    yield made
    model.by_arn.pop(made.arn, None)


def change(provider: Any, **properties: Any) -> None:
    """Update the provider as a stack would."""
    body = {"Properties": provider.properties | properties}
    provider.update_from_cloudformation_json(provider, "orders", body, "123456789012", "us-east-1")


def test_provider_scales_in_place(provider: Any) -> None:
    """The scaling config is what may change."""
    change(provider, CapacityProviderScalingConfig={"MaxVCpuCount": 64})

    assert {"MaxVCpuCount": 64} == provider.describe()["CapacityProviderScalingConfig"]


@pytest.mark.parametrize("name", ["VpcConfig", "InstanceRequirements", "PermissionsConfig", "KmsKeyArn"])
def test_rejects_change_of_what_is_create_only(name: str, provider: Any) -> None:
    """CloudFormation replaces the provider for these; Lambda would not update it."""
    with pytest.raises(Exception, match=f"{name} of a capacity provider cannot be updated"):
        change(provider, **{name: {"something": "else"}})


def test_rejects_deletion_with_versions_attached(provider: Any) -> None:
    """Until the last version has gone."""
    provider.attach("arn:aws:lambda:us-east-1:123456789012:function:orders:1", "x86_64")
    with pytest.raises(Exception, match="currently in use by 1 functions"):
        provider.delete("123456789012", "us-east-1")

    provider.attached.clear()
    provider.delete("123456789012", "us-east-1")
    assert provider.arn not in provider.by_arn


def test_rejects_function_for_other_instances(provider: Any) -> None:
    """An arm64 version does not go on x86_64 instances."""
    with pytest.raises(Exception, match="for arm64, the capacity provider has x86_64"):
        provider.attach("arn:aws:lambda:us-east-1:123456789012:function:orders:1", "arm64")


def test_rejects_101st_version(provider: Any) -> None:
    """The quota cannot be raised."""
    provider.attached = {f"arn:aws:lambda:us-east-1:123456789012:function:orders:{number}" for number in range(100)}
    with pytest.raises(Exception, match="takes 100 function versions"):
        provider.attach("arn:aws:lambda:us-east-1:123456789012:function:orders:100", "x86_64")


@pytest.mark.parametrize(("key", "words"), [("Role", "execution role"), ("DeadLetterConfig", "dead-letter queue")])
def test_rejects_weights_over_unlike_versions(key: str, words: str) -> None:
    """CodeDeploy cannot shift an alias between two such versions."""
    check_weights = import_module("tests.deploy.server.codedeploy").check_weights
    check_weights({key: "a", "MemorySize": 4096}, {key: "a", "MemorySize": 8192})

    with pytest.raises(Exception, match=f"must have the same {words}"):
        check_weights({key: "a"}, {key: "b"})


def test_alias_waits_for_what_shifts_it() -> None:
    """A reference in an update policy orders as any other does."""
    alias = {"Type": "AWS::Lambda::Alias", "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"G": {"Ref": "Group"}}}}

    assert ["Group", "Alias"] == creation_order({"Alias": alias, "Group": {"Type": "AWS::CodeDeploy::DeploymentGroup"}})


@pytest.mark.parametrize(
    ("resource_type", "old", "new", "expected"),
    [
        ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}, True),
        ("AWS::Lambda::Function", {"MemorySize": 4096}, {"MemorySize": 8192}, False),
        ("AWS::Lambda::Function", {}, {"DurableConfig": {"ExecutionTimeout": 60}}, True),
        (
            "AWS::Lambda::Function",
            {"DurableConfig": {"ExecutionTimeout": 6}},
            {"DurableConfig": {"ExecutionTimeout": 60}},
            False,
        ),
        ("AWS::Lambda::CapacityProvider", {"KmsKeyArn": "a"}, {"KmsKeyArn": "b"}, True),
    ],
)
def test_replacement_follows_the_schemas(
    resource_type: str,
    old: dict[str, Any],
    new: dict[str, Any],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Create-only properties replace, durable config when it appears, the rest changes in place."""
    assert expected == schemas.replaces(resource_type, old, new)


def test_missing_dependency_shows(example: Example) -> None:
    """Without its `DependsOn`, the example's version would be published before its policy and its provider unrouted."""
    resources = copy.deepcopy(example.template["Resources"])
    policy = next(name for name in resources if name.startswith("WorkflowExecutionPolicy"))
    route = next(name for name, it in resources.items() if "NatGatewayId" in it.get("Properties", {}))
    kinds = {it["Type"]: name for name, it in resources.items()}
    version, provider = kinds["AWS::Lambda::Version"], kinds["AWS::Lambda::CapacityProvider"]
    before = creation_order(resources)
    for name in (version, provider):
        del resources[name]["DependsOn"]
    after = creation_order(resources)

    assert before.index(policy) < before.index(version)
    assert before.index(route) < before.index(provider)
    assert after.index(version) < after.index(policy)
    assert after.index(provider) < after.index(route)
    assert deletion_order(resources).index(route) < deletion_order(resources).index(provider)


def test_docs_list_what_is_only_recorded() -> None:
    """Nothing is taken for rehearsed that is a name and no more."""
    placeholders = import_module("tests.deploy.server.placeholder").PLACEHOLDERS
    said = REHEARSAL.read_text(encoding="utf-8").partition("recorded and never created")[2].partition(". The stack")[0]

    assert set(placeholders) == {part for part in said.split("`") if part.startswith("AWS::")}
