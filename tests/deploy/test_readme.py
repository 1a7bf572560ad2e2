"""The README's deployment, run to the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.deploy.example import Readme


def test_readme_steps_end_well(readme: Readme) -> None:
    """Bootstrap and deploy, the outputs, destroy: each block ends with status 0."""
    failed = {script: step.output for script, step in readme.steps.items() if step.status != 0}
    commands = [line.split("#")[0].strip() for script in readme.steps for line in script.splitlines()]

    assert {} == failed
    assert [command for command in commands if command.startswith("cdk ")] == [
        "cdk bootstrap",
        "cdk deploy",
        "cdk destroy",
    ]
