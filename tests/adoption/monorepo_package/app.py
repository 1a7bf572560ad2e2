"""A monorepo's app: the service's package has its own source, a package of the workspace and a shared directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from durable_mi_constructs import DurableManagedFunction, PythonCode

if TYPE_CHECKING:
    from constructs import Construct

ROOT = Path(__file__).parent


def build(scope: Construct) -> DurableManagedFunction:
    """Add the service's stack to an app, or to a stage of it."""
    return DurableManagedFunction(
        cdk.Stack(scope, "Orders"),
        "Workflow",
        code=PythonCode.from_project(
            ROOT / "services" / "orders",
            include={"shared_lib": "../../shared/shared_lib"},
        ),
        handler="orders.handler",
        execution_timeout=cdk.Duration.hours(1),
    )


if __name__ == "__main__":
    main = cdk.App()
    build(main)
    main.synth()
