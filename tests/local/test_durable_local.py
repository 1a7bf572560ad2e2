"""The fixture ``durable_local``: a handler, served by the real runtime, with a client for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from durable_mi.testing.served.apps import LocalApps
    from durable_mi.testing.served.local_app import LocalApp

HANDLER = """
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration

@durable_execution
def handler(event, context):
    doubled = context.step(lambda _: event["n"] * 2, name="double")
    context.wait(Duration.from_days(1), name="cool off")
    if doubled < 0:
        raise ValueError("n must not be negative")
    return doubled
"""


@pytest.fixture(scope="module")
def served(durable_local: LocalApps, tmp_path_factory: pytest.TempPathFactory) -> LocalApp:
    """Return the handler, served."""
    source = tmp_path_factory.mktemp("source")
    (source / "double.py").write_text(HANDLER)
    app = durable_local(handler="double.handler", source=source)
    assert app is durable_local(handler="double.handler", source=source), "an app is served once in a session"
    return app


# In a short form it is in the page on tests, which `tests/docs/test_how_to_test.py` follows.
@pytest.mark.slow
def test_an_execution_has_a_result_and_a_history(served: LocalApp) -> None:
    """A day passes at once, and the history shows its full duration."""
    arn = served.start({"n": 21})

    assert 42 == served.result(arn)
    events = served.history(arn)
    assert [
        "ExecutionStarted",
        "StepStarted",
        "StepSucceeded",
        "WaitStarted",
        "WaitSucceeded",
        "ExecutionSucceeded",
    ] == [event["EventType"] for event in events if event["EventType"] != "InvocationCompleted"]


@pytest.mark.slow
def test_rejects_an_execution_that_fails(served: LocalApp) -> None:
    """Its error is in the message."""
    arn = served.start({"n": -1})

    with pytest.raises(AssertionError, match=r"must succeed, got FAILED .*n must not be negative"):
        served.result(arn)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "must have one of app and handler, got neither"),
        ({"app": "cdk.out", "handler": "app.handler"}, "got both"),
        ({"handler": "app"}, "handler must be like app.handler, got 'app'"),
        ({"handler": "app.handler", "source": "nowhere"}, "source must be the directory"),
    ],
)
def test_rejects_what_cannot_be_served(durable_local: LocalApps, arguments: dict[str, Any], message: str) -> None:
    """Before anything is started."""
    with pytest.raises(ValueError, match=message):
        durable_local(**arguments)


@pytest.mark.slow
def test_rejects_an_app_that_is_not_there(durable_local: LocalApps, tmp_path: Path) -> None:
    """With what the runtime printed."""
    with pytest.raises(RuntimeError, match=r"(?s)ended with status [12]:.*nowhere"):
        durable_local(tmp_path / "nowhere")
