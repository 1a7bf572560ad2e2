"""Release records: JSON that is strict about types, and a table that is written under a condition."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.operate.errors import ServiceError
from durable_mi.release.errors import RecordConflictError
from durable_mi.release.record import ReleaseRecord, VersionRecord
from durable_mi.release.record_store import TableRecords
from durable_mi.release.records.file_records import FileRecords
from durable_mi.release.records.record_json import read_record, write_record
from durable_mi.release.scaling import PARKED, Scaling
from tests.unit.release.release_service import FUNCTION, Service, error

if TYPE_CHECKING:
    from pathlib import Path

    from durable_mi.release.record_store import RecordStore

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
VALUES: dict[str, Any] = {"unreferenced_since": NOW, "before": Scaling(3), "was_live": True, "orphaned": True}
FULL = ReleaseRecord(
    versions={
        "1": VersionRecord(
            **{
                each.name: VALUES.get(each.name, PARKED if "Scaling" in str(each.type) else NOW)
                for each in fields(VersionRecord)
            }
        ),
        "2": VersionRecord(),
    },
    providers=("arn:a", "arn:b"),
    passes=7,
    empty_providers={"arn:a": NOW},
    last_pass=NOW,
)


def test_records_survive_their_json() -> None:
    """Every member of a record comes back."""
    assert read_record(write_record(FULL)) == FULL
    assert read_record(write_record(ReleaseRecord())) == ReleaseRecord()
    assert json.loads(write_record(FULL)).keys() == {each.name for each in fields(ReleaseRecord)}


def test_unknown_members_are_ignored() -> None:
    """A later version may have written more."""
    text = json.dumps({"versions": {"1": {"was_live": True, "later": []}}, "later": {}, "passes": 1})
    assert read_record(text) == ReleaseRecord(versions={"1": VersionRecord(was_live=True)}, passes=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[]",
        "null",
        "[" * 100_000,
        '{"versions": []}',
        '{"versions": {"live": {}}}',
        '{"versions": {"1": []}}',
        '{"versions": {"1": {"was_live": 1}}}',
        '{"versions": {"1": {"empty_since": 5}}}',
        '{"versions": {"1": {"empty_since": "yesterday"}}}',
        '{"versions": {"1": {"empty_since": "2026-01-01T00:00:00"}}}',
        '{"versions": {"1": {"before": {"min": 3}}}}',
        '{"versions": {"1": {"before": {"min": 3, "max": 2}}}}',
        '{"versions": {"1": {"before": {"min": true, "max": 2}}}}',
        '{"versions": {"1": {"before": {"min": -1, "max": 2}}}}',
        '{"passes": "1"}',
        '{"passes": true}',
        '{"providers": "arn"}',
        '{"providers": [1]}',
        '{"last_pass": 1}',
        '{"empty_providers": {"arn:a": 1}}',
    ],
)
def test_rejects_records_of_another_form(text: str) -> None:
    """A member of a wrong type could shorten a window."""
    with pytest.raises(ValueError, match=r"\S"):
        read_record(text)


@pytest.fixture(params=["table", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    """Each place where records are kept."""
    return (
        TableRecords(Service().connection(), "T")
        if request.param == "table"
        else FileRecords(tmp_path / "new" / "r.sqlite3", "here")
    )


def test_a_store_keeps_what_was_written(store: RecordStore) -> None:
    """A second pass reads the record of the first."""
    stored = store.read(FUNCTION)
    assert (stored.record, stored.problem) == (ReleaseRecord(), None)
    store.write(FUNCTION, FULL, stored)
    again = store.read(FUNCTION)
    assert again.record == FULL
    store.write(FUNCTION, ReleaseRecord(passes=8), again)
    assert store.read(FUNCTION).record == ReleaseRecord(passes=8)


def test_rejects_a_second_writer(store: RecordStore) -> None:
    """Of two passes that read the same record only one writes, for new records too."""
    first = store.read(FUNCTION)
    store.write(FUNCTION, FULL, first)
    with pytest.raises(RecordConflictError, match="another pass"):
        store.write(FUNCTION, ReleaseRecord(), first)
    second = store.read(FUNCTION)
    store.write(FUNCTION, ReleaseRecord(passes=1), second)
    with pytest.raises(RecordConflictError, match="another pass"):
        store.write(FUNCTION, FULL, second)
    assert store.read(FUNCTION).record == ReleaseRecord(passes=1)


@pytest.mark.parametrize(
    "item",
    [
        {"record": {"S": "nothing"}, "revision": {"N": "3"}},
        {"record": {"N": "1"}, "revision": {"N": "3"}},
        {"revision": {"S": "mine"}},
        {"other": {"S": "x"}},
    ],
)
def test_an_item_that_cannot_be_read_is_replaced(item: dict[str, Any]) -> None:
    """The windows start anew, which is said, and the condition still holds the other writer off."""
    service = Service(items={FUNCTION: {"function": {"S": FUNCTION}, **item}})
    records = TableRecords(service.connection(), "T")
    stored = records.read(FUNCTION)
    assert stored.record == ReleaseRecord()
    assert "all windows of its versions start anew" in (stored.problem or "")
    records.write(FUNCTION, FULL, stored)
    assert records.read(FUNCTION).record == FULL
    with pytest.raises(RecordConflictError):
        records.write(FUNCTION, FULL, stored)


def test_rejects_a_table_that_cannot_be_read() -> None:
    """No answer is not no record."""
    service = Service()
    service.overrides["GetItem"] = error("AccessDeniedException")
    with pytest.raises(ServiceError, match="dynamodb:GetItem"):
        TableRecords(service.connection(), "T").read(FUNCTION)


def test_a_file_is_private_and_keeps_endpoints_apart(tmp_path: Path) -> None:
    """Two accounts can have functions of one name."""
    path = tmp_path / "r.sqlite3"
    records = FileRecords(path, "here")
    records.write(FUNCTION, FULL, records.read(FUNCTION))
    assert path.stat().st_mode & 0o077 == 0
    assert FileRecords(path, "there").read(FUNCTION).record == ReleaseRecord()
    assert FileRecords(path, "here").read(FUNCTION).record == FULL


def test_a_record_in_a_file_that_cannot_be_read_is_replaced(tmp_path: Path) -> None:
    """As an item of the table."""
    path = tmp_path / "r.sqlite3"
    records = FileRecords(path, "here")
    records.write(FUNCTION, FULL, records.read(FUNCTION))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE records SET record = 'nothing'")
    connection.close()
    stored = records.read(FUNCTION)
    assert stored.record == ReleaseRecord()
    assert "start anew" in (stored.problem or "")
    records.write(FUNCTION, FULL, stored)
    assert records.read(FUNCTION).record == FULL


def test_rejects_a_file_of_another_kind(tmp_path: Path) -> None:
    """It is not overwritten, since it is somebody's."""
    path = tmp_path / "r.sqlite3"
    path.write_text("a letter, not a database of release records" * 100)
    with pytest.raises(ServiceError, match="move it away"):
        FileRecords(path, "here").read(FUNCTION)
