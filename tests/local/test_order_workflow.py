"""The example on the local runtime, driven by the real AWS CLI."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence

    Aws = Callable[..., subprocess.CompletedProcess[str]]

EVENT = Path(__file__).parents[2] / "examples" / "order_workflow" / "events" / "basic-order.json"
SEQUENCE = [
    ("ExecutionStarted", None),
    ("StepStarted", "validate-order"),
    ("StepSucceeded", "validate-order"),
    ("WaitStarted", "wait 5s"),
    ("WaitSucceeded", "wait 5s"),
    ("StepStarted", "process-order"),
    ("StepSucceeded", "process-order"),
    ("ExecutionSucceeded", None),
]
LINES = ["Order workflow started", "Validating order", "validated, waiting 5 seconds", "Processing order", "completed"]


class Orders:
    """The running example, its outputs, and the AWS CLI."""

    def __init__(self, local: Any, aws: Aws) -> None:
        self.local = local
        self.client = local.client()
        self._aws = aws
        self.outputs = dict(
            line.strip().partition(".")[2].split(" = ", 1) for line in local.output.splitlines() if " = " in line
        )

    def aws(self, *arguments: str) -> Any:
        """Return the answer of an AWS CLI command that succeeds."""
        ended = self._aws(*arguments, local=self.local)
        assert 0 == ended.returncode, ended.stderr
        return json.loads(ended.stdout)

    def failing_aws(self, *arguments: str) -> str:
        """Return the error of an AWS CLI command that fails."""
        ended = self._aws(*arguments, local=self.local)
        assert 0 != ended.returncode, ended.stdout
        return ended.stderr


@pytest.fixture(scope="module")
def orders(serve: Callable[..., Any], example_app: Path, aws: Aws) -> Orders:
    """Return the example, served with time as it is; its execution timeout is too long for synchronous invocations."""
    return Orders(serve(example_app, "--no-limits"), aws)


@pytest.fixture(scope="module")
def started_at() -> int:
    """Epoch milliseconds before anything was invoked."""
    return int(time.time() * 1000)


@pytest.fixture(scope="module")
def execution(orders: Orders, started_at: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return an asynchronously started execution that has ended."""
    assert started_at
    answer = orders.aws(
        *("lambda", "invoke", "--function-name", orders.outputs["FunctionName"], "--qualifier", "live"),
        *("--invocation-type", "Event", "--payload", f"fileb://{EVENT}"),
        str(tmp_path_factory.mktemp("answer") / "answer.json"),
    )
    assert 202 == answer["StatusCode"]
    arn = answer["DurableExecutionArn"]
    eventually(
        lambda: orders.client.get_durable_execution(DurableExecutionArn=arn)["Status"] != "RUNNING", "it has ended"
    )
    return dict(orders.aws("lambda", "get-durable-execution", "--durable-execution-arn", arn))


def told(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, str | None]]:
    """Return type and name of each event but the invocations between them."""
    return [
        (event["EventType"], None if event["EventType"].startswith("Execution") else event.get("Name"))
        for event in events
        if event["EventType"] != "InvocationCompleted"
    ]


def check_result(result: dict[str, Any], order_id: str) -> None:
    """Expect the fields, their types and at least five seconds between the two times."""
    assert {"orderId", "status", "validatedAt", "processedAt"} == set(result)
    assert (order_id, "processed") == (result["orderId"], result["status"])
    assert 5_000 <= result["processedAt"] - result["validatedAt"]


def test_the_outputs_name_what_is_served(orders: Orders) -> None:
    """The outputs of a deploy, with the names that the endpoint answers to."""
    assert {"FunctionName", "AliasArn", "LogGroupName", "CapacityProviderName"} <= set(orders.outputs)
    assert orders.outputs["AliasArn"].endswith(f":function:{orders.outputs['FunctionName']}:live")


@pytest.mark.runtime_client
def test_an_asynchronous_execution_gives_the_orders_result(execution: dict[str, Any]) -> None:
    """Started with an Event invocation of the alias, it ends with the result of the pattern."""
    order = json.loads(EVENT.read_text())
    assert "SUCCEEDED" == execution["Status"]
    assert order == json.loads(execution["InputPayload"])
    check_result(json.loads(execution["Result"]), order["orderId"])


def test_the_history_is_the_patterns(orders: Orders, execution: dict[str, Any]) -> None:
    """Validate, wait, process, in this order and nothing else."""
    command = ("lambda", "get-durable-execution-history", "--durable-execution-arn", execution["DurableExecutionArn"])
    assert SEQUENCE == told(orders.aws(*command)["Events"])


def test_the_list_has_the_execution(orders: Orders, execution: dict[str, Any]) -> None:
    """Listed by function and qualifier."""
    page = orders.aws(
        *("lambda", "list-durable-executions-by-function", "--function-name", orders.outputs["FunctionName"]),
        *("--qualifier", "live", "--statuses", "SUCCEEDED"),
    )
    assert execution["DurableExecutionArn"] in [found["DurableExecutionArn"] for found in page["DurableExecutions"]]


@pytest.mark.runtime_client
def test_each_log_line_is_written_once(orders: Orders, execution: dict[str, Any], started_at: int) -> None:
    """The five lines in order, although the handler ran twice."""
    found = orders.aws(
        *("logs", "filter-log-events", "--log-group-name", orders.outputs["LogGroupName"]),
        *("--start-time", str(started_at), "--filter-pattern", f'"{execution["DurableExecutionArn"]}"'),
    )
    messages = [json.loads(event["message"])["message"] for event in found["events"]]
    assert len(LINES) == len(messages)
    assert [True] * len(LINES) == [line in message for line, message in zip(LINES, messages, strict=True)]


def test_the_log_is_searched_by_time_and_pattern(orders: Orders, execution: dict[str, Any], started_at: int) -> None:
    """A pattern keeps its lines only, and a start time in the future finds none."""
    group = ("logs", "filter-log-events", "--log-group-name", orders.outputs["LogGroupName"])
    arn = execution["DurableExecutionArn"]
    found = orders.aws(*group, "--start-time", str(started_at), "--filter-pattern", f'"Validating order" "{arn}"')
    assert 1 == len(found["events"])
    assert [] == orders.aws(*group, "--start-time", str(started_at + 3_600_000))["events"]


@pytest.mark.parametrize(
    "qualifier", [pytest.param(("--qualifier", "1"), marks=pytest.mark.slow), ()], ids=["version", "none"]
)
def test_a_synchronous_invocation_gives_the_result(orders: Orders, qualifier: tuple[str, ...], tmp_path: Path) -> None:
    """The caller waits for the whole execution."""
    answer = orders.aws(
        *("lambda", "invoke", "--function-name", orders.outputs["FunctionName"], *qualifier),
        *("--payload", f"fileb://{EVENT}", str(tmp_path / "result.json")),
    )
    assert ("1", None) == (answer["ExecutedVersion"], answer.get("FunctionError"))
    check_result(json.loads((tmp_path / "result.json").read_text()), json.loads(EVENT.read_text())["orderId"])


@pytest.mark.runtime_client
@pytest.mark.parametrize("payload", ["{}", '{"orderId": ""}', '{"orderId": 7}', "[]"])
def test_rejects_an_order_without_an_id(orders: Orders, payload: str, tmp_path: Path) -> None:
    """The execution fails at once with an error that says so, and no step runs."""
    answer = orders.aws(
        *("lambda", "invoke", "--function-name", orders.outputs["AliasArn"]),
        *("--payload", payload, str(tmp_path / "error.json")),
    )
    assert "Unhandled" == answer["FunctionError"]
    assert '"orderId" is a non-blank string' in json.loads((tmp_path / "error.json").read_text())["errorMessage"]
    history = orders.client.get_durable_execution_history(DurableExecutionArn=answer["DurableExecutionArn"])
    assert [("ExecutionStarted", None), ("ExecutionFailed", None)] == told(history["Events"])


def test_rejects_latest(orders: Orders, tmp_path: Path) -> None:
    """`$LATEST` cannot be invoked on managed instances."""
    error = orders.failing_aws(
        *("lambda", "invoke", "--function-name", orders.outputs["FunctionName"], "--qualifier", "$LATEST"),
        str(tmp_path / "none.json"),
    )
    assert "InvalidParameterValueException" in error


def test_the_fallback_gives_the_same(start: Callable[..., Any], example_app: Path, aws: Aws) -> None:
    """Result, history and log lines do not tell which runtime client ran the handler."""
    orders = Orders(
        start("--no-limits", "--worker", "stand-in", "--environments", "1", "--concurrency", "2", app=example_app), aws
    )
    payload = EVENT.read_text()
    answer = orders.client.invoke(FunctionName=orders.outputs["FunctionName"], Qualifier="live", Payload=payload)
    check_result(json.loads(answer["Payload"].read()), json.loads(payload)["orderId"])
    arn = answer["DurableExecutionArn"]
    assert SEQUENCE == told(orders.client.get_durable_execution_history(DurableExecutionArn=arn)["Events"])
    logs = orders.local.client("logs").filter_log_events(
        logGroupName=orders.outputs["LogGroupName"], filterPattern=f'"{arn}"'
    )
    messages = [json.loads(event["message"])["message"] for event in logs["events"]]
    assert [True] * len(LINES) == [line in message for line, message in zip(LINES, messages, strict=True)]
