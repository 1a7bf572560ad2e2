"""What ``Fn::Select`` of ``Fn::Split`` gives of a text that refers to functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.assembly import Stack
from durable_mi.cloudformation.resolver import Resolver
from durable_mi.cloudformation.values import Reference, Text, Unknown

RESOURCES = {
    "Work": {"Type": "AWS::Lambda::Function"},
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Work"}}},
    "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Work"}, "Name": "live"}},
    "ByArn": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Fn::GetAtt": ["Version", "FunctionArn"]}, "Name": "arn"},
    },
    "Loop": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Fn::Select": [6, {"Fn::Split": [":", {"Ref": "Loop"}]}]}, "Name": "loop"},
    },
    "Topic": {"Type": "AWS::SNS::Topic"},
}
ARN_OF_WORK = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Work}:prod"}


def resolved(value: object) -> object:
    """Return what a value comes to in a stack with the resources above."""
    content: dict[str, Any] = {"Parameters": {"Given": {"Type": "String"}}, "Resources": RESOURCES}
    return Resolver(Stack.of_template(content, name="Stack", file=Path("template.json"))).resolve(value)


def piece(index: int, text: object, separator: str = ":") -> object:
    """One piece of a text."""
    return resolved({"Fn::Select": [index, {"Fn::Split": [separator, text]}]})


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ({"Ref": "Live"}, 0, "arn"),
        ({"Ref": "Live"}, 2, "lambda"),
        ({"Ref": "Live"}, 3, Unknown("AWS::Region")),
        ({"Ref": "Live"}, 4, Unknown("AWS::AccountId")),
        ({"Ref": "Live"}, 6, Reference("Work")),
        ({"Ref": "Live"}, 7, "live"),
        ({"Fn::GetAtt": ["Live", "AliasArn"]}, 7, "live"),
        ({"Ref": "Version"}, 6, Reference("Work")),
        ({"Ref": "Version"}, 7, Reference("Version", "Version")),
        ({"Fn::GetAtt": "Work.Arn"}, 6, Reference("Work")),
        ({"Ref": "ByArn"}, 6, Reference("Work")),
        (ARN_OF_WORK, 6, Reference("Work")),
        (ARN_OF_WORK, 7, "prod"),
        ({"Ref": "Work"}, 0, Reference("Work")),
        ({"Fn::Join": [":", ["a", {"Ref": "Given"}]]}, 0, "a"),
    ],
)
def test_a_piece_of_an_arn_is_known(text: object, index: int, expected: object) -> None:
    """The function's name is a reference to the function, the qualifier what the template has."""
    assert expected == piece(index, text)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        # A function's ARN has no qualifier, a topic's may have anything, and a parameter too.
        ({"Fn::GetAtt": "Work.Arn"}, 7),
        ({"Ref": "Topic"}, 0),
        ({"Fn::Join": [":", ["a", {"Ref": "Given"}, "b"]]}, 2),
        ({"Ref": "Loop"}, 6),
    ],
)
def test_a_piece_that_cannot_be_counted_is_not_known(text: object, index: int) -> None:
    """Nothing is guessed."""
    assert isinstance(piece(index, text), Unknown)


def test_a_name_may_hold_the_separator() -> None:
    """Nobody knows how many hyphens are in a name that Lambda generates."""
    assert isinstance(piece(1, {"Ref": "Work"}, separator="-"), Unknown)


def test_a_longer_separator_leaves_the_rest_of_the_arn() -> None:
    """A name with its qualifier."""
    assert Text((Reference("Work"), ":live")) == piece(1, {"Ref": "Live"}, separator=":function:")


def test_all_pieces_are_given_where_they_can_be_counted() -> None:
    """As a list, and nothing otherwise."""
    assert ["a", Reference("Work")] == resolved({"Fn::Split": [":", {"Fn::Join": [":", ["a", {"Ref": "Work"}]]}]})
    assert isinstance(resolved({"Fn::Split": [":", {"Fn::Join": [":", ["a", {"Ref": "Given"}]]}]}), Unknown)
