"""Executions that the local runtime recorded while they did not go on, each named right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from durable_mi.release.scaling import PARKED
from tests.unit.diagnosis.account import recorded


@pytest.mark.parametrize(
    ("case", "kind", "texts"),
    [
        ("callback", "callback", ["callback approval since 09:05:07 UTC", "until 10:05:07 UTC"]),
        ("wait", "wait", ["sleeps in wait cooling off until 10:05:07 UTC, in 59 min 50 s"]),
        (
            "retry",
            "retry",
            ["step charge in 59 min 50 s (attempt 2)", "attempt 1 failed with ValueError: card declined"],
        ),
        ("step", "step-runs", ["step export since 09:05:07 UTC (9 s)", "times out after 15 min"]),
        ("failed", "failed", ["step ship at attempt 1: LookupError: address unknown", "as StepError"]),
        ("short", "invocation-timeout", ["The last 2 invocations timed out after 1 s", "step export was not done"]),
        ("gone", "version-failed", ["Failed", "No module named 'module_that_is_gone'"]),
        ("held", "workers-busy", ["all 2 worker processes run invocations that timed out"]),
        (
            "paused",
            "paused",
            ["paused since 09:05:09 UTC", "'bank holiday'", "timeout does not run", "wait cooling off"],
        ),
        ("chained", "chained-invoke", ["invoke sign, which invoked stuck-child:live", "waits for callback approval"]),
    ],
)
def test_names_what_holds_an_execution(case: str, kind: str, texts: list[str]) -> None:
    """Its kind, and the facts that an operator needs."""
    found = recorded(case)

    assert kind == found.kind
    assert [] == [text for text in texts if text not in found.paragraph]


def test_parked_version_comes_before_what_is_waited_for() -> None:
    """An answer would not help: nothing runs on the version."""
    found = recorded("parked", scaling=PARKED)

    assert "parked-version" == found.kind
    assert "version 1 of parked" in found.paragraph
    assert "callback approval" in found.paragraph
    assert "durable-mi release wake 1 --function parked --endpoint-url http://127.0.0.1:9000" == found.commands[0].line


def test_commands_answer_the_callback_and_resume() -> None:
    """The next command is for the same endpoint."""
    callback, paused = recorded("callback").commands[0], recorded("paused").commands[0]

    assert ("durable-mi", "callback", "succeed") == callback.words[:3]
    assert ("durable-mi", "resume") == paused.words[:2]
    assert ("--endpoint-url", "http://127.0.0.1:9000") == callback.words[-2:]


def test_what_the_child_waits_for_is_answered_there() -> None:
    """The commands of a chained execution are those of the one that holds it."""
    found = recorded("chained")

    assert found.child is not None
    assert found.child.commands[0] == found.commands[0]


def test_a_wait_whose_end_is_long_past_is_not_slept_in() -> None:
    """The end of the wait came and nothing happened."""
    found = recorded("wait", later=timedelta(hours=2))

    assert "not-invoked" == found.kind
    assert "Wait cooling off was due" in found.paragraph
