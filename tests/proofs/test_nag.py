"""Three rule packs of cdk-nag over everything that the table of upgrades can shape: no finding is left.

The packs run as CDK runs them in a user's app. CDK's validation report tells what they found and what of it was
acknowledged, where and why.
"""

from __future__ import annotations

import json
import runpy
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from stack import OrderWorkflowStack

from durable_mi.scaffold.project import project_files, write_project
from durable_mi.scaffold.project_name import ProjectName
from durable_mi_constructs import DurableManagedFunction, Egress
from durable_mi_constructs.acknowledgements import SUPPRESSIONS
from tests.upgrades import CHANGES, Shape, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs import Construct

    Nag = Callable[[cdk.App], "Report"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "order_workflow"
PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)


@dataclass(frozen=True)
class Report:
    """What the packs found.

    Attributes:
        found: Rule and path of each finding that nobody acknowledged.
        acknowledged: Rule, path, reason and the path that the acknowledgement is on, of each of the others.
    """

    found: list[tuple[str, str]]
    acknowledged: list[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def nag() -> Nag:
    """Synthesizes an app with the three packs and reads CDK's report."""

    def run(app: cdk.App) -> Report:
        cdk.Validations.of(app).add_plugins(*(pack(app) for pack in PACKS))
        with suppress(RuntimeError):  # findings fail the synthesis; the report is there all the same
            app.synth()
        reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())["pluginReports"]
        packs = {report["pluginName"]: report for report in reports}
        mine = [packs[name] for name in ("AwsSolutions", "Serverless", "NIST.800.53.R5")]
        return Report(
            [(entry["ruleName"], path) for report in mine for entry in report["violations"] for path in _paths(entry)],
            [
                (entry["ruleName"], path, entry["reason"], entry["acknowledgedAt"])
                for report in mine
                for entry in report.get("suppressedViolations", [])
                for path in _paths(entry)
            ],
        )

    return run


def _paths(entry: dict[str, Any]) -> Iterator[str]:
    yield from (construct["constructPath"] for construct in entry["violatingConstructs"])


def _app(shape: Shape) -> cdk.App:
    app = cdk.App()
    build(cdk.Stack(app, "Orders"), shape)
    return app


def _monitored(function: DurableManagedFunction) -> None:
    topic = sns.Topic.from_topic_arn(function, "Topic", "arn:aws:sns:us-east-1:111122223333:alarms")
    function.monitor(actions=[actions.SnsAction(topic)])


def _own_role_and_key(scope: Construct) -> dict[str, Any]:
    return {
        "tracing": lambda_.Tracing.ACTIVE,
        "role": iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        "encryption_key": kms.Key(scope, "Key", enable_key_rotation=True),
    }


EVERYTHING = Shape(
    function=_own_role_and_key,
    network=lambda _scope: {"egress": Egress.PRIVATE},
    then=_monitored,
)
"""What no single change shows together."""
BY_THE_APP = {
    "alarms and dashboard": {("NIST.800.53.R5-CloudWatchAlarmAction", "Workflow")},
    "log retention": {("NIST.800.53.R5-CloudWatchLogGroupEncrypted", "Logs")},
    "system logs": {("NIST.800.53.R5-CloudWatchLogGroupEncrypted", "SystemLogs")},
    "no flow logs": {("AwsSolutions-VPC7", "Network"), ("NIST.800.53.R5-VPCFlowLogsEnabled", "Network")},
    "no dead-letter queue": {("NIST.800.53.R5-LambdaDLQ", "Workflow"), ("Serverless-LambdaDLQ", "Workflow")},
    "own VPC": {
        ("AwsSolutions-VPC7", "Vpc"),
        ("NIST.800.53.R5-VPCDefaultSecurityGroupClosed", "Vpc"),
        ("NIST.800.53.R5-VPCFlowLogsEnabled", "Vpc"),
        ("NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW", "Vpc"),
        ("NIST.800.53.R5-VPCSubnetAutoAssignPublicIpDisabled", "Vpc"),
    },
}
"""Of each change that is found something about: the rules, and the child of the stack that they are about."""


@pytest.fixture(scope="module")
def shapes() -> dict[str, Shape]:
    """Every shape by name."""
    return {"minimal": Shape(), "everything": EVERYTHING, **{change.name: change.after for change in CHANGES}}


@pytest.fixture(scope="module")
def report_of(nag: Nag, shapes: dict[str, Shape]) -> Callable[[str], Report]:
    """Return the report of a shape by its name, or of the example."""

    @cache
    def make(name: str) -> Report:
        if name != "example":
            return nag(_app(shapes[name]))
        context = json.loads((EXAMPLE / "cdk.json").read_text())["context"]
        app = cdk.App(context={**context, "aws:cdk:bundling-stacks": []})
        OrderWorkflowStack(app, "OrderWorkflow")
        return nag(app)

    return make


@pytest.fixture(scope="module")
def reports(report_of: Callable[[str], Report], shapes: dict[str, Shape]) -> dict[str, Report]:
    """Return all reports; the packs take a second for each."""
    return {name: report_of(name) for name in (*shapes, "example")}


MAIN_SHAPES: Final = ("minimal", "everything", "example")


def test_nothing_is_found_that_is_not_acknowledged(report_of: Callable[[str], Report]) -> None:
    """Minimal, everything and the example."""
    assert {"minimal": [], "everything": [], "example": []} == {name: report_of(name).found for name in MAIN_SHAPES}


@pytest.mark.slow
def test_found_is_what_the_app_decided(reports: dict[str, Report]) -> None:
    """The changes leave findings where the app asks for less, or brings something of its own, and nowhere else."""
    assert BY_THE_APP == {
        name: {(rule, path.split("/")[1]) for rule, path in report.found}
        for name, report in reports.items()
        if report.found
    }


@pytest.mark.slow
def test_acknowledgements_are_those_decided(reports: dict[str, Report]) -> None:
    """Every reason is one of ours, and each rule of ours is acknowledged somewhere: none is left over."""
    ours = {
        (rule.partition("::")[2].partition("[")[0], suppression.reason)
        for suppression in SUPPRESSIONS
        for rule in suppression.rules
    }
    made = {
        (rule.partition("[")[0], reason)
        for name, report in reports.items()
        if name != "example"  # an app, with acknowledgements of its own
        for rule, _path, reason, _place in report.acknowledged
    }

    assert ours == made


def test_the_example_answers_for_its_log_groups_only(report_of: Callable[[str], Report]) -> None:
    """Its other findings are acknowledged by the constructs, with our reasons."""
    ours = {suppression.reason for suppression in SUPPRESSIONS}

    assert {
        ("NIST.800.53.R5-CloudWatchLogGroupEncrypted", f"OrderWorkflow/{name}")
        for name in ("FlowLogs", "Logs", "SystemLogs")
    } == {(rule, place) for rule, _path, reason, place in report_of("example").acknowledged if reason not in ours}


@pytest.mark.slow
def test_the_other_examples_and_new_projects_leave_nothing(nag: Nag, tmp_path: Path) -> None:
    """The examples beside the order workflow, and a new project, as a user would check them."""
    files = [*EXAMPLE.parent.glob("*/*_stack.py"), tmp_path / "stack.py"]
    write_project(tmp_path, project_files(ProjectName.parse("new-project"), "minimal"))
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    for file in files:
        ((name, stack),) = ((key, it) for key, it in runpy.run_path(str(file)).items() if key.endswith("Stack"))
        stack(app, name.removesuffix("Stack"))

    assert 5 == len(files)
    # The role that CDK's schedule makes for itself, with a name that an app does not know.
    assert [
        ("NIST.800.53.R5-IAMNoInlinePolicy", "ScheduledReport/SchedulerRoleForTarget-95ca4b/DefaultPolicy/Resource")
    ] == nag(app).found


def test_no_more_than_ten_kinds() -> None:
    """Each is a decision that a reviewer has to judge."""
    assert len(SUPPRESSIONS) <= 10


def test_acknowledgements_lie_below_the_stack(report_of: Callable[[str], Report]) -> None:
    """None covers a stack or an app, whose other resources are not ours to speak for."""
    reports = [report_of(name) for name in MAIN_SHAPES]

    assert [] == [place for report in reports for *_found, place in report.acknowledged if place.count("/") == 0]


def test_wildcards_are_acknowledged_one_by_one(report_of: Callable[[str], Report]) -> None:
    """The executions and versions of this function, and what X-Ray takes; a wildcard that somebody adds is found."""
    wildcards = {
        rule.partition("[")[2]
        for rule, *_rest in report_of("minimal").acknowledged
        if rule.startswith("AwsSolutions-IAM5")
    }

    any_of_lambda = "Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>"
    assert {
        "Resource::<WorkflowF96E0FF2.Arn>:*]",
        f"{any_of_lambda}:function:*]",
        f"{any_of_lambda}:capacity-provider:*]",
    } == wildcards


def test_what_a_user_adds_is_found(nag: Nag) -> None:
    """An acknowledgement of ours does not hide somebody else's wildcard in the same role."""

    def add(function: DurableManagedFunction) -> None:
        function.role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::orders/*"])
        )

    assert [
        ("AwsSolutions-IAM5[Resource::arn:aws:s3:::orders/*]", "Orders/Workflow/Role/DefaultPolicy/Resource")
    ] == nag(_app(Shape(then=add))).found


def test_the_reference_is_generated() -> None:
    """Run `docs/reference/generate_nag.py` after a change of the decisions."""
    page = runpy.run_path(str(ROOT / "docs/reference/generate_nag.py"))["reference"]()

    assert (ROOT / "docs/reference/nag.md").read_text() == page
