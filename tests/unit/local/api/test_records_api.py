"""DynamoDB's two calls for release records, as boto3 and the store of releases see them."""

from __future__ import annotations

from typing import Any

import pytest
from aws_client import aws_client, refused
from versions import version_of

from durable_mi.cloudformation.assembly import CloudAssembly, Stack
from durable_mi.local.api.release.records_api import RecordsApi
from durable_mi.local.app.functions import app_functions
from durable_mi.local.durable._sdk import parse_function_target
from durable_mi.local.workers.registry import FunctionRegistry
from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint
from durable_mi.release.errors import RecordConflictError
from durable_mi.release.record import ReleaseRecord
from durable_mi.release.record_store import TableRecords

FUNCTION = {"Code": {"ZipFile": "x = 1"}, "Handler": "index.handler", "Runtime": "python3.13", "FunctionName": "orders"}
TEMPLATE = {
    "Resources": {
        "Orders": {
            "Type": "AWS::Lambda::Function",
            "Properties": {**FUNCTION, "Tags": [{"Key": "durable-mi:release-records", "Value": "records"}]},
        }
    }
}
ITEM = {"function": {"S": "orders"}, "revision": {"N": "1"}, "record": {"S": "{}"}}
FIRST = {
    "ConditionExpression": "attribute_not_exists(#revision)",
    "ExpressionAttributeNames": {"#revision": "revision"},
}


@pytest.fixture
def client(tmp_path: Any) -> Any:
    """Return a DynamoDB client of an app with one function whose record is in a table."""
    registry = FunctionRegistry("us-east-1", parse_function_target)
    assembly = CloudAssembly(tmp_path, (Stack.of_template(TEMPLATE, name="Shop"),))
    for function in app_functions(assembly, "us-east-1"):
        registry.publish(version_of(function, 0))
    return aws_client("dynamodb", RecordsApi(registry).routes())


def test_keeps_the_records_of_releases(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store that the janitor has works on it, condition included."""
    monkeypatch.setattr(Connection, "tables", lambda _: client)
    endpoint = Endpoint.parse("http://127.0.0.1:1")
    records = TableRecords(Connection.open(endpoint=endpoint, profile=None, region=None), "records")
    new = records.read("orders")
    assert new.record == ReleaseRecord()
    records.write("orders", ReleaseRecord(passes=1), new)
    assert records.read("orders").record == ReleaseRecord(passes=1)
    with pytest.raises(RecordConflictError):
        records.write("orders", ReleaseRecord(passes=9), new)
    records.write("orders", ReleaseRecord(passes=2), records.read("orders"))
    assert records.read("orders").record == ReleaseRecord(passes=2)


@pytest.mark.parametrize(
    ("call", "arguments", "code"),
    [
        ("get_item", {"TableName": "other", "Key": {"function": {"S": "orders"}}}, "ResourceNotFoundException"),
        ("get_item", {"TableName": "records", "Key": {"id": {"S": "orders"}}}, "ValidationException"),
        ("get_item", {"TableName": "records", "Key": {"function": {"N": "1"}}}, "ValidationException"),
        (
            "get_item",
            {"TableName": "records", "Key": {"function": {"S": "orders"}}, "ProjectionExpression": "record"},
            "ValidationException",
        ),
        ("put_item", {"TableName": "records", "Item": ITEM}, "ValidationException"),
        ("put_item", {"TableName": "other", "Item": ITEM, **FIRST}, "ResourceNotFoundException"),
        ("put_item", {"TableName": "records", "Item": {**ITEM, "more": {"S": ""}}, **FIRST}, "ValidationException"),
        ("put_item", {"TableName": "records", "Item": {**ITEM, "record": {"N": "1"}}, **FIRST}, "ValidationException"),
        (
            "put_item",
            {"TableName": "records", "Item": ITEM, **FIRST, "ConditionExpression": "attribute_exists(#revision)"},
            "ValidationException",
        ),
        ("query", {"TableName": "records"}, "NotImplemented"),
        ("list_tables", {}, "NotImplemented"),
    ],
)
def test_rejects_anything_else(client: Any, call: str, arguments: dict[str, Any], code: str) -> None:
    """It is no database: what it keeps is said."""
    actual, message = refused(lambda: getattr(client, call)(**arguments))
    assert code == actual
    assert "release records of its functions only" in message


def test_rejects_a_body_that_is_no_json(client: Any) -> None:
    """As AWS's services do."""

    def spoil(request: Any, **_: Any) -> None:
        request.data = b"{"

    client.meta.events.register("before-sign", spoil)
    code, _ = refused(lambda: client.get_item(TableName="records", Key={"function": {"S": "orders"}}))
    assert "SerializationException" == code
