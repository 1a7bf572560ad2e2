"""Apps of `tests/adoption`, deployed with the real CDK CLI: what they are about holds in the account too.

In short: `tests/adoption` holds their templates to the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.deploy.order_of_events import Happening, happenings
from tests.deploy.permissions import Question, Role, allowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.deploy.account import Account
    from tests.deploy.example import Example


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A stack of an app after a deployment.

    Attributes:
        account: Where it is.
        ids: Physical ids by type and logical id.
        happened: What CloudFormation did to it in its life.
    """

    account: Account
    ids: Mapping[tuple[str, str], str]
    happened: Sequence[Happening]

    @classmethod
    def read(cls, account: Account, stack: str) -> Deployed:
        """Read a stack, which must be complete."""
        happened = happenings(account, stack)
        assert happened[-1].logical_id == stack
        assert happened[-1].status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        resources = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        ids = {(it["ResourceType"], it["LogicalResourceId"]): it["PhysicalResourceId"] for it in resources}
        return cls(account=account, ids=ids, happened=happened)

    def named(self, beginning: str, resource_type: str) -> str:
        """Return the physical id of the one resource of a type whose logical id begins so."""
        (found,) = (it for (kind, name), it in self.ids.items() if kind == resource_type and name.startswith(beginning))
        return found

    def live(self, beginning: str) -> str:
        """Return the version that the alias of a function points at."""
        name = self.named(beginning, "AWS::Lambda::Function")
        return self.account.lambda_.get_alias(FunctionName=name, Name="live")["FunctionVersion"]

    def position(self, beginning: str, status: str) -> int:
        """Where in the order the last resource whose logical id begins so came to a status."""
        return max(
            index
            for index, it in enumerate(self.happened)
            if it.logical_id.startswith(beginning) and it.status == status
        )


def deploy(account: Account, directory: Path, name: str, *stacks: str, **options: Any) -> list[Deployed]:
    """Synthesize an app and deploy it.

    Args:
        account: Where to.
        directory: Where the assembly goes.
        name: The app's module in `tests.adoption`.
        stacks: The stacks to return.
        options: What the app is built with.
    """
    app = cdk.App(outdir=str(directory))
    import_module(f"tests.adoption.{name}").build(app, **options)
    app.synth()
    done = account.deploy(directory)
    assert 0 == done.status, done.output
    return [Deployed.read(account, stack) for stack in stacks]


def environment(account: Account) -> cdk.Environment:
    """Return an account and its Region as a stack names them."""
    return cdk.Environment(account=account.number, region=account.region)


@pytest.mark.slow
def test_second_app_uses_what_the_first_exports(example: Example, tmp_path: Path) -> None:
    """It knows two outputs of the first app, and invokes the alias."""
    account = example.account
    alias = example.outputs["AliasArn"]

    (shop,) = deploy(
        account,
        tmp_path,
        "second_app",
        "Shop",
        env=environment(account),
        function_arn=alias.removesuffix(":live"),
        capacity_provider_name=example.outputs["CapacityProviderName"],
    )

    rule = shop.named("Placed", "AWS::Events::Rule")
    assert [alias] == account.rule_targets(rule)
    policy = json.loads(account.lambda_.get_policy(FunctionName=alias)["Policy"])
    assert [("events.amazonaws.com", alias)] == [
        (statement["Principal"]["Service"], statement["Resource"]) for statement in policy["Statement"]
    ]
    (api,) = Role.read(account.iam, shop.named("Api", "AWS::IAM::Role")).policies
    starts = [it["Resource"] for it in api["Statement"] if it["Action"] == "lambda:InvokeFunction"]
    assert [alias] == starts


@pytest.mark.slow
def test_approval_has_its_permissions_before_it_runs(bootstrapped: Account, tmp_path: Path) -> None:
    """Workflow and notifier may call each other, which is no circle; the version waits for the permission."""
    (stack,) = deploy(bootstrapped, tmp_path, "approval", "Approvals")

    roles = {
        name: Role.read(bootstrapped.iam, stack.named(name, "AWS::IAM::Role"))
        for name in ("WorkflowRole", "NotifierServiceRole", "PortalServiceRole")
    }
    arns = {
        name: bootstrapped.lambda_.get_function_configuration(FunctionName=stack.named(name, "AWS::Lambda::Function"))[
            "FunctionArn"
        ]
        for name in ("Workflow", "Notifier", "Portal")
    }
    execution = f"{arns['Workflow']}:1/durable-execution/order-123/4f1c"
    questions = {
        "invoke the notifier": Question("lambda:InvokeFunction", arns["Notifier"]),
        "invoke the portal": Question("lambda:InvokeFunction", arns["Portal"]),
        "start": Question("lambda:InvokeFunction", f"{arns['Workflow']}:live"),
        "complete a callback": Question("lambda:SendDurableExecutionCallbackSuccess", execution),
    }

    assert "1" == stack.live("Workflow")
    assert {
        "WorkflowRole": {"invoke the notifier", "invoke the portal"},
        "NotifierServiceRole": {"complete a callback"},
        "PortalServiceRole": {"start"},
    } == {
        name: {
            words
            for words, question in questions.items()
            if question in allowed(role.arn, list(questions.values()), policies=role.policies)
        }
        for name, role in roles.items()
    }
    assert stack.position("WorkflowExecutionPolicy", "CREATE_COMPLETE") < stack.position(
        "WorkflowCurrentVersion", "CREATE_IN_PROGRESS"
    )


@pytest.mark.slow
def test_role_of_the_security_team_is_permitted_first(bootstrapped: Account, tmp_path: Path) -> None:
    """Both functions run with the one role; what each needs is in place before its function or its version."""
    security, orders = deploy(
        bootstrapped, tmp_path, "security_role", "Security", "Orders", env=environment(bootstrapped)
    )

    role = Role.read(bootstrapped.iam, security.named("Workflows", "AWS::IAM::Role"))
    for name in ("Ship", "Refund"):
        function = orders.named(name, "AWS::Lambda::Function")
        config = bootstrapped.lambda_.get_function_configuration(FunctionName=function, Qualifier="live")
        execution = f"{config['FunctionArn']}/durable-execution/order-123/4f1c"
        checkpoint = Question("lambda:CheckpointDurableExecution", execution)

        assert (role.arn, "1") == (config["Role"], orders.live(name))
        assert {checkpoint} == allowed(role.arn, [checkpoint], policies=role.policies)
        assert orders.position(f"{name}ExecutionPolicy", "CREATE_COMPLETE") < orders.position(
            f"{name}CurrentVersion", "CREATE_IN_PROGRESS"
        )


@pytest.mark.slow
def test_codedeploy_moves_the_alias_last(bootstrapped: Account, tmp_path: Path) -> None:
    """From the second release on, after the smoke test has its permissions; the first version stays."""
    (first,) = deploy(bootstrapped, tmp_path / "1", "codedeploy", "Releases")
    group = (
        first.named("Canary", "AWS::CodeDeploy::Application"),
        first.named("Canary", "AWS::CodeDeploy::DeploymentGroup"),
    )
    assert "1" == first.live("Workflow")
    assert first.position("WorkflowGrantsTo", "CREATE_COMPLETE") < first.position("WorkflowAlias", "CREATE_IN_PROGRESS")
    assert [] == bootstrapped.alias_shifts(*group)

    (second,) = deploy(bootstrapped, tmp_path / "2", "codedeploy", "Releases", release="2")

    function = second.named("Workflow", "AWS::Lambda::Function")
    assert [
        {"Name": function, "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"}
    ] == bootstrapped.alias_shifts(*group)
    assert "2" == second.live("Workflow")
    assert {f"{function}:1", f"{function}:2"} == {
        it["FunctionArn"].rpartition("function:")[2]
        for it in bootstrapped.lambda_.list_function_versions_by_capacity_provider(
            CapacityProviderName=second.named("Workflow", "AWS::Lambda::CapacityProvider")
        )["FunctionVersions"]
    }
    moved = second.position("WorkflowAlias", "UPDATE_IN_PROGRESS")
    assert second.position("SmokeTest", "UPDATE_COMPLETE") < moved
    assert second.position("WorkflowCurrentVersion", "CREATE_COMPLETE") < moved
