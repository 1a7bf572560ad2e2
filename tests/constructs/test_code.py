"""Handlers in inline code and in directories that CDK stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, FunctionSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:shared:7"


@pytest.mark.parametrize(
    ("text", "handler", "message"),
    [
        ("def handler(e, c): ...", "index.run", r"no run in index\.py: define run there"),
        ("def handler(e, c): ...", "order.handler", r"no order\.py: the package has index$"),
        ("async def handler(e, c): ...", "index.handler", "that is not async"),
    ],
)
def test_rejects_a_handler_that_inline_code_does_not_have(
    strict_stack: Callable[..., cdk.Stack],
    workflow: Callable[..., DurableManagedFunction],
    text: str,
    handler: str,
    message: str,
) -> None:
    """Lambda writes the text to `index.py`."""
    with pytest.raises(ValueError, match=message):
        workflow(strict_stack(), code=lambda_.Code.from_inline(text), handler=handler)


def test_rejects_a_handler_that_an_asset_does_not_have(
    strict_stack: Callable[..., cdk.Stack], workflow: Callable[..., DurableManagedFunction], tmp_path: Path
) -> None:
    """The directory is read as CDK staged it, and a layer can have what it does not."""
    (tmp_path / "orders.py").write_text("def handler(event, context): ...")
    stack = strict_stack()

    def code() -> lambda_.Code:
        return lambda_.Code.from_asset(str(tmp_path))  # CDK stages one object once, for its first function

    settings = FunctionSettings(layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER)])
    workflow(stack, "Works", code=code(), handler="orders.handler")
    workflow(stack, "Layered", code=code(), handler="layered.handler", settings=settings)

    with pytest.raises(ValueError, match=r"no order\.py: the package has orders$"):
        workflow(stack, "Module", code=code(), handler="order.handler")
    with pytest.raises(ValueError, match=r"no handle in orders\.py: write 'orders\.handler'$"):
        workflow(stack, "Function", code=code(), handler="orders.handle")


def test_an_asset_that_is_not_bundled_is_not_judged(
    strict_app: Callable[..., cdk.App], workflow: Callable[..., DurableManagedFunction], tmp_path: Path
) -> None:
    """Bundling could add the module."""
    stack = cdk.Stack(strict_app(**{"aws:cdk:bundling-stacks": []}), "Orders")
    (tmp_path / "app.ts").touch()

    workflow(stack, code=lambda_.Code.from_asset(str(tmp_path)), handler="order.handler")
