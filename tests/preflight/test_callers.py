"""Triggers as CDK writes them: on a function, on a version and on an alias of it, and on our own construct."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from durable_mi.cloudformation.template import templates
from durable_mi.preflight.report import check
from durable_mi_constructs import DurableManagedFunction
from tests.preflight.cdk_triggers import TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.preflight.report import Diagnostic

_CODE = lambda_.Code.from_inline("def handler(event, context): ...")


_STACK_SIZE = 12
# What is found of a function without an alias, whatever triggers it.
_NO_ALIAS = {"DMI702"}


def _function(scope: Construct, *, minutes: int) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Function",
        code=_CODE,
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        timeout=cdk.Duration.minutes(1),
        durable_config=lambda_.DurableConfig(execution_timeout=cdk.Duration.minutes(minutes)),
        current_version_options=lambda_.VersionOptions(removal_policy=cdk.RemovalPolicy.RETAIN),
    )


def _alias(scope: Construct, *, minutes: int) -> lambda_.Alias:
    return lambda_.Alias(scope, "Live", alias_name="live", version=_function(scope, minutes=minutes).current_version)


def _own(scope: Construct) -> lambda_.IFunction:
    hour = cdk.Duration.hours(1)
    return DurableManagedFunction(scope, "Workflow", code=_CODE, handler="index.handler", execution_timeout=hour).alias


TARGETS: dict[str, Callable[[Construct], lambda_.IFunction]] = {
    "function": lambda scope: _function(scope, minutes=15),
    "version": lambda scope: _function(scope, minutes=15).current_version,
    "alias": lambda scope: _alias(scope, minutes=15),
    "long": lambda scope: _alias(scope, minutes=24 * 60),
    "own": _own,
}
# Our construct brings a network with it: one trigger for each rule will do.
FOR_OWN = list({trigger.rule_id: name for name, trigger in TRIGGERS.items()}.values())
FOR_OWN.append("SQS")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[Diagnostic]:
    """Return what is found in each trigger on each target: ``construct_path`` names both."""
    context = {"aws:cdk:enable-path-metadata": True}
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("cdk.out")), context=context)
    stacks: dict[str, cdk.Stack] = {}
    for target, make in TARGETS.items():
        for number, (name, trigger) in enumerate(TRIGGERS.items()):
            if target == "own" and name not in FOR_OWN:
                continue
            stack_id = f"{target}{number // _STACK_SIZE}"
            stacks[stack_id] = stacks.get(stack_id) or cdk.Stack(app, stack_id)
            scope = Construct(stacks[stack_id], name)
            trigger.build(scope, make(scope))
    directory = Path(app.synth().directory)
    return [place for template in templates([directory]) for place in check(template).places]


def _found(places: list[Diagnostic], target: str, trigger: str) -> set[str]:
    number = list(TRIGGERS).index(trigger)
    start = f"{target}{number // _STACK_SIZE}/{trigger}/"
    return {place.rule.id for place in places if (place.construct_path or "").startswith(start)}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_unqualified_function_is_found(places: list[Diagnostic], trigger: str) -> None:
    """By the rule for the trigger, and for the permission that CDK adds."""
    expected = {TRIGGERS[trigger].rule_id} | ({"DMI409"} if TRIGGERS[trigger].permission else set())

    assert expected | _NO_ALIAS == _found(places, "function", trigger)


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize(("target", "expected"), [("version", _NO_ALIAS), ("alias", set())])
def test_nothing_is_found_in_a_trigger_done_right(
    places: list[Diagnostic], target: str, expected: set[str], trigger: str
) -> None:
    """On a version or an alias, with executions that end in time."""
    assert expected == _found(places, target, trigger)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_alias_whose_executions_last_too_long_is_found(places: list[Diagnostic], trigger: str) -> None:
    """Where the trigger waits for their result."""
    assert {TRIGGERS[trigger].limit} - {""} == _found(places, "long", trigger)


@pytest.mark.parametrize("trigger", FOR_OWN)
def test_an_hour_of_our_own_construct_is_found(places: list[Diagnostic], trigger: str) -> None:
    """An event source mapping waits longer on managed instances, as one page has it: a warning."""
    expected = {TRIGGERS[trigger].limit.replace("DMI303", "DMI304")} - {""}

    assert expected == _found(places, "own", trigger)
