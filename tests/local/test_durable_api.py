"""Durable executions on the local runtime: names, waits, stops, callbacks, lists."""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

FUNCTION = "durable-probe"


@pytest.fixture
def client(probe: Any) -> LambdaClient:
    """Return a client of the probe's endpoint."""
    lambda_client: LambdaClient = probe.client()
    return lambda_client


def begin(client: LambdaClient, event: dict[str, Any], **arguments: Any) -> str:
    """Start an execution asynchronously and return its ARN."""
    answer = client.invoke(
        FunctionName=FUNCTION, Qualifier="live", InvocationType="Event", Payload=json.dumps(event), **arguments
    )
    return answer["DurableExecutionArn"]


def status_after_end(client: LambdaClient, arn: str) -> str:
    """Return the execution's status once it no longer runs."""

    def status() -> str | None:
        now = client.get_durable_execution(DurableExecutionArn=arn)["Status"]
        return None if now == "RUNNING" else now

    return eventually(status, f"{arn} has ended") or ""


def event_types(client: LambdaClient, arn: str) -> list[str]:
    """Return the types of the history's events."""
    return [event["EventType"] for event in client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]]


def callback_id(client: LambdaClient, arn: str) -> str:
    """Return the id of the callback that the execution waits for, once it does."""

    def started() -> list[str]:
        history = client.get_durable_execution_history(DurableExecutionArn=arn, IncludeExecutionData=True)["Events"]
        return [e["CallbackStartedDetails"]["CallbackId"] for e in history if e["EventType"] == "CallbackStarted"]

    (only,) = eventually(started, f"{arn} waits for a callback")
    return only


def test_an_execution_has_an_arn_of_awss_form(client: LambdaClient) -> None:
    """Function, version, execution name and id, so that tools that take ARNs apart work."""
    arn = begin(client, {"wait": 1}, DurableExecutionName="order-42")
    prefix, name, _ = arn.rsplit("/", 2)
    assert "arn:aws:lambda:us-east-1:000000000000:function:durable-probe:1/durable-execution" == prefix
    assert "order-42" == name
    assert "order-42" == client.get_durable_execution(DurableExecutionArn=arn)["DurableExecutionName"]


def test_the_same_name_and_payload_give_the_same_execution(client: LambdaClient) -> None:
    """A retried start finds the execution that runs; another payload is refused with 409."""
    name = uuid.uuid4().hex
    first = begin(client, {"n": 1}, DurableExecutionName=name)
    assert first == begin(client, {"n": 1}, DurableExecutionName=name)
    with pytest.raises(ClientError) as refusal:
        begin(client, {"n": 2}, DurableExecutionName=name)
    assert "DurableExecutionAlreadyStartedException" == refusal.value.response["Error"]["Code"]
    assert 409 == refusal.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.runtime_client
def test_a_waiting_execution_holds_no_process(client: LambdaClient) -> None:
    """More executions than processes wait at once, and each gets its own result."""
    arns = {n: begin(client, {"wait": 1, "callback": True, "n": n}) for n in range(12)}
    callbacks = [callback_id(client, arn) for arn in arns.values()]
    statuses = [client.get_durable_execution(DurableExecutionArn=arn)["Status"] for arn in arns.values()]
    assert ["RUNNING"] * 12 == statuses
    for callback in callbacks:
        client.send_durable_execution_callback_success(CallbackId=callback, Result=b"1")
    assert {"SUCCEEDED"} == {status_after_end(client, arn) for arn in arns.values()}
    results = {
        n: json.loads(client.get_durable_execution(DurableExecutionArn=arn)["Result"])["n"] for n, arn in arns.items()
    }
    assert {n: n for n in range(12)} == results


@pytest.mark.runtime_client
def test_an_execution_resumes_in_another_environment(client: LambdaClient, probe: Any) -> None:
    """The process before the wait and the one after it belong to different environments, on purpose."""
    parent_of = {process.pid: process.ppid() for process in probe.descendants()}
    for _ in range(3):
        answer = client.invoke(FunctionName=FUNCTION, Qualifier="live", Payload='{"wait": 1}')
        result = json.loads(answer["Payload"].read())
        assert parent_of[result["before"]] != parent_of[result["after"]]


def test_a_stopped_execution_stays_stopped(client: LambdaClient) -> None:
    """Its wait does not resume it."""
    arn = begin(client, {"wait": 500})
    client.stop_durable_execution(DurableExecutionArn=arn, Error={"ErrorType": "Cancelled", "ErrorMessage": "no more"})
    execution = client.get_durable_execution(DurableExecutionArn=arn)
    assert ("STOPPED", "Cancelled") == (execution["Status"], execution["Error"]["ErrorType"])


def test_a_paused_execution_goes_on_when_it_is_resumed(client: Any) -> None:
    """While it is paused its wait comes due without effect."""
    arn = begin(client, {"wait": 5})
    client.pause_durable_execution(DurableExecutionArn=arn)
    # It comes due later than the wait of the one that is paused.
    assert "SUCCEEDED" == status_after_end(client, begin(client, {"wait": 6}))
    assert "PAUSED" == client.get_durable_execution(DurableExecutionArn=arn)["Status"]
    client.resume_durable_execution(DurableExecutionArn=arn)
    assert "SUCCEEDED" == status_after_end(client, arn)


def test_a_deleted_execution_is_gone(client: Any) -> None:
    """It must have ended, and its name is free again."""
    arn = begin(client, {"wait": 500}, DurableExecutionName="deleted")
    with pytest.raises(ClientError, match="must have ended to be deleted, got RUNNING") as refusal:
        client.delete_durable_execution(DurableExecutionArn=arn)
    assert "ResourceConflictException" == refusal.value.response["Error"]["Code"]
    client.stop_durable_execution(DurableExecutionArn=arn)
    client.delete_durable_execution(DurableExecutionArn=arn)
    with pytest.raises(ClientError, match="does not exist"):
        client.get_durable_execution(DurableExecutionArn=arn)
    again = begin(client, {"wait": 1, "n": 2}, DurableExecutionName="deleted")
    assert "SUCCEEDED" == status_after_end(client, again)


def test_data_is_left_out_on_request(client: LambdaClient) -> None:
    """Without IncludeExecutionData neither input nor result is told; the configuration always is."""
    arn = begin(client, {"wait": 1})
    assert "SUCCEEDED" == status_after_end(client, arn)
    execution = client.get_durable_execution(DurableExecutionArn=arn, IncludeExecutionData=False)
    assert {"InputPayload", "Result"}.isdisjoint(execution)
    assert {"ExecutionTimeout": 600, "RetentionPeriodInDays": 3} == execution["DurableConfig"]


def test_each_invocation_is_in_the_history(client: LambdaClient) -> None:
    """With its times and request id."""
    arn = begin(client, {"wait": 1})
    assert "SUCCEEDED" == status_after_end(client, arn)
    events = client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
    invocations = [
        event["InvocationCompletedDetails"] for event in events if event["EventType"] == "InvocationCompleted"
    ]
    assert 2 == len({invocation["RequestId"] for invocation in invocations})
    assert all(invocation["StartTimestamp"] < invocation["EndTimestamp"] for invocation in invocations)


@pytest.mark.runtime_client
def test_a_callback_completes_its_execution(client: LambdaClient) -> None:
    """The id from the history, sent back with a result, resumes the execution."""
    arn = begin(client, {"callback": True})
    callback = callback_id(client, arn)
    client.send_durable_execution_callback_heartbeat(CallbackId=callback)
    client.send_durable_execution_callback_success(CallbackId=callback, Result=b'"yes"')
    assert "SUCCEEDED" == status_after_end(client, arn)
    assert '"yes"' == json.loads(client.get_durable_execution(DurableExecutionArn=arn)["Result"])["approved"]


def test_a_callback_can_fail(client: LambdaClient) -> None:
    """A failure that is sent back fails the execution with its message."""
    arn = begin(client, {"callback": True})
    callback = callback_id(client, arn)
    client.send_durable_execution_callback_failure(
        CallbackId=callback, Error={"ErrorType": "Refused", "ErrorMessage": "too expensive"}
    )
    assert "FAILED" == status_after_end(client, arn)
    assert "too expensive" in client.get_durable_execution(DurableExecutionArn=arn)["Error"]["ErrorMessage"]


def test_rejects_an_answer_to_a_callback_that_is_over(client: LambdaClient) -> None:
    """With AWS's error, which is another one than for a callback that never was."""
    completed, stopped = (begin(client, {"callback": True, "n": n}) for n in (1, 2))
    callbacks = [callback_id(client, arn) for arn in (completed, stopped)]
    client.send_durable_execution_callback_success(CallbackId=callbacks[0], Result=b'"yes"')
    client.stop_durable_execution(DurableExecutionArn=stopped)

    for callback in callbacks:
        for answer in (
            client.send_durable_execution_callback_success,
            client.send_durable_execution_callback_failure,
            client.send_durable_execution_callback_heartbeat,
        ):
            with pytest.raises(client.exceptions.CallbackTimeoutException, match="already been closed") as caught:
                answer(CallbackId=callback)
            assert 400 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    unknown = base64.b64encode(json.dumps({"arn": completed, "op": "none"}).encode()).decode()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.send_durable_execution_callback_success(CallbackId=unknown)
    assert "SUCCEEDED" == status_after_end(client, completed)
    assert "STOPPED" == client.get_durable_execution(DurableExecutionArn=stopped)["Status"]


@pytest.mark.runtime_client
def test_a_chained_invoke_runs_its_target(client: LambdaClient) -> None:
    """A plain target is invoked once, a durable one runs as an execution of its own."""
    targets = ["Probe-Plain", "durable-probe:live"]
    payload = json.dumps({"targets": targets, "payload": {"wait": 1, "n": 6}})
    answer = client.invoke(FunctionName="Probe-Parent", Qualifier="live", Payload=payload)
    result = json.loads(answer["Payload"].read())
    assert {"wait": 1, "n": 6} == result["Probe-Plain"]["event"]
    assert 6 == result["durable-probe:live"]["n"]
    events = event_types(client, answer["DurableExecutionArn"])
    assert 2 == events.count("ChainedInvokeSucceeded")


def test_a_chained_invoke_of_nobody_fails_with_awss_code(client: LambdaClient) -> None:
    """The parent learns that there is no such function."""
    payload = json.dumps({"targets": ["nobody:live"], "payload": {}})
    answer = client.invoke(FunctionName="Probe-Parent", Qualifier="live", Payload=payload)
    assert "Unhandled" == answer["FunctionError"]
    assert "function not found: nobody" in json.loads(answer["Payload"].read())["errorMessage"]


def test_a_list_is_filtered_ordered_and_paged(client: LambdaClient) -> None:
    """Name, statuses, time and pages, each honoured."""
    names = [f"listed-{uuid.uuid4().hex}" for _ in range(3)]
    arns = [begin(client, {"wait": 500}, DurableExecutionName=name) for name in names]
    client.stop_durable_execution(DurableExecutionArn=arns[0])
    listed = client.list_durable_executions_by_function

    def found(**filters: Any) -> list[str]:
        executions = listed(FunctionName=FUNCTION, Qualifier="live", **filters)["DurableExecutions"]
        return [e["DurableExecutionArn"] for e in executions if e["DurableExecutionArn"] in arns]

    assert arns == found()
    assert arns[::-1] == found(ReverseOrder=True)
    assert [arns[0]] == found(Statuses=["STOPPED", "FAILED"])
    assert arns[1:] == found(Statuses=["RUNNING"])
    assert [arns[1]] == found(DurableExecutionName=names[1])
    second = client.get_durable_execution(DurableExecutionArn=arns[1])["StartTimestamp"]
    assert [arns[2]] == found(StartedAfter=second)
    newest = listed(FunctionName=FUNCTION, ReverseOrder=True, MaxItems=2)
    assert arns[:0:-1] == [e["DurableExecutionArn"] for e in newest["DurableExecutions"]]
    following = listed(FunctionName=FUNCTION, ReverseOrder=True, MaxItems=1, Marker=newest["NextMarker"])
    assert arns[0] == following["DurableExecutions"][0]["DurableExecutionArn"]
    for arn in arns[1:]:
        client.stop_durable_execution(DurableExecutionArn=arn)


@pytest.mark.parametrize("arn_end", ["nothing/here", "order-42/00000000-0000-0000-0000-000000000000"])
def test_rejects_an_unknown_execution(client: LambdaClient, arn_end: str) -> None:
    """ResourceNotFoundException, as on AWS."""
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:durable-probe:1/durable-execution/{arn_end}"
    with pytest.raises(ClientError) as refusal:
        client.get_durable_execution(DurableExecutionArn=arn)
    assert "ResourceNotFoundException" == refusal.value.response["Error"]["Code"]


def test_skipped_time_ends_a_day_at_once(start: Callable[..., Any]) -> None:
    """With --skip-time a wait of a day takes no time, and the history shows its full length."""
    client = start("--skip-time", "--function", FUNCTION, "--environments", "1").client()
    answer = client.invoke(FunctionName=FUNCTION, Qualifier="live", Payload='{"wait": 86400, "n": 5}')
    assert 5 == json.loads(answer["Payload"].read())["n"]
    execution = client.get_durable_execution(DurableExecutionArn=answer["DurableExecutionArn"])
    assert (execution["EndTimestamp"] - execution["StartTimestamp"]).total_seconds() >= 86_400
