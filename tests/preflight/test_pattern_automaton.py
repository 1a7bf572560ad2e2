"""Patterns that have a text in common."""

from __future__ import annotations

import re

import pytest

from durable_mi.preflight.iam.actions import misspelt
from durable_mi.preflight.iam.pattern_automaton import ANY, ANYTHING, NAME, NUMBER, Pattern, meet, text


def written(pattern: str) -> Pattern:
    """Return a pattern with IAM's wildcards, ``<name>`` for a name and ``<number>`` for a number."""
    places = {"*": (ANYTHING,), "?": (ANY,), "<name>": (NAME,), "<number>": (NUMBER,)}
    pieces = re.split(r"(\*|\?|<name>|<number>)", pattern)
    return tuple(place for piece in pieces for place in places.get(piece, text(piece)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a*c", "abc"),
        ("a*", "a"),
        ("*:live", "<name>:<name>"),
        ("work:?", "work:<number>"),
        ("<name>-x", "a-*"),
        ("", "*"),
    ],
)
def test_patterns_meet(one: str, other: str) -> None:
    """Some text matches both, whichever comes first."""
    assert meet(written(one), written(other))
    assert meet(written(other), written(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a*c", "abx"),
        ("<name>", "a:*"),
        ("work:live", "work:<number>"),
        ("work", "work:*"),
        ("??", "a"),
        ("", "<name>"),
    ],
)
def test_patterns_do_not_meet(one: str, other: str) -> None:
    """No text matches both."""
    assert not meet(written(one), written(other))
    assert not meet(written(other), written(one))


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("lambda:CheckpointDurableExecutions", "lambda:CheckpointDurableExecution"),
        ("lambda:SendDurableExecutionCallbackSucces", "lambda:SendDurableExecutionCallbackSuccess"),
        ("lambda:ListDurableExecutions", "lambda:ListDurableExecutionsByFunction"),
        ("GetDurableExecution", "lambda:GetDurableExecution"),
        ("lambda:SendDurableExecutionCallbackSuccesses*", "lambda:SendDurableExecutionCallbackSuccess"),
        ("lambda:stopdurableexecution", None),
        ("lambda:*DurableExecution?istory", None),
        ("lambda:GetFunction", None),
        ("dynamodb:GetItem", None),
        ("*", None),
    ],
)
def test_the_nearest_action(pattern: str, meant: str | None) -> None:
    """Of an action that Lambda has not; of the others nothing is said."""
    assert meant == misspelt(pattern)
