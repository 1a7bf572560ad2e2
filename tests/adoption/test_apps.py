"""Apps as companies have them, each a module of this folder with `build` and `FOUND`; `strict.py` is none.

Each is synthesized with CDK's strict template rules, with preflight and with three rule packs of cdk-nag. What the
packs find is what the app itself decided, listed in `FOUND`; about the constructs they find nothing.
"""

from __future__ import annotations

import json
import runpy
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import cdk_nag
import pytest

from durable_mi_constructs import DurableMiPreflight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

APPS = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.name.startswith(("test_", "strict")))
PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.ServerlessChecks, cdk_nag.NIST80053R5Checks)
# Advice on style, `Fn::Sub` for CDK's `Fn::Join`, which cfn-lint passes on as an error of a pipeline's action.
ADVICE = "E3703 Resources/Pipeline9850B417/Properties/Stages/4/Actions/0/Configuration/RoleArn: Prefer using Fn::Sub"


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """What came of an app.

    Attributes:
        app: The app's module.
        reports: What each judge found.
        templates: The templates by their stacks' paths, those of stages included.
    """

    app: Mapping[str, Any]
    reports: list[dict[str, Any]]
    templates: Mapping[str, dict[str, Any]]

    @classmethod
    def of(cls, name: str, app: cdk.App) -> Synthesis:
        """Synthesize the app of a module."""
        module = runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))
        module["build"](app)
        stacks = [child for child in app.node.find_all() if isinstance(child, cdk.Stack)]
        cdk.Validations.of(app).add_plugins(DurableMiPreflight(), *(pack(app) for pack in PACKS))
        with suppress(RuntimeError):  # findings fail the synthesis; the report is there all the same
            app.synth()
        out = Path(app.outdir)
        files = {path.name: path for path in out.rglob("*.template.json")}
        return cls(
            app=module,
            reports=json.loads((out / "validation-report.json").read_text())["pluginReports"],
            templates={stack.node.path: json.loads(files[stack.template_file].read_text()) for stack in stacks},
        )


@pytest.fixture(scope="module")
def synthesized(strict_app: Callable[..., cdk.App]) -> Callable[[str], Synthesis]:
    """Synthesize an app by its name, each once."""
    return cache(lambda name: Synthesis.of(name, strict_app()))


@pytest.fixture(params=APPS)
def synthesis(request: pytest.FixtureRequest, synthesized: Callable[[str], Synthesis]) -> Synthesis:
    """Return each app in turn."""
    return synthesized(request.param)


def test_only_what_the_app_decided_is_found(synthesis: Synthesis) -> None:
    """By CDK's rules and preflight nothing, by the packs what `FOUND` has."""
    assert synthesis.app["FOUND"] == {
        (violation["ruleName"].partition("[")[0], construct["constructPath"].split("/")[1])
        for report in synthesis.reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    }


def test_all_judges_were_there(synthesis: Synthesis) -> None:
    """A pack that is missing finds nothing."""
    assert {"AwsSolutions", "Serverless", "NIST.800.53.R5"} <= {report["pluginName"] for report in synthesis.reports}


def test_cfn_lint_finds_no_error(synthesis: Synthesis, cfn_lint: Callable[[Any], list[str]]) -> None:
    """No circle, and nothing that CloudFormation would reject."""
    findings = [finding for template in synthesis.templates.values() for finding in cfn_lint(template)]

    assert [] == [it for it in findings if it.startswith("E") and not it.startswith(ADVICE)]


def test_pipeline_publishes_the_package_before_it_deploys(synthesized: Callable[[str], Synthesis]) -> None:
    """The one package of the stage's stack is what the pipeline's one project of assets publishes."""
    templates = synthesized("pipeline").templates
    (pipeline,) = _of_type(templates["Delivery"], "AWS::CodePipeline::Pipeline")
    (function,) = _of_type(templates["Delivery/Production/Orders"], "AWS::Lambda::Function")
    specs = [body["Source"]["BuildSpec"] for body in _of_type(templates["Delivery"], "AWS::CodeBuild::Project")]
    package = function["Code"]["S3Key"].removesuffix(".zip")

    assert ["Source", "Build", "UpdatePipeline", "Assets", "Production"] == [it["Name"] for it in pipeline["Stages"]]
    assert 1 == sum(f"{package}:" in spec for spec in specs if isinstance(spec, str))


def test_codedeploy_moves_the_alias(synthesized: Callable[[str], Synthesis]) -> None:
    """The deployment group is in the alias's update policy, and rolls back on alarms of the same function."""
    template = synthesized("codedeploy").templates["Releases"]
    resources = template["Resources"]
    (alias,) = (body for body in resources.values() if body["Type"] == "AWS::Lambda::Alias")
    policy = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    group = resources[policy["DeploymentGroupName"]["Ref"]]["Properties"]
    alarms = [resources[alarm["Name"]["Ref"]]["Properties"] for alarm in group["AlarmConfiguration"]["Alarms"]]

    assert group["ApplicationName"] == policy["ApplicationName"]
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert ["DurableExecutionFailed", "DurableExecutionTimedOut"] == [alarm["MetricName"] for alarm in alarms]
    assert [[{"Name": "FunctionName", "Value": alias["Properties"]["FunctionName"]}]] * 2 == [
        alarm["Dimensions"] for alarm in alarms
    ]
    assert "AWS::Lambda::Function" == resources[policy["BeforeAllowTrafficHook"]["Ref"]]["Type"]


def _of_type(template: Mapping[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [
        body["Properties"]
        for name, body in template["Resources"].items()
        if body["Type"] == resource_type and not name.startswith("DurableReleases")
    ]
