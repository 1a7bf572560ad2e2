"""The constructs under test with the least that they ask for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, Releases

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct


@pytest.fixture(scope="session")
def workflow() -> Callable[..., DurableManagedFunction]:
    """Make a durable function with inline code; arguments go to the construct.

    Its old versions are kept: a stack with a janitor takes half as long again. Tests that are about releases, or about
    the order of a deployment, take `draining_workflow` instead.
    """
    return partial(_make, releases=Releases.keep_all())


@pytest.fixture(scope="session")
def draining_workflow() -> Callable[..., DurableManagedFunction]:
    """Make the same with the construct's default, a janitor for the stack."""
    return _make


def _make(scope: Construct, construct_id: str = "Workflow", **options: Any) -> DurableManagedFunction:
    options = {
        "code": lambda_.Code.from_inline("def handler(event, context): ..."),
        "handler": "index.handler",
        "execution_timeout": cdk.Duration.hours(1),
        **options,
    }
    return DurableManagedFunction(scope, construct_id, **options)
