"""The README's deployment, run to the letter: on a terminal, by the commands that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.deploy.example import Readme


def test_readme_steps_end_well(readme: Readme) -> None:
    """Bootstrap and deploy, the outputs, destroy: each block ends with status 0, every question answered with yes."""
    failed = {script: step.output[-2000:] for script, step in readme.steps.items() if step.status != 0}

    assert {} == failed


def test_readme_has_the_three_commands(readme: Readme) -> None:
    """What is run is what a reader would run."""
    lines = [line.split("#")[0].strip() for script in readme.steps for line in script.splitlines()]

    assert ["cdk bootstrap", "cdk deploy", "cdk destroy"] == [line for line in lines if line.startswith("cdk ")]


def test_readme_reads_the_outputs(readme: Readme) -> None:
    """Its shell function gives what the commands after it need."""
    assert readme.names["ALIAS"] == f"arn:aws:lambda:eu-west-1:123456789012:function:{readme.names['FUNCTION']}:live"
    assert readme.names["LOG_GROUP"].startswith("OrderWorkflow-Logs")
