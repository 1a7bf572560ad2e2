"""Options that take one of a few members."""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from typing import Any

import pytest

from durable_mi.checks import choice
from durable_mi.checks.check_error import CheckError


class Way(Enum):
    """Members whose values are not their names."""

    NAT_GATEWAY = "nat"
    NONE = 0


class Mode(StrEnum):
    """Members that are texts themselves."""

    NONE = "NONE"


@pytest.mark.parametrize("value", [Way.NAT_GATEWAY, "NAT_GATEWAY", "nat"])
def test_takes_a_member_its_name_and_its_value(value: Any) -> None:
    """All three come back as the member."""
    assert Way.NAT_GATEWAY is choice.take_member("way", value, Way)


def test_takes_a_text_enum_by_its_text() -> None:
    """A member of another enum that is a text counts as that text."""
    assert Way.NONE is choice.take_member("way", Mode.NONE, Way)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("NAT", "'NAT'"),
        ("", "''"),
        (0, "0"),
        (False, "False"),
        (None, "None"),
        (1.5, "1.5"),
        (["NONE"], "a list"),
        (Way, "the class Way"),
        (b"nat", "a bytes"),
    ],
)
def test_rejects_what_is_no_member(value: Any, shown: str) -> None:
    """The message lists the members, shows what came, and says what to write; a member's value 0 is no text."""
    wanted = f"way must be one of NAT_GATEWAY, NONE, got {shown}: pass Way.NAT_GATEWAY, or the string 'nat'"
    with pytest.raises(ValueError, match=f"^{re.escape(wanted)}$"):
        choice.take_member("way", value, Way)


@pytest.mark.parametrize("value", ["none", "None"])
def test_rejects_another_case_and_names_what_was_meant(value: str) -> None:
    """The suggestion is the member that differs in its case alone."""
    with pytest.raises(ValueError, match=rf"got '{value}': pass Mode\.NONE, or the string 'NONE'$"):
        choice.take_member("way", value, Mode)
    with pytest.raises(ValueError, match=r"got 'Nat': pass Way\.NAT_GATEWAY, or the string 'nat'$"):
        choice.take_member("way", "Nat", Way)


def test_takes_an_object_of_a_class() -> None:
    """Either of the classes will do, and the object comes back."""
    assert [True, 7] == [choice.take_instance("flow_logs", value, bool, int, fix="") for value in (True, 7)]


@pytest.mark.parametrize(("value", "shown"), [("false", "'false'"), (1, "1"), (None, "None"), ({}, "a dict")])
def test_rejects_an_object_of_another_class(value: Any, shown: str) -> None:
    """A text that looks like a value is none."""
    with pytest.raises(ValueError, match=f"^dashboard must be of type bool, got {shown}: pass True or False$"):
        choice.take_instance("dashboard", value, bool, fix="pass True or False")


@pytest.mark.parametrize("value", [["a", "b"], ("a", "b"), iter("ab")])
def test_takes_a_list(value: Any) -> None:
    """Whatever can be gone through."""
    assert ["a", "b"] == choice.take_entries("statuses", value)


@pytest.mark.parametrize(("value", "shown"), [("ab", "'ab'"), (b"ab", "a bytes"), ({"a": 1}, "a dict"), (None, "None")])
def test_rejects_what_is_no_list(value: Any, shown: str) -> None:
    """A text would be taken apart into its letters."""
    with pytest.raises(ValueError, match=f"^statuses must be a list, got {shown}: put the value into brackets"):
        choice.take_entries("statuses", value)


def test_rejects_an_entry_of_a_list() -> None:
    """The message is about the entry, and the error about the option."""
    with pytest.raises(
        CheckError, match=r"^each of statuses must be one of NONE, got 'x': pass Mode\.NONE, or"
    ) as member:
        choice.take_member("statuses", "x", Mode, each=True)
    with pytest.raises(CheckError, match=r"^each of statuses must be of type bool, got 1: correct it$") as instance:
        choice.take_instance("statuses", 1, bool, fix="correct it", each=True)

    assert ["statuses", "statuses"] == [member.value.option, instance.value.option]
