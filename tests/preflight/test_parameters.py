"""Which parameters hold no colon, so that what they are put into is a name to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.assembly import Stack
from durable_mi.cloudformation.values import Unknown
from durable_mi.preflight.parameters import holds_no_colon


def is_name(name: str, **parameter: Any) -> bool:
    """Return whether a parameter of a template is taken as a name."""
    content = {"Parameters": {name: {"Type": "String", **parameter}}, "Resources": {}}
    stack = Stack.of_template(content, name="stack", file=Path("template.yaml"))
    return holds_no_colon([stack], Unknown(f"parameter {name}"))


@pytest.mark.parametrize(
    "pattern", ["[a-z]+", r"^-\w{1,8}$", "(?:-dev|-prod)?", "[^:*?]{1,64}", r"(?P<stage>dev|prod)-\d", "[]a-z]"]
)
def test_a_pattern_without_a_colon_is_one_of_names(pattern: str) -> None:
    """Whatever the parameter is called, and whatever the groups of the pattern are written with."""
    assert is_name("Qualifier", AllowedPattern=pattern)


@pytest.mark.parametrize(
    "pattern",
    [".*", "(:live)?", r"[\w:]+", "[^ ]+", r"\S+", r"a\:b", "[!-~]*", r"[a-z*]+", r"\*", "(", r"(a)\1", "[[:alpha:]]+"],
)
def test_a_pattern_that_may_allow_a_colon_or_a_wildcard_is_not(pattern: str) -> None:
    """Nor is one that Python cannot read, or that another dialect reads otherwise."""
    assert not is_name("Environment", AllowedPattern=pattern)


@pytest.mark.parametrize("name", ["Suffix", "NameSuffix", "Qualifier", "AliasName", "VersionPrefix", "Target"])
def test_what_stands_behind_a_name_may_hold_a_colon(name: str) -> None:
    """A suffix may be ``:live``."""
    assert not is_name(name)
    assert is_name(name, AllowedValues=["a", "b"])
    assert is_name(name, Type="Number")


@pytest.mark.parametrize("name", ["Stage", "FunctionName", "Prefix", "ProjectName"])
def test_a_part_of_a_name_holds_none(name: str) -> None:
    """As long as its allowed values have none."""
    assert is_name(name)
    assert not is_name(name, AllowedValues=["a", "a:live"])


def test_constraints_of_a_key_in_systems_manager_say_nothing_of_its_value() -> None:
    """They are of the parameter's key there."""
    key = {"Type": "AWS::SSM::Parameter::Value<String>", "AllowedPattern": "/[a-z/]+"}

    assert not is_name("Target", **key)
    assert not is_name("Target", Type=key["Type"], AllowedValues=["/a", "/b"])
    assert is_name("FunctionName", **key)
