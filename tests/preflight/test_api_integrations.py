"""Whether an API waits for a durable function, in every place that says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from durable_mi.cloudformation.template import Template
from durable_mi.preflight.report import check

HEADER = "integration.request.header.X-Amz-Invocation-Type"
URI = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Live}/invocations"
EVENT = {HEADER: "'Event'"}
CHOICE = {HEADER: "method.request.header.InvocationType"}

# What maps the header, the type, and whether the API waits.
CASES = {
    "nothing": ({}, "aws", True),
    "another header": ({"integration.request.header.X-Other": "'Event'"}, "aws", True),
    "event": (EVENT, "aws", False),
    "event, type in capitals": (EVENT, "AWS", False),
    "header in small letters": ({HEADER.lower(): "'Event'"}, "aws", False),
    "header in capitals": ({"integration.request.header.X-AMZ-INVOCATION-TYPE": "'Event'"}, "aws", False),
    "request and response": ({HEADER: "'RequestResponse'"}, "aws", True),
    "the client chooses": (CHOICE, "aws", False),
    "the stage chooses": ({HEADER: "stageVariables.invocation"}, "aws", False),
    "a parameter": ({HEADER: {"Fn::Sub": "'${Given}'"}}, "aws", False),
    "a parameter for all": ({"Fn::If": ["Unknown", EVENT, CHOICE]}, "aws", False),
    "a parameter's default": ({HEADER: {"Ref": "Default"}}, "aws", False),
    "no value": ({HEADER: {"Ref": "AWS::NoValue"}}, "aws", True),
    "proxy": ({}, "aws_proxy", True),
    "proxy with the header": (EVENT, "aws_proxy", True),
    "proxy in capitals with the header": (EVENT, "AWS_PROXY", True),
}


def found(api: dict[str, Any]) -> set[str]:
    """Return the rules that find something in a durable function of a day with an API on its alias."""
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": "def handler(event, context): ..."},
        "Role": "arn:aws:iam::111122223333:role/orders",
        "DurableConfig": {"ExecutionTimeout": 86400},
    }
    alias = {"FunctionName": {"Ref": "Work"}, "FunctionVersion": {"Fn::GetAtt": "Version.Version"}, "Name": "live"}
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    resources = {
        "Work": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Work"}}, **retained},
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": alias},
        "Api": api,
    }
    content = {
        "Parameters": {"Given": {"Type": "String"}, "Default": {"Type": "String", "Default": "'Event'"}},
        "Conditions": {"Unknown": {"Fn::Equals": [{"Ref": "Given"}, "yes"]}},
        "Resources": resources,
    }
    return {place.rule.id for place in check(Template.of_content(content, Path("api.json"))).places}


def document(integration: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document with one integration."""
    return {"openapi": "3.0.1", "paths": {"/jobs": {"post": {"x-amazon-apigateway-integration": integration}}}}


@pytest.mark.parametrize(("parameters", "kind", "waits"), CASES.values(), ids=CASES)
@pytest.mark.parametrize(
    ("resource_type", "key"),
    [
        ("AWS::ApiGateway::RestApi", "Body"),
        ("AWS::Serverless::Api", "DefinitionBody"),
    ],
)
def test_an_openapi_document_waits(
    resource_type: str, key: str, parameters: dict[str, Any], kind: str, *, waits: bool
) -> None:
    """By the integration's type and header."""
    integration = {"type": kind, "httpMethod": "POST", "uri": {"Fn::Sub": URI}, "requestParameters": parameters}
    api = {"Type": resource_type, "Properties": {key: document(integration)}}

    assert ({"DMI305"} if waits else set()) == found(api)


@pytest.mark.parametrize(("parameters", "kind", "waits"), CASES.values(), ids=CASES)
def test_a_method_waits(parameters: dict[str, Any], kind: str, *, waits: bool) -> None:
    """By the integration's type and header."""
    integration = {"Type": kind, "Uri": {"Fn::Sub": URI}, "RequestParameters": parameters}
    api = {"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "POST", "Integration": integration}}

    assert ({"DMI305"} if waits else set()) == found(api)


@pytest.mark.parametrize(("parameters", "kind", "waits"), CASES.values(), ids=CASES)
def test_an_integration_of_a_web_socket_waits(parameters: dict[str, Any], kind: str, *, waits: bool) -> None:
    """By its type and header."""
    properties = {"IntegrationType": kind, "IntegrationUri": {"Fn::Sub": URI}, "RequestParameters": parameters}

    assert ({"DMI305"} if waits else set()) == found(
        {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}
    )


@pytest.mark.parametrize(("parameters", "waits"), [({}, True), (EVENT, False), (CHOICE, False)])
def test_a_document_as_a_text_is_read(parameters: dict[str, Any], *, waits: bool) -> None:
    """JSON with references in it."""
    text = json.dumps(document({"type": "aws", "uri": URI, "requestParameters": parameters}))
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"Fn::Sub": text}}}

    assert ({"DMI305"} if waits else set()) == found(api)


def test_an_integration_among_the_components_is_found() -> None:
    """An HTTP API refers to it by name."""
    integration = {"type": "AWS_PROXY", "uri": {"Fn::Sub": "${Work.Arn}"}, "payloadFormatVersion": "2.0"}
    body = {"components": {"x-amazon-apigateway-integrations": {"work": integration}}}

    assert {"DMI305", "DMI406"} == found({"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}})


def test_an_authorizer_in_a_document_is_found() -> None:
    """It always waits."""
    scheme = {"x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": {"Fn::Sub": URI}}}
    body = {"components": {"securitySchemes": {"work": scheme}}}

    assert {"DMI305"} == found({"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}})


def test_the_old_asynchronous_path_does_not_wait() -> None:
    """Lambda's API InvokeAsync."""
    uri = URI.replace("2015-03-31", "2014-11-13").replace("/invocations", "/invoke-async/")
    api = {"Type": "AWS::ApiGateway::Method", "Properties": {"Integration": {"Type": "AWS", "Uri": {"Fn::Sub": uri}}}}

    assert set() == found(api)
