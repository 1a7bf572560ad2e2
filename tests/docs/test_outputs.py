"""Outputs that pages show are those that the code writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check
from durable_mi.testing import assert_durable_ready

FILE: Final = Path("template.json")
DOCS: Final = Path(__file__).parents[2] / "docs"
FUNCTION: Final[dict[str, Any]] = {
    "Handler": "index.handler",
    "Code": {"ZipFile": "def handler(event, context): ..."},
    "Role": "arn:aws:iam::123456789012:role/orders",
    "DurableConfig": {"ExecutionTimeout": 900},
    "CapacityProviderConfig": {
        "LambdaManagedInstancesCapacityProviderConfig": {
            "CapacityProviderArn": "arn:aws:lambda:eu-central-1:123456789012:capacity-provider:orders"
        }
    },
}


def shown(page: str) -> str:
    """Return a page with each run of white space as one space."""
    return " ".join((DOCS / page).read_text(encoding="utf-8").split())


def template(**parts: Any) -> dict[str, Any]:
    """Return a template of one function, with parts of your own."""
    return {"Resources": {"Orders": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION}}, **parts}


def test_a_finding_in_some_branches() -> None:
    """It begins with the conditions."""
    conditions = {
        "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "Small": {"Fn::Equals": [{"Ref": "Size"}, "small"]},
    }
    memory = {"Fn::If": ["Prod", {"Fn::If": ["Small", 4096, 128]}, 4096]}
    content = template(
        Parameters={"Stage": {"Type": "String"}, "Size": {"Type": "String"}},
        Conditions=conditions,
        Resources={"Orders": {"Type": "AWS::Lambda::Function", "Properties": {**FUNCTION, "MemorySize": memory}}},
    )
    (message,) = (
        place.finding.message for place in check(Template.of_content(content, FILE)).places if place.rule.id == "DMI102"
    )

    assert message in shown("how-to/preflight.md")


def test_what_was_not_looked_into() -> None:
    """In the words of the report, without its order."""
    elsewhere = {"TemplateURL": "https://example.com/template.json"}
    content = template()
    content["Resources"]["Legacy"] = {"Type": "AWS::CloudFormation::Stack", "Properties": elsewhere}
    content["Resources"]["Base"] = {"Type": "My::Base::Thing::MODULE"}
    unread = {str(each) for each in Template.of_content(content, FILE).unread}

    assert 2 == len(unread)
    assert [] == [each for each in unread if each not in shown("how-to/preflight.md")]


def test_what_is_missing_in_a_stack() -> None:
    """The finding, and what the message begins with."""
    content = template()
    content["Resources"]["Orders"]["Properties"] = {**FUNCTION, "Runtime": "python3.11"}
    with pytest.raises(AssertionError, match="DMI201") as raised:
        assert_durable_ready(content, ignore=["DMI702"])
    message = str(raised.value)

    page = shown("how-to/snapshots.md")
    (finding,) = re.findall(r"error DMI201: .*", message)
    assert finding in page
    assert message.partition("\n")[0].removeprefix("the template ") in page
