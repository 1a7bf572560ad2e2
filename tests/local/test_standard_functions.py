"""Functions without a capacity provider: durable ones, and plain ones that a workflow invokes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DURABLE = {"DurableConfig": {"ExecutionTimeout": 600}}

VARIABLES = {"TABLE": {"Ref": "Table"}, "QUEUE": {"Fn::GetAtt": ["Queue", "Arn"]}, "WORKFLOW": {"Ref": "Workflow"}}


def function(handler: str, **properties: Any) -> dict[str, Any]:
    """Return a function resource with the probe's code."""
    code = {"Code": {"S3Key": "probe.zip"}, "Handler": handler, "Runtime": "python3.13", "Timeout": 20}
    return {"Type": "AWS::Lambda::Function", "Properties": {**code, **properties}}


@pytest.fixture(scope="module")
def standard(
    serve: Callable[..., Any], write_assembly: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """Return an app of such functions, one of them broken and one in another language."""
    version = {"FunctionName": {"Ref": "Caller"}}
    alias = {**version, "Name": "live", "FunctionVersion": {"Fn::GetAtt": ["CallerVersion", "Version"]}}
    resources = {
        "Workflow": function("probe.durable", FunctionName="workflow", **DURABLE),
        "Caller": function("probe.parent", FunctionName="caller", **DURABLE),
        "CallerVersion": {"Type": "AWS::Lambda::Version", "Properties": version},
        "CallerAlias": {"Type": "AWS::Lambda::Alias", "Properties": alias},
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Helper": function("probe.plain", FunctionName="helper", Environment={"Variables": VARIABLES}),
        "Broken": function("missing.handler", FunctionName="broken"),
        "Other": function("index.handler", FunctionName="other", Runtime="nodejs24.x"),
    }
    app = write_assembly(tmp_path_factory.mktemp("standard") / "cdk.out", {"Resources": resources})
    return serve(app, "--quiet", "--skip-time", "--concurrency", "7", "--env", "TABLE=orders-dev")


def invoke(standard: Any, name: str, event: dict[str, Any], qualifier: str | None = None) -> Any:
    """Return a synchronous invocation's answer, with the payload read."""
    which = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
    answer = standard.client().invoke(**which, Payload=json.dumps(event))
    return {**answer, "Payload": json.loads(answer["Payload"].read())}


@pytest.mark.runtime_client
def test_a_plain_function_starts_when_it_is_invoked(standard: Any) -> None:
    """Two durable functions have three environments of one process each; the others have none before."""
    assert "helper\n  plain, python3.13, starts when it is invoked" in standard.output
    assert "Starting 6 worker processes" in standard.output
    before = len(standard.descendants())
    answer = invoke(standard, "helper", {"n": 1})
    assert ("$LATEST", {"n": 1}) == (answer["ExecutedVersion"], answer["Payload"]["event"])
    assert "on-demand" == answer["Payload"]["environment"]["AWS_LAMBDA_INITIALIZATION_TYPE"]
    assert before < len(standard.descendants())


@pytest.mark.runtime_client
def test_a_durable_function_runs_on_latest(standard: Any) -> None:
    """Its executions say so, and resume in another process."""
    answer = invoke(standard, "workflow", {"n": 7}, "$LATEST")
    assert 7 == answer["Payload"]["n"]
    assert answer["Payload"]["before"] != answer["Payload"]["after"]
    assert ":function:workflow:$LATEST/durable-execution/" in answer["DurableExecutionArn"]
    found = standard.client().get_durable_execution(DurableExecutionArn=answer["DurableExecutionArn"])
    assert "SUCCEEDED" == found["Status"]


def test_rejects_a_durable_function_without_a_qualifier(standard: Any) -> None:
    """As AWS does where no capacity provider makes it `$LATEST.PUBLISHED`."""
    with pytest.raises(ClientError, match="You cannot invoke a durable function using an unqualified ARN"):
        invoke(standard, "workflow", {})


@pytest.mark.runtime_client
def test_rejects_a_chained_invoke_of_one_without_a_qualifier(standard: Any) -> None:
    """In the same words, as the error of the operation."""
    answer = invoke(standard, "caller", {"targets": ["workflow"], "payload": {}}, "live")
    history = standard.client().get_durable_execution_history(DurableExecutionArn=answer["DurableExecutionArn"])
    (failed,) = [each for each in history["Events"] if each["EventType"] == "ChainedInvokeFailed"]
    error = failed["ChainedInvokeFailedDetails"]["Error"]["Payload"]
    assert ("InvalidParameterValueException", "You cannot invoke a durable function using an unqualified ARN.") == (
        error["ErrorType"],
        error["ErrorMessage"],
    )


@pytest.mark.runtime_client
def test_the_end_of_the_log_is_returned(standard: Any) -> None:
    """Of functions without a capacity provider, where the caller asks for it."""
    answer = standard.client().invoke(FunctionName="helper", LogType="Tail", Payload='{"raise": "out of milk"}')
    assert "Unhandled" == answer["FunctionError"]
    lines = base64.b64decode(answer["LogResult"]).decode().splitlines()
    assert any("out of milk" in json.loads(line)["errorMessage"] for line in lines if "errorMessage" in line)


@pytest.mark.runtime_client
def test_a_workflow_invokes_a_plain_function(standard: Any) -> None:
    """By its name; the answer is the handler's."""
    answer = invoke(standard, "caller", {"targets": ["helper"], "payload": {"n": 3}}, "live")
    assert {"n": 3} == answer["Payload"]["helper"]["event"]


@pytest.mark.runtime_client
def test_a_plain_function_that_cannot_be_loaded_fails_its_caller_alone(standard: Any) -> None:
    """The error says why."""
    answer = invoke(standard, "broken", {})
    assert "Unhandled" == answer["FunctionError"]
    assert "No module named 'missing'" in answer["Payload"]["errorMessage"]


def test_what_is_known_only_after_deployment_has_a_placeholder_or_is_given(standard: Any) -> None:
    """The start says which variables hold one; what is served has its real name."""
    environment = invoke(standard, "helper", {})["Payload"]["environment"]
    queue = "arn:aws:sqs:us-east-1:000000000000:Probe-Queue"
    assert ("orders-dev", queue, "workflow") == tuple(environment[name] for name in VARIABLES)
    why = "placeholder for Queue, known only after deployment; override with --env QUEUE=..."
    assert f"QUEUE={queue} ({why})" in standard.output
    assert 1 == standard.output.count("placeholder for")


def test_the_api_tells_what_they_have_not(standard: Any) -> None:
    """No capacity provider and no scaling configuration; what another language needs is not here at all."""
    client = standard.client()
    functions = {each["FunctionName"]: each for each in client.list_functions()["Functions"]}
    assert {"workflow", "caller", "helper", "broken"} == set(functions)
    assert not any("CapacityProviderConfig" in each for each in functions.values())
    with pytest.raises(ClientError, match="caller has no scaling configuration"):
        client.get_function_scaling_config(FunctionName="caller", Qualifier="1")
