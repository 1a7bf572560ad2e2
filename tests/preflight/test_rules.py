"""Every rule, on templates that break it and on templates that look alike and do not.

The first line of each template in ``templates/DMI...`` tells what is found in it, and nothing else may be.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.findings.severity import Severity
from durable_mi.preflight.report import RULES, Report, check
from durable_mi.preflight.rules import GROUPS

if TYPE_CHECKING:
    from durable_mi.preflight.rule import Rule

FILES = sorted(Path(__file__).with_name("templates").glob("DMI*/*.yaml"))


def expected(file: Path) -> set[str]:
    """Return the rules that the template's first line names."""
    first_line = file.read_text().splitlines()[0]
    assert first_line.startswith("# Finds ")
    return set(re.findall(r"DMI\d{3}", first_line))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_template_gives_what_its_first_line_says(file: Path) -> None:
    """The findings of all rules, and each of them at a line of the resource that it is about, or of SAM's Globals."""
    source = Source.read(file)
    places = check(Template.of(source)).places

    assert expected(file) == {place.rule.id for place in places}
    for place in places:
        section = place.template.place(place.finding.logical_id, place.finding.path)[0]
        top = ("Globals",) if section == "Globals" else ("Resources", place.logical_id)
        start = source.position(top).line
        assert start <= place.position.line <= len(source.text.splitlines())


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_has_two_bad_templates_and_two_good_ones(rule_id: str) -> None:
    """A rule that nothing breaks is no rule."""
    files = [file for file in FILES if file.parent.name == rule_id]

    assert 2 <= sum(file.name.startswith("bad-") and rule_id in expected(file) for file in files)
    assert 2 <= sum(file.name.startswith("good-") and not expected(file) for file in files)


@pytest.mark.parametrize("name", ["DMI202/bad-subnets", "DMI203/bad-alias", "DMI307/bad-longer", "DMI307/bad-plain"])
def test_what_only_we_say_stops_nothing(name: str) -> None:
    """The deploy may well work, as it does for samples that AWS publishes."""
    file = Path(__file__).parent / f"templates/{name}.yaml"

    assert not Report.of([Template.of(Source.read(file))]).has_errors


def test_ids_are_in_order_and_belong_to_their_family() -> None:
    """The first digit is the family's."""
    for number, family in enumerate(GROUPS, start=1):
        ids = [rule.id for rule in family.rules]

        assert sorted(set(ids)) == ids
        assert {f"DMI{number}"} == {rule_id[:4] for rule_id in ids}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_why_how_to_mend_it_and_who_says_so(rule: Rule) -> None:
    """Titles read on from "checks that"; whole sentences elsewhere."""
    assert rule.source
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_an_error_has_a_source_of_the_service(rule: Rule) -> None:
    """Without one the service may accept it after all, so it is a warning at most."""
    assert rule.has_service_source or rule.severity is Severity.WARNING


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if "unconfirmed" in rule.source + rule.why])
def test_what_nobody_confirmed_is_a_warning(rule: Rule) -> None:
    """Wherever the rule says that it is so."""
    assert Severity.WARNING is rule.severity


@pytest.mark.parametrize(
    "source",
    [
        "Lambda Developer Guide, durable-invoking",
        "Lambda API model (DurableExecutionArn)",
        "aws-durable-execution-sdk-js issue 495; Lambda API error text",
        "CloudFormation schema of Function.Timeout",
        "AWS SAM reference, sam-property-function-capacityproviderconfig",
        "AWS Compute Blog, 2026-03-30",
    ],
)
def test_a_page_a_model_and_an_answer_are_sources_of_the_service(source: str) -> None:
    """One of several is enough."""
    assert replace(RULES["DMI101"], source=source).has_service_source


@pytest.mark.parametrize(
    "source",
    [
        "",
        "none; unconfirmed",
        "our own rule",
        "Lambda Developer Guide, durable-invoking; our own rule",
        "Lambda Developer Guide, durable-invoking-esm (unconfirmed)",
        "Lambda Developer Guide",
        "AWS SAM translator (mutually exclusive properties)",
        "AWS CDK reference of Version",
        "aws-durable-execution-sdk-js pull request 859",
        "everybody knows",
    ],
)
def test_rejects_what_is_no_source_of_the_service(source: str) -> None:
    """Tools beside the service, issues, a guide without its page, and what is only drawn from a page."""
    assert not replace(RULES["DMI101"], source=source).has_service_source
