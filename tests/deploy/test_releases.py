"""Releases in the rehearsed account: ten in a row, one that is rolled back, and the end of the stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.account import TOOLS
from tests.deploy.order_of_events import happenings
from tests.deploy.releases_app import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.account import Account, Done

PROVIDER: Final = "AWS::Lambda::CapacityProvider"

pytestmark = pytest.mark.slow  # Each deployment takes the CDK CLI four seconds.


@dataclass(frozen=True)
class Shop:
    """The stack, and what a team does with it.

    Attributes:
        account: Where it is.
        directory: For assemblies.
        stack: The stack's name, which is used once: moto finds change sets of a deleted stack by its name.
    """

    account: Account
    directory: Path
    stack: str

    def deploy(self, code: str, *, fails: bool = False) -> Done:
        """Deploy a code change."""
        assembly = synthesize(self.directory / f"{code}-{fails}", self.stack, code, fails=fails)
        return self.account.deploy(assembly, self.stack)

    def release(self, *arguments: str) -> Done:
        """Run `durable-mi release` on the stack."""
        options = ("--stack", self.stack, "--endpoint-url", self.account.url, "--region", self.account.region)
        return self.account.run([str(TOOLS / "durable-mi"), "release", *arguments, *options])

    def status(self) -> dict[str, str]:
        """Return the state of each version that `status` shows, by number."""
        shown = self.release("status", "--output", "json")
        assert shown.status in {0, 3}, shown.output
        (function,) = json.loads(shown.output)["Functions"]
        return {each["Version"]: each["ReleaseState"] for each in function["Versions"]}

    @property
    def function(self) -> str:
        """The function's name."""
        outputs = self.account.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]["Outputs"]
        return next(str(it["OutputValue"]) for it in outputs if it["OutputKey"] == "FunctionName")

    @property
    def versions(self) -> list[str]:
        """The published versions."""
        listed = self.account.lambda_.list_versions_by_function(FunctionName=self.function)["Versions"]
        return [it["Version"] for it in listed if it["Version"] != "$LATEST"]

    @property
    def live(self) -> str:
        """The version that the alias names."""
        return self.account.lambda_.get_alias(FunctionName=self.function, Name="live")["FunctionVersion"]


@pytest.fixture
def shop(bootstrapped: Account, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    """Yield the deployed stack, and destroy it if the test has not."""
    shop = Shop(bootstrapped, tmp_path, request.node.name.title().replace("_", "")[:60])
    done = shop.deploy("first")
    assert 0 == done.status, done.output
    yield shop
    destroy(shop)


def destroy(shop: Shop) -> Done:
    """Destroy the stack."""
    return shop.account.cdk("destroy", shop.stack, "--force", "--app", str(shop.directory / "first-False"))


def test_ten_code_changes_in_a_row(shop: Shop) -> None:
    """Each publishes a version and moves the alias; the ones before are kept, and shown as superseded."""
    for number in range(10):
        done = shop.deploy(f"change {number}")
        assert 0 == done.status, done.output

    assert [str(number) for number in range(1, 12)] == shop.versions
    assert "11" == shop.live
    shown = shop.status()
    assert "live" == shown.pop("11")
    assert {"standby"} == set(shown.values())


def test_commit_of_a_rolled_back_deployment_is_deployed_after_prune(shop: Shop) -> None:
    """Its version is in the way until `prune --orphans` has deleted it; its number is not used again."""
    # As the janitor does every five minutes, so that it is known that version 2 was never live.
    drained = shop.release("drain", "--yes")
    assert 0 == drained.status, drained.output
    failed = shop.deploy("second", fails=True)
    assert failed.status != 0
    assert (["1", "2"], "1") == (shop.versions, shop.live)
    again = shop.deploy("second")
    assert "A version for this Lambda function exists" in again.output

    pruned = shop.release("prune", "--orphans", "--yes")

    assert 0 == pruned.status, pruned.output
    assert ["1"] == shop.versions
    done = shop.deploy("second")
    assert 0 == done.status, done.output
    assert (["1", "3"], "3") == (shop.versions, shop.live)


def test_prune_leaves_a_rolled_back_version_with_an_execution(shop: Shop) -> None:
    """Somebody may have called it by its number."""
    assert shop.deploy("second", fails=True).status != 0
    shop.account.lambda_.invoke(FunctionName=shop.function, Qualifier="2", InvocationType="Event")

    pruned = shop.release("prune", "--orphans", "--yes")

    assert 0 == pruned.status, pruned.output
    assert ["1", "2"] == shop.versions


def test_stack_is_destroyed_with_versions_parked_and_executions_running(shop: Shop) -> None:
    """The janitor's schedule goes first of all that it needs; versions, parked or not, go with their function."""
    assert 0 == shop.deploy("second").status
    assert 0 == shop.deploy("third").status
    functions, name = shop.account.lambda_, shop.function
    functions.put_function_scaling_config(
        FunctionName=name,
        Qualifier="1",
        FunctionScalingConfig={"MinExecutionEnvironments": 0, "MaxExecutionEnvironments": 0},
    )
    for version in ("2", "live"):
        functions.invoke(FunctionName=name, Qualifier=version, InvocationType="Event")
    stack_id = shop.account.cloudformation.describe_stacks(StackName=shop.stack)["Stacks"][0]["StackId"]

    done = destroy(shop)

    assert 0 == done.status, done.output
    happened = happenings(shop.account, stack_id)
    deleted = {it.logical_id: index for index, it in enumerate(happened) if it.status == "DELETE_COMPLETE"}
    (schedule,) = (index for index in deleted.values() if happened[index].type == "AWS::Events::Rule")
    kinds = {
        "AWS::Lambda::Function",
        "AWS::DynamoDB::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::Lambda::CapacityProvider",
    }
    needed = [index for index in deleted.values() if happened[index].type in kinds]
    assert [] == [it for it in happened if it.status == "DELETE_FAILED"]
    assert 5 == len(needed)
    assert schedule < min(needed)
