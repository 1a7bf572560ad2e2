"""Templates of the app that the table of upgrades shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.upgrades import build

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aws_cdk as cdk

    from tests.conftest import Resources
    from tests.upgrades import Shape


@pytest.fixture(scope="session")
def template_of(
    strict_stack: Callable[..., cdk.Stack], synthesize: Callable[..., Resources]
) -> Callable[[Shape], Mapping[str, Any]]:
    """Return the template of a shape; each is synthesized once."""
    made: dict[Shape, Mapping[str, Any]] = {}

    def make(shape: Shape) -> Mapping[str, Any]:
        if shape not in made:
            stack = strict_stack()
            build(stack, shape)
            made[shape] = synthesize(stack, preflight=shape.preflight, lint=False).json
        return made[shape]

    return make
