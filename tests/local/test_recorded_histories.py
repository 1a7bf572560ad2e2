"""Whole histories of small workflows, with a capacity provider and without, against AWS's model and documentation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.histories import differences, plain
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DURABLE = {"DurableConfig": {"ExecutionTimeout": 600}, "Timeout": 20}
ARN = "arn:aws:lambda:us-east-1:000000000000:function"
QUALIFIERS = {"recorded": "$LATEST", "recorded-managed": "live"}
VERSIONS = {"recorded": "$LATEST", "recorded-managed": "1"}
ALIASES = [
    (r"(?<=durable-execution/)[0-9a-f-]+/[0-9a-f-]+", "NAME/ID"),
    (r"^[A-Za-z0-9+/]{40,}=*$", "a callback id"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "NOW"),
]

Cases = dict[str, str]
"""The ARN of each case's execution."""


class Recorded:
    """The API of the app, by one client, whose making takes longer than its calls."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._sent: dict[str, Any] = {}
        client.meta.events.register("after-call.lambda.GetDurableExecutionHistory", self._receive)

    def _receive(self, http_response: Any, **_: Any) -> None:
        # What is on the wire: boto3 leaves out what its model does not know.
        self._sent = json.loads(http_response.content)

    def events(self, arn: str) -> list[dict[str, Any]]:
        """Return an execution's events as they are now, which must be of the API's shape."""
        events: list[dict[str, Any]] = self.client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
        assert [] == differences(self._sent)
        return events


@pytest.fixture(scope="module")
def recorded(
    serve: Callable[..., Any],
    write_assembly: Callable[..., Path],
    probe_resources: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Recorded:
    """Return an app with the workflows in a function with a capacity provider and in one without, and their targets."""
    managed, released = probe_resources
    code = {"Code": {"S3Key": "probe.zip"}, "Runtime": "python3.13"}
    resources = {
        "Capacity": {"Type": "AWS::Lambda::CapacityProvider"},
        "Managed": managed("recorded.flow", FunctionName="recorded-managed", **DURABLE),
        **released("Managed"),
        **{
            name.title(): {
                "Type": "AWS::Lambda::Function",
                "Properties": {**code, "Handler": f"recorded.{handler}", "FunctionName": name, **properties},
            }
            for name, handler, properties in (
                ("recorded", "flow", DURABLE),
                ("child", "child", DURABLE),
                ("target", "target", {}),
            )
        },
        **released("Child"),
    }
    app = write_assembly(tmp_path_factory.mktemp("recorded") / "cdk.out", {"Resources": resources})
    return Recorded(serve(app, "--quiet", "--skip-time", "--environments", "1", "--concurrency", "1").client())


@pytest.fixture(scope="module", params=QUALIFIERS)
def function(request: pytest.FixtureRequest) -> str:
    """Return the function that runs the workflows."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def executions(recorded: Recorded, function: str) -> Cases:
    """Start the workflows of a function at once, since some of them wait."""
    return {
        case: begin(recorded, function, case)
        for case in ("retried", "polled", "called_back", "chained", "raised", "lost")
    }


def begin(recorded: Recorded, function: str, case: str) -> str:
    """Start a workflow; returns the execution's ARN."""
    answer = recorded.client.invoke(
        FunctionName=function,
        Qualifier=QUALIFIERS[function],
        InvocationType="Event",
        Payload=json.dumps({"case": case}),
    )
    arn: str = answer["DurableExecutionArn"]
    return arn


def history(recorded: Recorded, arn: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the whole history of an execution, once it has ended."""

    def ended() -> list[dict[str, Any]] | None:
        events = recorded.events(arn)
        return events if events[-1]["EventType"] in {"ExecutionSucceeded", "ExecutionFailed"} else None

    events = eventually(ended, f"{arn} has ended")
    assert events
    assert list(range(1, len(events) + 1)) == [event["EventId"] for event in events]
    return plain(events, ALIASES)


def answer(recorded: Recorded, arn: str, event_type: str) -> None:
    """Answer the callback that an execution waits for, after an event of this type."""

    def reached() -> list[dict[str, Any]] | None:
        events = recorded.events(arn)
        return events if event_type in {event["EventType"] for event in events} else None

    events = eventually(reached, f"{arn} has {event_type}")
    assert events
    (callback,) = (event["CallbackStartedDetails"] for event in events if event["EventType"] == "CallbackStarted")
    recorded.client.send_durable_execution_callback_success(CallbackId=callback["CallbackId"], Result=b'"yes"')


def started(case: str) -> tuple[str, dict[str, Any]]:
    """Return the first event."""
    return ("ExecutionStarted", {"Input": {"Payload": json.dumps({"case": case})}, "ExecutionTimeout": 600})


def invocation(number: int, **details: Any) -> tuple[str, dict[str, Any]]:
    """Return the event of an invocation."""
    return ("InvocationCompleted", {"RequestId": f"request {number}", **details})


def succeeded(result: Any) -> tuple[str, dict[str, Any]]:
    """Return the last event."""
    return ("ExecutionSucceeded", {"Result": {"Payload": json.dumps(result)}})


def test_a_retry(recorded: Recorded, executions: Cases) -> None:
    """The number of each attempt, and the delay before the next one."""
    error = {"ErrorMessage": "declined", "ErrorType": "ValueError"}
    retry = {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 1}
    assert [
        started("retried"),
        ("StepStarted", {}),
        ("StepFailed", {"Error": {"Payload": error}, "RetryDetails": retry}),
        invocation(1),
        ("StepStarted", {}),
        ("StepSucceeded", {"Result": {"Payload": '"paid at attempt 2"'}, "RetryDetails": {"CurrentAttempt": 2}}),
        invocation(2),
        succeeded("paid at attempt 2"),
    ] == history(recorded, executions["retried"])


def test_a_condition(recorded: Recorded, executions: Cases) -> None:
    """What it saw at each poll."""
    retry = {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 1}
    assert [
        started("polled"),
        ("StepStarted", {}),
        ("StepSucceeded", {"Result": {"Payload": "1"}, "RetryDetails": retry}),
        invocation(1),
        ("StepStarted", {}),
        ("StepSucceeded", {"Result": {"Payload": "2"}, "RetryDetails": {"CurrentAttempt": 2}}),
        invocation(2),
        succeeded(2),
    ] == history(recorded, executions["polled"])


def test_a_callback(recorded: Recorded, executions: Cases) -> None:
    """Its timeouts in seconds."""
    answer(recorded, executions["called_back"], "InvocationCompleted")
    assert [
        started("called_back"),
        ("CallbackStarted", {"CallbackId": "a callback id", "Timeout": 3600, "HeartbeatTimeout": 60}),
        invocation(1),
        ("CallbackSucceeded", {"Result": {"Payload": '"yes"'}}),
        invocation(2),
        succeeded('"yes"'),
    ] == history(recorded, executions["called_back"])


def test_chained_invokes(recorded: Recorded, executions: Cases) -> None:
    """The version that ran, the tenant, and the child; each target sees its ARN with the qualifier."""
    of_plain = {"n": 1, "arn": f"{ARN}:target:$LATEST"}
    of_child = {"arn": f"{ARN}:child:1"}
    child = {
        "FunctionName": "child:live",
        "TenantId": "blue",
        "ExecutedVersion": "1",
        "DurableExecutionArn": f"{ARN}:child:1/durable-execution/NAME/ID",
    }
    events = history(recorded, executions["chained"])
    assert [
        started("chained"),
        (
            "ChainedInvokeStarted",
            {"FunctionName": "target", "ExecutedVersion": "$LATEST", "Input": {"Payload": '{"n": 1}'}},
        ),
        ("ChainedInvokeSucceeded", {"Result": {"Payload": json.dumps(of_plain)}}),
        ("ChainedInvokeStarted", {**child, "Input": {"Payload": "{}"}}),
        ("ChainedInvokeSucceeded", {"Result": {"Payload": json.dumps(of_child)}}),
        succeeded([of_plain, of_child]),
    ] == [event for event in events if event[0] != "InvocationCompleted"]
    # Whether a target or the invocation that waits for it ends first is open.
    invocations = [details for kind, details in events if kind == "InvocationCompleted"]
    assert 3 == len(invocations)
    assert all({"RequestId"} == set(details) for details in invocations)


def test_an_invocation_that_raises_outside_the_sdk(recorded: Recorded, function: str, executions: Cases) -> None:
    """Its error has the handler's own type; the next invocation sees the ARN of the version that runs it."""
    error = {"ErrorType": "KeyError", "ErrorMessage": "'outside the SDK'", "StackTrace": "a stack trace"}
    answer(recorded, executions["raised"], "InvocationCompleted")
    assert [
        started("raised"),
        ("CallbackStarted", {"CallbackId": "a callback id"}),
        invocation(1, Error={"Payload": error}),
        ("CallbackSucceeded", {"Result": {"Payload": '"yes"'}}),
        invocation(2),
        succeeded(f"{ARN}:{function}:{VERSIONS[function]}"),
    ] == history(recorded, executions["raised"])


def test_an_invocation_whose_process_ends(recorded: Recorded, executions: Cases) -> None:
    """Runtime.ExitError, and the execution goes on."""
    answer(recorded, executions["lost"], "InvocationCompleted")
    message = "RequestId: request 1 Error: Runtime exited without providing a reason"
    error = {"ErrorType": "Runtime.ExitError", "ErrorMessage": message}
    answered = ("CallbackSucceeded", {"Result": {"Payload": '"yes"'}})
    # On a slow machine the invocation is repeated before the answer comes, and finds none.
    rest = ([answered, invocation(2)], [invocation(2), answered, invocation(3)])
    first = [
        started("lost"),
        ("CallbackStarted", {"CallbackId": "a callback id"}),
        invocation(1, Error={"Payload": error}),
    ]
    assert history(recorded, executions["lost"]) in [[*first, *events, succeeded('"yes"')] for events in rest]


@pytest.mark.slow
def test_an_invocation_that_times_out(recorded: Recorded, function: str) -> None:
    """Sandbox.Timedout in Lambda's words, after the 20 seconds of the function."""
    arn = begin(recorded, function, "timed_out")
    answer(recorded, arn, "InvocationCompleted")
    error = {"ErrorType": "Sandbox.Timedout", "ErrorMessage": "NOW request 1 Task timed out after 20.00 seconds"}
    assert [
        started("timed_out"),
        ("CallbackStarted", {"CallbackId": "a callback id"}),
        invocation(1, Error={"Payload": error}),
        ("CallbackSucceeded", {"Result": {"Payload": '"yes"'}}),
        invocation(2),
        succeeded('"yes"'),
    ] == history(recorded, arn)
