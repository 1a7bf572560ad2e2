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
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(15)),
        **{"runtime": lambda_.Runtime.PYTHON_3_13, **options},
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
