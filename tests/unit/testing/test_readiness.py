"""Whether a template is ready for durable executions, and what the message says where it is not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from durable_mi.testing import assert_durable_ready

MINIMAL = Path(__file__).parents[2] / "snapshot/__snapshots__/test_constructs/test_minimal.json"


def template() -> dict[str, Any]:
    """Return a template of the construct."""
    content: dict[str, Any] = json.loads(MINIMAL.read_text())
    return content


def of_type(content: dict[str, Any], resource_type: str) -> dict[str, Any]:
    """Return the properties of the one resource of a type, which is not the janitor's."""
    resources = {name: it for name, it in content["Resources"].items() if not name.startswith("DurableReleases")}
    (found,) = (resource for resource in resources.values() if resource["Type"] == resource_type)
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_the_constructs_template_is_ready() -> None:
    """As content and as a file, also after a snapshot has hidden its hashes."""
    assert_durable_ready(template())
    assert_durable_ready(MINIMAL)


def test_rejects_a_function_without_durable_config() -> None:
    """A test that checks nothing would pass for ever."""
    content = template()
    del of_type(content, "AWS::Lambda::Function")["DurableConfig"]

    with pytest.raises(AssertionError) as failure:
        assert_durable_ready(content)

    assert (
        "the template must have a durable function, got 2 functions without DurableConfig: set DurableConfig, as "
        "DurableManagedFunction does, or pass the template that has the function"
    ) == str(failure.value).splitlines()[0]


def test_rejects_a_template_without_functions() -> None:
    """Such as the one of another stack."""
    with pytest.raises(AssertionError, match="must have a durable function, got no function: set DurableConfig"):
        assert_durable_ready({"Resources": {}})


def test_rejects_errors_and_warnings_in_words() -> None:
    """Each with what must hold, what came and how to fix it, below its resource; in a sentence what to do."""
    content = template()
    function = of_type(content, "AWS::Lambda::Function")
    function["Runtime"] = "python3.11"
    function["MemorySize"] = 1024
    content["Resources"] = {
        name: resource for name, resource in content["Resources"].items() if resource["Type"] != "AWS::Lambda::Alias"
    }

    with pytest.raises(AssertionError) as failure:
        assert_durable_ready(content)

    first, empty, where, *findings = str(failure.value).splitlines()
    assert (
        "the template must be ready for durable executions, preflight finds 3 problems: fix them, or leave out what is "
        "intended with ignore=['DMI102', 'DMI201', 'DMI702']"
    ) == first
    assert ("", "WorkflowF96E0FF2") == (empty, where)
    assert ["  error DMI102: ", "  error DMI201: ", "  warning DMI702: "] == [
        finding[: finding.index(":") + 2] for finding in findings
    ]
    assert (
        "Runtime must be one that runs a durable function on managed instances, got python3.11: set python3.13 or newer"
        in findings[1]
    )
    assert_durable_ready(content, ignore=["DMI102", "DMI201", "DMI702"])


def test_names_the_construct() -> None:
    """Where the CDK noted its path."""
    content = copy.deepcopy(template())
    content["Resources"]["WorkflowF96E0FF2"]["Metadata"] = {"aws:cdk:path": "Orders/Workflow/Resource"}
    of_type(content, "AWS::Lambda::Function")["Runtime"] = "python3.11"

    with pytest.raises(AssertionError, match=r"\n\nOrders/Workflow/Resource \(WorkflowF96E0FF2\)\n  error DMI201: "):
        assert_durable_ready(content)


def test_rejects_to_ignore_what_is_no_rule() -> None:
    """A misspelt id, and one string instead of a list."""
    with pytest.raises(ValueError, match="ignore must name rules such as 'DMI112', got DMI999: correct or remove it"):
        assert_durable_ready(template(), ignore=["DMI999"])
    with pytest.raises(TypeError, match=r"ignore must be a list of rules such as \['DMI112'\], got 'DMI112'"):
        assert_durable_ready(template(), ignore="DMI112")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            {"AWSTemplateFormatVersion": "2010-09-09"}, "with Resources, got the keys AWSTempl", id="no-resources"
        ),
        pytest.param({}, "must be an object with Resources, got the keys none", id="empty"),
        pytest.param({"Resources": []}, "the template: Resources must be an object, got list", id="list"),
        pytest.param({"Resources": {"A": {}}}, "the template: Resources/A must have a Type, got nothing", id="no-type"),
    ],
)
def test_rejects_what_is_no_template(content: dict[str, Any], said: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=said):
        assert_durable_ready(content)
