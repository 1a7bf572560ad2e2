"""The options of ``durable-mi demo``; the slow tests of new projects and `make demo` run it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from durable_mi.cli.executions.following import Following
from durable_mi.cli.group import durable_mi
from durable_mi.cli.project.callback_answers import CallbackAnswers
from durable_mi.cli.project.expectation import Expectation
from durable_mi.operate.client import Client
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import UsageError
from durable_mi.operate.function_search import FunctionSearch
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("expected", "result"),
    [
        ('{"a": 1}', '{"b": 2, "a": 1}'),
        ('{"a": {"x": [1]}}', '{"a": {"x": [1]}}'),
        ("null", None),
        ("[]", "[]"),
        ('"x"', '"x"'),
    ],
)
def test_a_result_can_be_as_expected(expected: str, result: str | None) -> None:
    """Members that are not named may be there."""
    assert Expectation.read(expected).problem(result) is None


@pytest.mark.parametrize(
    ("expected", "result"),
    [('{"a": 1}', '{"a": 2}'), ('{"a": 1}', '{"a": true}'), ('{"a": 1}', "[]"), ('{"a": null}', "{}"), ("1", None)],
)
def test_rejects_another_result(expected: str, result: str | None) -> None:
    """One line with both."""
    problem = Expectation.read(expected).problem(result)

    assert problem is not None
    assert problem.startswith(f"the result must be {expected}, got ")


def test_answers_are_read() -> None:
    """A result can have an equals sign."""
    assert {"approval": '{"by":"Ada"}', "code": '"a=b"'} == CallbackAnswers.parse(
        ['approval={"by":"Ada"}', 'code="a=b"']
    ).results


@pytest.mark.parametrize("answer", ["", "approval", "approval=", "=1", "approval=Ada", "approval={"])
def test_rejects_an_answer_of_another_form(answer: str) -> None:
    """The message has the form."""
    with pytest.raises(UsageError, match=r"^--answer must be NAME=JSON, such as approval='\{\"by\":\"Ada\"\}', got"):
        CallbackAnswers.parse([answer])


def test_rejects_two_answers_to_one_callback() -> None:
    """The second would never be sent."""
    with pytest.raises(UsageError, match=r"once for each callback, got 'a' twice"):
        CallbackAnswers.parse(["a=1", "a=2"])


@pytest.mark.parametrize("wrong", [("--payload", "{"), ("--expect", "nowhere.json"), ("--answer", "x")])
def test_rejects_wrong_options_before_anything_starts(wrong: tuple[str, str]) -> None:
    """Status 2, and one line."""
    ended = CliRunner().invoke(durable_mi, ["demo", "--stack", "Orders", *wrong])

    assert 2 == ended.exit_code
    assert 1 == ended.output.count("Error:")


def test_an_interrupt_ends_the_execution_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime has ended by then, so no command is shown that would ask its endpoint."""
    ended: list[str] = []

    @contextmanager
    def runtime(_: Path) -> Iterator[Endpoint]:
        try:
            yield Endpoint.parse("http://127.0.0.1:9")
        finally:
            ended.append("runtime")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    target = Target.parse("Orders-Workflow:live")
    monkeypatch.setattr("durable_mi.cli.project.demo_run._local_runtime", runtime)
    monkeypatch.setattr(FunctionSearch, "target", lambda *_, **__: (target, None))
    monkeypatch.setattr(Client, "start", lambda *_, **__: "arn:aws:lambda:us-east-1:000000000000:function:x:1")
    monkeypatch.setattr(Following, "_follow", interrupt)

    result = CliRunner().invoke(durable_mi, ["demo", "--stack", "Orders"])

    assert (130, ["runtime"]) == (result.exit_code, ended)
    assert "\nInterrupted: the local runtime has ended, and the execution with it.\n\n" == result.stderr
