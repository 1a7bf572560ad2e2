"""The README's deployment, run to the letter: on a terminal, by the commands that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.order_of_events import Happening, position

if TYPE_CHECKING:
    from tests.deploy.example import Readme


@pytest.fixture(scope="module")
def happened(cleaned_up: Readme) -> list[Happening]:
    """Return what CloudFormation did, from the first resource to the last that it deleted."""
    return cleaned_up.happened


def test_readme_steps_end_well(cleaned_up: Readme) -> None:
    """Bootstrap and deploy, the outputs, destroy: each block ends with status 0, every question answered with yes."""
    failed = {script: step.output[-2000:] for script, step in cleaned_up.steps.items() if step.status != 0}

    assert {} == failed


def test_readme_has_the_three_commands(cleaned_up: Readme) -> None:
    """What is run is what a reader would run."""
    lines = [line.split("#")[0].strip() for script in cleaned_up.steps for line in script.splitlines()]

    assert ["cdk bootstrap", "cdk deploy", "cdk destroy"] == [line for line in lines if line.startswith("cdk ")]


def test_readme_reads_the_outputs(readme: Readme) -> None:
    """Its shell function gives what the commands after it need."""
    assert f"arn:aws:lambda:us-east-1:123456789012:function:{readme.names['FUNCTION']}:live" == readme.names["ALIAS"]
    assert readme.names["LOG_GROUP"].startswith("OrderWorkflow-Logs")


def test_destroy_deletes_function_before_provider_before_network(cleaned_up: Readme, happened: list[Happening]) -> None:
    """Even where all that could go earlier does: the way out is the last that an execution needs."""
    functions = position(happened, "DELETE_COMPLETE", "AWS::Lambda::Function")
    (function,) = (it for it in functions if happened[it].logical_id.startswith("Workflow"))
    (provider,) = position(happened, "DELETE_COMPLETE", "AWS::Lambda::CapacityProvider")
    routes = position(happened, "DELETE_IN_PROGRESS", "AWS::EC2::Route")
    gateways = position(happened, "DELETE_IN_PROGRESS", "AWS::EC2::NatGateway")
    private = {
        name
        for name, body in cleaned_up.template["Resources"].items()
        if body["Type"] == "AWS::EC2::Route" and "NatGatewayId" in body["Properties"]
    }
    first = min(index for index in routes if happened[index].logical_id in private)

    assert function < provider < min(first, *gateways)


def test_destroy_stops_the_janitor_before_it_takes_what_that_needs(
    cleaned_up: Readme, happened: list[Happening]
) -> None:
    """Its schedule goes before all that it needs, and what it may do to a function before the function."""
    deleted = {it.logical_id: index for index, it in enumerate(happened) if it.status == "DELETE_COMPLETE"}
    resources = cleaned_up.template["Resources"]
    janitor = {resources[name]["Type"]: index for name, index in deleted.items() if name.startswith("DurableReleases")}
    needed = ("AWS::DynamoDB::Table", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role")

    assert janitor["AWS::Events::Rule"] < min(janitor[kind] for kind in (*needed, "AWS::Lambda::Function"))
    assert janitor["AWS::IAM::ManagedPolicy"] < deleted["WorkflowF96E0FF2"]


def test_destroy_leaves_what_is_to_be_kept_alone(happened: list[Happening]) -> None:
    """Nothing failed, and what was skipped is the version, which goes with its function."""
    deleted = [event for event in happened if event.status.startswith("DELETE_")]

    assert [] == [event for event in deleted if event.status == "DELETE_FAILED"]
    assert {"AWS::Lambda::Version"} == {event.type for event in deleted if event.status == "DELETE_SKIPPED"}
    assert "DELETE_COMPLETE" == happened[-1].status
