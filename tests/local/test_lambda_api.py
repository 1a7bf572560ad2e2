"""The Lambda API of the local endpoint: what it serves and what it refuses, as boto3 sees it."""

from __future__ import annotations

import http.client
import json
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PLAIN_ARN = "arn:aws:lambda:us-east-1:000000000000:function:Probe-Plain"


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Return the code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as refusal:
        call()
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"FunctionName": "Probe-Plain"},
        {"FunctionName": "Probe-Plain", "Qualifier": "live"},
        {"FunctionName": "Probe-Plain:live"},
        {"FunctionName": "Probe-Plain", "Qualifier": "1"},
        {"FunctionName": "000000000000:function:Probe-Plain", "Qualifier": "$LATEST.PUBLISHED"},
        {"FunctionName": f"{PLAIN_ARN}:live"},
    ],
    ids=lambda arguments: " ".join(arguments.values()),
)
def test_a_function_is_invoked_by_each_of_its_names(probe: Any, arguments: dict[str, str]) -> None:
    """Name, partial ARN and ARN, with alias, version or no qualifier, lead to version 1."""
    answer = probe.client().invoke(**arguments, Payload='{"n": 1}')
    assert (200, "1") == (answer["StatusCode"], answer["ExecutedVersion"])
    assert {"n": 1} == json.loads(answer["Payload"].read())["event"]


@pytest.mark.runtime_client
def test_an_error_of_the_handler_reaches_the_caller(probe: Any) -> None:
    """Type and message are the exception's."""
    answer = probe.client().invoke(FunctionName="Probe-Plain", Payload='{"raise": "no such order"}')
    assert "Unhandled" == answer["FunctionError"]
    error = json.loads(answer["Payload"].read())
    assert ("ValueError", "no such order") == (error["errorType"], error["errorMessage"])


def test_a_dry_run_runs_nothing(probe: Any) -> None:
    """DryRun checks the request and answers 204."""
    answer = probe.client().invoke(FunctionName="Probe-Plain", InvocationType="DryRun", Payload='{"exit": 1}')
    assert 204 == answer["StatusCode"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ({"Qualifier": "$LATEST"}, "InvalidParameterValueException", "cannot be invoked with the $LATEST qualifier"),
        (
            {"Qualifier": "7"},
            "ResourceNotFoundException",
            f"function not found: {PLAIN_ARN}:7 (qualifiers here: live, 1)",
        ),
        ({"Qualifier": "beta"}, "ResourceNotFoundException", "qualifiers here: live, 1"),
        (
            {"FunctionName": "nobody"},
            "ResourceNotFoundException",
            "functions here: Probe-Plain, durable-probe, Probe-Parent, Probe-Ledger",
        ),
        ({"FunctionName": "Probe-Plain:live", "Qualifier": "1"}, "InvalidParameterValueException", "must be the same"),
        (
            {"FunctionName": PLAIN_ARN.replace("us-east-1", "eu-west-1")},
            "ResourceNotFoundException",
            "this endpoint's region is us-east-1",
        ),
        ({"LogType": "Tail"}, "InvalidParameterValueException", "Tail logs are not supported for functions configured"),
        ({"Payload": "{orderId"}, "InvalidRequestContentException", "the payload must be JSON"),
        (
            {"InvocationType": "Event", "Payload": json.dumps("x" * 1_048_577)},
            "RequestTooLargeException",
            "1048576 bytes",
        ),
        ({"FunctionName": "durable-probe", "DurableExecutionName": "a b"}, "ValidationException", "Value 'a b' at"),
    ],
)
def test_rejects_an_invocation_as_aws_does(probe: Any, arguments: dict[str, str], code: str, says: str) -> None:
    """AWS's error code, and a message that tells what to do."""
    client = probe.client()
    actual_code, message = refused(lambda: client.invoke(**{"FunctionName": "Probe-Plain", **arguments}))
    assert code == actual_code
    assert says in message


def test_rejects_a_call_that_is_not_served_by_its_name(probe: Any) -> None:
    """The error names AWS's call rather than a path."""
    client = probe.client()
    assert ("NotImplemented", "the local runtime does not serve GetAccountSettings") == refused(
        client.get_account_settings
    )


def test_the_page_of_calls_is_true(probe: Any) -> None:
    """What docs/reference/local-api.md calls served is, and nothing else; each call asks for what is not there."""
    served = runpy.run_path(str(ROOT / "docs/reference/generate_local_api.py"))["served"]("lambda")
    model = probe.client().meta.service_model
    connection = http.client.HTTPConnection(probe.endpoint_url.removeprefix("http://"))
    found = set()
    for name in model.operation_names:
        operation = model.operation_model(name).http
        connection.request(operation["method"], re.sub(r"\{[^}]+\}", "x", operation["requestUri"]))
        answer = connection.getresponse()
        answer.read()
        if answer.headers.get("x-amzn-ErrorType") != "NotImplemented":
            found.add(name)
    connection.close()
    assert served == found


def test_the_configuration_is_the_templates(probe: Any) -> None:
    """What a client needs to find the log group, the concurrency and the durable configuration."""
    configuration = probe.client().get_function_configuration(FunctionName="durable-probe", Qualifier="live")
    assert "/aws/lambda/durable-probe" == configuration["LoggingConfig"]["LogGroup"]
    assert {"ExecutionTimeout": 600, "RetentionPeriodInDays": 3} == configuration["DurableConfig"]
    provider = configuration["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"]
    assert "arn:aws:lambda:us-east-1:000000000000:capacity-provider:Probe-Capacity" == provider["CapacityProviderArn"]
    assert 2 == provider["PerExecutionEnvironmentMaxConcurrency"]


def test_rejects_a_request_for_another_host(probe: Any) -> None:
    """A page of another site that resolves its name to this machine is refused."""
    connection = http.client.HTTPConnection(probe.endpoint_url.removeprefix("http://"))
    connection.request("GET", "/2015-03-31/functions/Probe-Plain/configuration", headers={"Host": "example.com"})
    assert 400 == connection.getresponse().status
    connection.close()


def test_what_is_deployed_is_listed(probe: Any) -> None:
    """Functions, versions, aliases and the capacity provider, each with AWS's names."""
    client = probe.client()
    names = [function["FunctionName"] for function in client.list_functions()["Functions"]]
    assert ["Probe-Plain", "durable-probe", "Probe-Parent", "Probe-Ledger"] == names
    assert "probe.plain" == client.get_function(FunctionName="Probe-Plain")["Configuration"]["Handler"]
    assert ["$LATEST", "1"] == [
        each["Version"] for each in client.list_versions_by_function(FunctionName="Probe-Plain")["Versions"]
    ]
    (alias,) = client.list_aliases(FunctionName="Probe-Plain")["Aliases"]
    assert (f"{PLAIN_ARN}:live", "live", "1") == (alias["AliasArn"], alias["Name"], alias["FunctionVersion"])
    assert "1" == client.get_alias(FunctionName="Probe-Plain", Name="live")["FunctionVersion"]
    (provider,) = client.list_capacity_providers()["CapacityProviders"]
    assert "Active" == provider["State"]
    assert provider == client.get_capacity_provider(CapacityProviderName="Probe-Capacity")["CapacityProvider"]
    versions = client.list_function_versions_by_capacity_provider(CapacityProviderName="Probe-Capacity")
    assert f"{PLAIN_ARN}:1" in [version["FunctionArn"] for version in versions["FunctionVersions"]]


def test_a_list_of_functions_has_pages(probe: Any) -> None:
    """Each page leads to the next until there is none."""
    pages = probe.client().get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3})
    assert [3, 1] == [len(page["Functions"]) for page in pages]


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("get_alias", {"FunctionName": "Probe-Plain", "Name": "beta"}),
        ("get_capacity_provider", {"CapacityProviderName": "nobody"}),
        ("get_function", {"FunctionName": "nobody"}),
    ],
)
def test_rejects_a_read_of_what_is_not_there(probe: Any, call: str, arguments: dict[str, str]) -> None:
    """ResourceNotFoundException, with what is there."""
    code, message = refused(lambda: getattr(probe.client(), call)(**arguments))
    assert "ResourceNotFoundException" == code
    assert "here: " in message
