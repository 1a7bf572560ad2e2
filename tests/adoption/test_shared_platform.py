"""The platform's and the teams' stacks: strict, and each function on the one capacity."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.adoption.shared_platform.app import build
from tests.adoption.strict import findings

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "env", [None, cdk.Environment(account="111122223333", region="us-east-1")], ids=["none", "us-east-1"]
)
def test_nothing_is_found(strict_app: Callable[..., cdk.App], env: cdk.Environment | None) -> None:
    """Preflight and the rule packs are content; the teams import what the platform exports."""
    app = strict_app()
    platform, *_ = build(app, env)

    assert [] == findings(app)
    templates = {
        name: json.loads((Path(app.outdir) / f"{name}.template.json").read_text())
        for name in ("Platform", "Orders", "Invoices")
    }
    assert {"Platform": 1, "Orders": 0, "Invoices": 0} == {
        name: len(_of_type(template, "AWS::Lambda::CapacityProvider")) for name, template in templates.items()
    }
    (provider,) = _of_type(templates["Platform"], "AWS::Lambda::CapacityProvider")
    assert [{"Key": "cost-center", "Value": "platform"}] == provider["PropagateTags"]["ExplicitTags"]
    for name in ("Orders", "Invoices"):
        (function,) = _of_type(templates[name], "AWS::Lambda::Function")
        config = function["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
        assert "Fn::ImportValue" in config["CapacityProviderArn"]
    assert 6 == platform.capacity.cost_floor().execution_environments
    assert ["lambda", "logs", "dynamodb", "xray"] == list(platform.capacity.network.endpoints)


def _of_type(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [
        body["Properties"]
        for name, body in template["Resources"].items()
        if body["Type"] == resource_type and not name.startswith("DurableReleases")
    ]
