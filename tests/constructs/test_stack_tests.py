"""The public helpers for tests of stacks, on what the CDK writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets
from aws_cdk.assertions import Template

from durable_mi_constructs import DurableManagedFunction
from durable_mi_constructs.testing import assert_durable_ready, stable_template, stable_text

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import Construct

HOUR = cdk.Duration.hours(1)
HANDLER = "def handler(event, context): ..."


def durable(scope: Construct, construct_id: str = "Workflow", **options: Any) -> lambda_.Function:
    """Create a durable function of the CDK's own, which has an alias."""
    function = lambda_.Function(
        scope,
        construct_id,
        **{
            "code": lambda_.Code.from_inline(HANDLER),
            "handler": "index.handler",
            "runtime": lambda_.Runtime.PYTHON_3_14,
            "durable_config": lambda_.DurableConfig(execution_timeout=HOUR),
            "current_version_options": lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.RETAIN),
            **options,
        },
    )
    lambda_.Alias(scope, f"{construct_id}Alias", alias_name="live", version=function.current_version)
    return function


def app(code: Path, content: str, synthesizer: cdk.IReusableStackSynthesizer | None = None) -> list[cdk.Stack]:
    """Return stacks with everything that carries a hash of the code.

    One function's version is exported, another's is in a nested stack and passed to it, and beside them are a custom
    resource with its provider, a REST API, and the CDK's own metadata.
    """
    (code / "index.py").write_text(content)
    context = {"aws:cdk:enable-asset-metadata": True}
    top = cdk.App(default_stack_synthesizer=synthesizer, analytics_reporting=True, context=context)
    stack = cdk.Stack(top, "Shop")
    function = durable(stack, code=lambda_.Code.from_asset(str(code)))
    again = durable(stack, "Again", code=lambda_.Code.from_asset(str(code), exclude=["nothing"]))
    asset = assets.Asset(stack, "Asset", path=str(code / "index.py"))
    nested = cdk.NestedStack(stack, "Nested", parameters={"Key": asset.s3_object_key})
    cdk.CfnOutput(nested, "Version", value=function.current_version.version)
    cdk.CfnOutput(nested, "Bucket", value=asset.s3_bucket_name)
    cdk.CfnOutput(
        stack, "Inner", value=durable(nested, code=lambda_.Code.from_asset(str(code))).current_version.version
    )
    apigateway.SpecRestApi(stack, "Api", api_definition=apigateway.ApiDefinition.from_asset(str(code / "index.py")))
    other = cdk.Stack(top, "Other")
    for name, used in (("One", function), ("Two", again)):
        cdk.CfnOutput(other, name, value=used.current_version.function_arn)
        cdk.CfnOutput(other, f"{name}Version", value=used.current_version.version)
    return [stack, nested, other]


HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


@pytest.mark.parametrize("legacy", [False, True], ids=["default", "legacy"])
def test_code_moves_no_snapshot(tmp_path: Path, *, legacy: bool) -> None:
    """With each synthesizer: no hash is left, nothing is lost, and other code gives the same text."""
    texts = []
    for content in (HANDLER, f"{HANDLER}  # changed"):
        stacks = app(tmp_path, content, cdk.LegacyStackSynthesizer() if legacy else None)
        templates = [Template.from_stack(stack).to_json() for stack in stacks]
        stable = [stable_template(stack) for stack in stacks]
        for before, after in zip(templates, stable, strict=True):
            for section in ("Resources", "Outputs", "Parameters"):
                assert len(before.get(section, {})) == len(after.get(section, {}))
        texts.append([stable_text(stack) for stack in stacks])
        assert [] == [found[0] for text in texts[-1] for found in HASH.finditer(text)]
        assert templates != stable

    assert texts[0] == texts[1]


def test_exports_follow_their_version(tmp_path: Path) -> None:
    """The other stack imports by the name that the first exports."""
    stack, _nested, other = map(stable_template, app(tmp_path, HANDLER))

    exported = {output["Export"]["Name"] for output in stack["Outputs"].values() if "Export" in output}
    imported = {output["Value"]["Fn::ImportValue"] for output in other["Outputs"].values()}
    assert 4 == len(imported)
    assert imported == exported


def test_takes_what_from_stack_returned(tmp_path: Path) -> None:
    """The text is the same."""
    stack, *_ = app(tmp_path, HANDLER)

    assert stable_text(stack) == stable_text(Template.from_stack(stack))


@pytest.mark.parametrize("function", [stable_text, stable_template, assert_durable_ready])
def test_rejects_what_is_no_stack(function: Any) -> None:
    """With what to pass instead."""
    with pytest.raises(
        TypeError, match=r"stack must be a Stack or an assertions\.Template, got App: pass one stack of"
    ):
        function(cdk.App())


def test_our_construct_is_ready() -> None:
    """As a stack and as a template."""
    stack = cdk.Stack(cdk.App(), "Shop")
    DurableManagedFunction(
        stack, "Workflow", code=lambda_.Code.from_inline(HANDLER), handler="index.handler", execution_timeout=HOUR
    )

    assert_durable_ready(stack)
    assert_durable_ready(Template.from_stack(stack))


def test_rejects_a_stack_in_words() -> None:
    """The construct is named, though the template has no paths; nested stacks and stages count."""
    stage = cdk.Stage(cdk.App(), "Prod")
    stack = cdk.Stack(stage, "Shop")
    durable(stack, runtime=lambda_.Runtime.PYTHON_3_11)
    durable(cdk.NestedStack(stack, "Nested"), runtime=lambda_.Runtime.PYTHON_3_12)

    with pytest.raises(AssertionError) as failure:
        assert_durable_ready(stack)

    lines = str(failure.value).splitlines()
    assert lines[0].startswith("Prod/Shop must be ready for durable executions, preflight finds 2 problems: fix them, ")
    assert re.fullmatch(r"Prod/Shop/Workflow/Resource \(Workflow\w{8}\)", lines[2])
    assert "error DMI201: Runtime must be one that runs a durable function, got python3.11: set" in lines[3]
    assert re.fullmatch(r"Prod/Shop/Nested/Workflow/Resource \(Workflow\w{8}\)", lines[5])
    assert "got python3.12" in lines[6]
    assert_durable_ready(stack, ignore=["DMI201"])


def test_only_the_stack_is_checked() -> None:
    """A stack beside it has tests of its own, and so has the nested one."""
    top = cdk.App()
    stack = cdk.Stack(top, "Shop")
    durable(stack)
    durable(cdk.Stack(top, "Other"), runtime=lambda_.Runtime.PYTHON_3_11)
    nested = cdk.NestedStack(cdk.Stack(top, "Outer"), "Nested")
    durable(nested, runtime=lambda_.Runtime.PYTHON_3_12)

    assert_durable_ready(stack)
    with pytest.raises(
        AssertionError, match=r"Outer/Nested must be .* 1 problem: fix it, .*\n\nOuter/Nested/Workflow/"
    ):
        assert_durable_ready(nested)


def test_policies_of_other_stacks_count() -> None:
    """The CDK attaches them across stacks."""
    app = cdk.App()
    stack, other = cdk.Stack(app, "Shop"), cdk.Stack(app, "Permissions")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), role_name="shop-workflow")
    durable(stack, role=role.without_policy_updates())
    actions = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState", "logs:*"]
    statement = iam.PolicyStatement(actions=actions, resources=["*"])
    document = iam.PolicyDocument(statements=[statement])
    iam.CfnPolicy(other, "Policy", policy_name="durable", policy_document=document, roles=[role.role_name])

    assert_durable_ready(stack, ignore=["DMI701"])


def test_rejects_a_stack_without_durable_functions() -> None:
    """A test of the wrong stack would pass for ever."""
    with pytest.raises(AssertionError, match="Shop must have a durable function, got no function: set DurableConfig"):
        assert_durable_ready(cdk.Stack(cdk.App(), "Shop"))


@pytest.mark.parametrize("place", ["function", "stack"])
def test_an_acknowledged_finding_passes(place: str) -> None:
    """On the construct, or on a parent; another finding does not."""
    stack = cdk.Stack(cdk.App(), "Shop")
    function = durable(stack, runtime=lambda_.Runtime.PYTHON_3_11)
    scope = {"function": function, "stack": stack}[place]
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id="durable-mi::DMI201", reason="a test"))

    assert_durable_ready(stack)


def test_rejects_what_is_acknowledged_elsewhere() -> None:
    """An acknowledgement is for its construct and its rule."""
    stack = cdk.Stack(cdk.App(), "Shop")
    durable(stack, runtime=lambda_.Runtime.PYTHON_3_11)
    other = durable(stack, "Other")
    cdk.Validations.of(other).acknowledge(cdk.Acknowledgment(id="durable-mi::DMI201", reason="a test"))
    cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id="durable-mi::DMI702", reason="a test"))

    with pytest.raises(AssertionError, match=r"Shop/Workflow/Resource .*\n  error DMI201"):
        assert_durable_ready(stack)
