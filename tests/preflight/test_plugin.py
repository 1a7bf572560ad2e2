"""The plugin in a CDK app: what stops the synthesis, what does not, and how a rule is acknowledged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction
from durable_mi_constructs.preflight import DurableMiPreflight

if TYPE_CHECKING:
    from pathlib import Path


def app_with(tmp_path: Path, plugin: DurableMiPreflight, **options: Any) -> tuple[cdk.App, lambda_.Function]:
    """Return an app with the plugin and one durable function."""
    app = cdk.App(outdir=str(tmp_path / "cdk.out"))
    cdk.Validations.of(app).add_plugins(plugin)
    stack = cdk.Stack(app, "Shop")
    function = lambda_.Function(
        stack,
        "Order",
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
        **{
            "code": lambda_.Code.from_inline("def handler(event, context): ..."),
            "handler": "index.handler",
            "runtime": lambda_.Runtime.PYTHON_3_13,
            **options,
        },
    )
    return app, function


def reports(tmp_path: Path) -> dict[str, Any]:
    """Return what plugins with findings reported, as the CDK keeps it in the cloud assembly."""
    content = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text())
    return {entry["pluginName"]: entry for entry in content["pluginReports"]}


def rules(tmp_path: Path) -> list[str]:
    """Return the rules that our plugin reported."""
    return [violation["ruleName"] for violation in reports(tmp_path).get("durable-mi", {}).get("violations", [])]


def test_rejects_an_error_and_names_the_construct(tmp_path: Path) -> None:
    """The synthesis stops with the construct's path, the fix and the id to acknowledge it by."""
    app, _ = app_with(tmp_path, DurableMiPreflight(), runtime=lambda_.Runtime.PYTHON_3_11)

    with pytest.raises(RuntimeError) as refusal:
        app.synth()

    told = str(refusal.value)
    assert "Runtime must be one that runs a durable function, got python3.11: set python3.13 or newer" in told
    assert "Shop/Order/Resource" in told
    assert "Suggested fix: Move to python3.13" in told
    assert "durable-mi::DMI201" in told


def test_rejects_an_error_in_a_nested_stack(tmp_path: Path) -> None:
    """The CDK names the templates of whole stacks only; the construct is named all the same."""
    app, _ = app_with(tmp_path, DurableMiPreflight())
    inner = cdk.NestedStack(cdk.NestedStack(cdk.Stack(app, "Other"), "Outer"), "Inner")
    lambda_.Function(
        inner,
        "Deep",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
        runtime=lambda_.Runtime.PYTHON_3_11,
    )

    with pytest.raises(RuntimeError, match="Other/Outer/Inner/Deep/Resource"):
        app.synth()

    assert ["DMI201"] == [rule for rule in rules(tmp_path) if rule == "DMI201"]


def test_a_warning_does_not_stop_the_synthesis(tmp_path: Path) -> None:
    """It is in the report."""
    app, _ = app_with(tmp_path, DurableMiPreflight())
    app.synth()

    assert "success" == reports(tmp_path)["durable-mi"]["conclusion"]
    assert ["DMI702"] == rules(tmp_path)


def test_a_rule_is_acknowledged_on_a_construct(tmp_path: Path) -> None:
    """With CDK's own mechanism, errors too."""
    app, function = app_with(tmp_path, DurableMiPreflight(), runtime=lambda_.Runtime.PYTHON_3_11)
    cdk.Validations.of(function).acknowledge(
        cdk.Acknowledgment(id="durable-mi::DMI201", reason="a test"),
        cdk.Acknowledgment(id="durable-mi::DMI702", reason="a test"),
    )
    app.synth()

    assert [] == rules(tmp_path)


def test_a_rule_is_left_out_of_the_app(tmp_path: Path) -> None:
    """It is neither checked nor named among the rules."""
    plugin = DurableMiPreflight(ignore=["DMI201", "DMI702"])
    app, _ = app_with(tmp_path, plugin, runtime=lambda_.Runtime.PYTHON_3_11)
    app.synth()

    assert not {"DMI201", "DMI702"} & set(plugin.rule_ids)
    assert [] == rules(tmp_path)


def test_rejects_to_ignore_what_is_no_rule() -> None:
    """A misspelt id would hide nothing."""
    with pytest.raises(ValueError, match="ignore must name rules such as 'DMI112', got DMI999: correct or remove it"):
        DurableMiPreflight(ignore=["DMI999"])


def test_stacks_of_stages_are_checked(tmp_path: Path) -> None:
    """Each of them."""
    app = cdk.App(outdir=str(tmp_path / "cdk.out"))
    cdk.Validations.of(app).add_plugins(DurableMiPreflight())
    stage = cdk.Stage(app, "Prod")
    lambda_.Function(
        cdk.Stack(stage, "Shop"),
        "Order",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_12,
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
    )
    with pytest.raises(RuntimeError, match="Prod/Shop/Order/Resource"):
        app.synth()


def test_our_construct_passes(tmp_path: Path) -> None:
    """Nothing to acknowledge."""
    app = cdk.App(outdir=str(tmp_path / "cdk.out"))
    cdk.Validations.of(app).add_plugins(DurableMiPreflight())
    DurableManagedFunction(
        cdk.Stack(app, "Shop"),
        "Order",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        execution_timeout=cdk.Duration.hours(1),
    )
    app.synth()

    assert [] == rules(tmp_path)


def app_with_code(tmp_path: Path, plugin: DurableMiPreflight) -> tuple[cdk.App, lambda_.Function]:
    """Return an app with the plugin and a durable function whose code has a mistake in line 6."""
    source = tmp_path / "src"
    source.mkdir()
    (source / "order.py").write_text(
        "import uuid\nfrom aws_durable_execution_sdk_python import durable_execution\n\n"
        "@durable_execution\ndef handler(event, context):\n"
        "    return context.step(lambda _: 1, name=str(uuid.uuid4()))\n"
    )
    code = lambda_.Code.from_asset(str(source))
    return app_with(tmp_path, plugin, code=code, handler="order.handler")


def test_the_code_is_checked_and_does_not_stop_the_synthesis(tmp_path: Path) -> None:
    """The report has the place and the construct."""
    app, function = app_with_code(tmp_path, DurableMiPreflight(ignore=["DMI702"]))
    app.synth()
    report = reports(tmp_path)["durable-mi"]
    (violation,) = report["violations"]
    (asset,) = (tmp_path / "cdk.out").glob("asset.*")

    assert ("success", "DMC103", "warning") == (report["conclusion"], violation["ruleName"], violation["severity"])
    assert f"{asset}/order.py:6: the name of an operation" in violation["description"]
    assert f"{function.node.path}/Resource" in json.dumps(violation)


def test_rejects_errors_in_the_code_if_asked(tmp_path: Path) -> None:
    """With the construct's path and the id to acknowledge it by."""
    app, _ = app_with_code(tmp_path, DurableMiPreflight(code_errors=True))

    with pytest.raises(RuntimeError) as refusal:
        app.synth()

    assert "Shop/Order/Resource" in str(refusal.value)
    assert "durable-mi::DMC103" in str(refusal.value)


def test_a_rule_over_code_is_acknowledged_on_a_construct(tmp_path: Path) -> None:
    """Like one over templates."""
    app, function = app_with_code(tmp_path, DurableMiPreflight(ignore=["DMI702"], code_errors=True))
    cdk.Validations.of(function).acknowledge(cdk.Acknowledgment(id="durable-mi::DMC103", reason="a test"))
    app.synth()

    assert [] == rules(tmp_path)


@pytest.mark.parametrize("options", [{"code": False}, {"ignore": ["DMC103", "DMI702"]}])
def test_the_code_is_left_out(tmp_path: Path, options: dict[str, Any]) -> None:
    """As a whole, or one rule."""
    plugin = DurableMiPreflight(**options)
    app, _ = app_with_code(tmp_path, plugin)
    app.synth()

    assert "DMC103" not in plugin.rule_ids
    assert "DMC103" not in rules(tmp_path)


def test_code_that_was_not_bundled_is_not_judged(tmp_path: Path) -> None:
    """The CDK CLI needs no assets of the stack: the handler can be what bundling would have made."""
    app = cdk.App(outdir=str(tmp_path / "cdk.out"), context={"aws:cdk:bundling-stacks": []})
    cdk.Validations.of(app).add_plugins(DurableMiPreflight(ignore=["DMI702"]))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "order.py").write_text("")
    bundling = cdk.BundlingOptions(image=cdk.DockerImage.from_registry("scratch"))
    lambda_.Function(
        cdk.Stack(app, "Shop"),
        "Bundled",
        code=lambda_.Code.from_asset(str(tmp_path / "src"), bundling=bundling),
        handler="built.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
    )
    app.synth()

    assert [] == rules(tmp_path)


def test_metadata_of_a_resource_leaves_findings_out(tmp_path: Path) -> None:
    """As on the command line."""
    app, function = app_with(tmp_path, DurableMiPreflight())
    resource = function.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    resource.add_metadata("durable-mi", {"ignore": ["DMI112"], "reason": "of another rule"})
    app.synth()
    assert "DMI702" in rules(tmp_path)

    app, function = app_with(tmp_path / "again", DurableMiPreflight())
    resource = function.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    resource.add_metadata("durable-mi", {"ignore": ["DMI702"], "reason": "another stack has the alias"})
    app.synth()
    assert "DMI702" not in rules(tmp_path / "again")
