"""Where release records are kept between passes: in a DynamoDB table, one item a function.

A Parameter Store parameter was decided against: it holds 4 KB, and cannot be written under a condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import ClientError

from durable_mi.release.errors import RecordConflictError
from durable_mi.release.record import ReleaseRecord
from durable_mi.release.records.record_json import read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.operate.connection import Connection

__all__ = ["CONFLICT", "RecordStore", "StoredRecord", "TableRecords"]

_KEY: Final = "function"
_REVISION: Final = "revision"
_RECORD: Final = "record"

CONFLICT: Final = "the record of {function} was written by another pass meanwhile: nothing is done in this one"
"""What a store says when its condition does not hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRecord:
    """A record as it was read.

    Attributes:
        record: The record; a new one if there was none, or none that can be read.
        seen: What the store compares before it writes; ``None`` if there was nothing.
        problem: Why what was there cannot be read, in one line.
    """

    record: ReleaseRecord
    seen: Mapping[str, Any] | None = None
    problem: str | None = None


class RecordStore(Protocol):
    """Keeps one record for each function."""

    def read(self, function: str) -> StoredRecord:
        """Return a function's record.

        Raises:
            OperatorError: The store cannot be read. A pass does nothing then.
        """

    def write(self, function: str, record: ReleaseRecord, stored: StoredRecord) -> None:
        """Write a record in place of the one that was read.

        Raises:
            RecordConflictError: Another pass wrote since.
            OperatorError: The store cannot be written.
        """


class TableRecords:
    """Keeps records in a DynamoDB table whose partition key is the text ``function``.

    Args:
        connection: The account and region, or the endpoint.
        table: The table's name.
    """

    def __init__(self, connection: Connection, table: str) -> None:
        self._connection = connection
        self._tables = connection.tables()
        self._table = table

    def read(self, function: str) -> StoredRecord:
        """Return a function's record, read consistently."""
        with self._connection.explained("dynamodb:GetItem", f"table {self._table}"):
            answer = self._tables.get_item(TableName=self._table, Key={_KEY: {"S": function}}, ConsistentRead=True)
        item = answer.get("Item")
        if not item:
            return StoredRecord(record=ReleaseRecord())
        try:
            record = read_record(_text(item))
        except ValueError as error:
            problem = (
                f"the release record of {function} in table {self._table} cannot be read ({error}): "
                "all windows of its versions start anew"
            )
            return StoredRecord(record=ReleaseRecord(), seen=item, problem=problem)
        return StoredRecord(record=record, seen=item)

    def write(self, function: str, record: ReleaseRecord, stored: StoredRecord) -> None:
        """Write a record, if the item has the revision that was read."""
        seen = None if stored.seen is None else stored.seen.get(_REVISION)
        condition: dict[str, Any] = {
            "ConditionExpression": "attribute_not_exists(#revision)" if seen is None else "#revision = :seen",
            "ExpressionAttributeNames": {"#revision": _REVISION},
        }
        if seen is not None:
            condition["ExpressionAttributeValues"] = {":seen": seen}
        item = {
            _KEY: {"S": function},
            _REVISION: {"N": str(_next(seen))},
            _RECORD: {"S": write_record(record)},
        }
        with self._connection.explained("dynamodb:PutItem", f"table {self._table}"):
            try:
                self._tables.put_item(TableName=self._table, Item=item, **condition)
            except ClientError as error:
                if error.response["Error"].get("Code") == "ConditionalCheckFailedException":
                    raise RecordConflictError(CONFLICT.format(function=function)) from error
                raise


def _text(item: Mapping[str, Any]) -> str:
    text = (item.get(_RECORD) or {}).get("S")
    if not isinstance(text, str):
        msg = f"the item must have the text {_RECORD}, got none"
        raise ValueError(msg)  # noqa: TRY004 - as every record that cannot be read
    return text


def _next(seen: Mapping[str, Any] | None) -> int:
    number = "" if seen is None else str(seen.get("N", ""))
    return int(number) + 1 if number.isascii() and number.isdecimal() else 1
