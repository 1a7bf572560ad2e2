"""Release records in a private file of the user, for functions whose tags name no table."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import ServiceError
from durable_mi.operate.private_file import make_private
from durable_mi.release.errors import RecordConflictError
from durable_mi.release.record import ReleaseRecord
from durable_mi.release.record_store import CONFLICT, StoredRecord
from durable_mi.release.records.record_json import read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STATE_VARIABLE", "FileRecords", "state_directory"]

STATE_VARIABLE: Final = "DURABLE_MI_STATE_DIR"
"""Environment variable that moves the directory of the records."""

_TABLE: Final = "CREATE TABLE IF NOT EXISTS records (function TEXT PRIMARY KEY, record TEXT NOT NULL)"


def state_directory() -> Path:
    """Return where records are kept: ``DURABLE_MI_STATE_DIR``, or the user's state directory."""
    if given := os.environ.get(STATE_VARIABLE):
        return Path(given)
    if given := os.environ.get("XDG_STATE_HOME"):
        return Path(given) / "durable-mi"
    try:
        return Path.home() / ".local" / "state" / "durable-mi"
    except RuntimeError:  # an account without a home, as in some build containers
        return Path(tempfile.gettempdir()) / "durable-mi"


class FileRecords:
    """Keeps records in a SQLite file that nobody but its owner can read.

    Args:
        path: The file, which is made when the first record is written.
        scope: What the functions' names are unique in, such as an account and a region, or an endpoint.
    """

    def __init__(self, path: Path, scope: str) -> None:
        self._path = path
        self._scope = scope

    def read(self, function: str) -> StoredRecord:
        """Return a function's record."""
        if not self._path.exists():
            return StoredRecord(record=ReleaseRecord())
        with self._open() as records:
            text = self._text(records, function)
        if text is None:
            return StoredRecord(record=ReleaseRecord())
        try:
            record = read_record(text)
        except ValueError as error:
            problem = (
                f"the release record of {function} in {self._path} cannot be read ({error}): "
                "all windows of its versions start anew"
            )
            return StoredRecord(record=ReleaseRecord(), seen={"text": text}, problem=problem)
        return StoredRecord(record=record, seen={"text": text})

    def write(self, function: str, record: ReleaseRecord, stored: StoredRecord) -> None:
        """Write a record, if the one that is there is still the one that was read."""
        expected = None if stored.seen is None else stored.seen["text"]
        with self._open() as records:
            # The lock is taken before the comparison, so that nobody writes in between.
            records.execute("BEGIN IMMEDIATE")
            if self._text(records, function) != expected:
                raise RecordConflictError(CONFLICT.format(function=function))
            records.execute("REPLACE INTO records VALUES (?, ?)", (self._key(function), write_record(record)))
            records.execute("COMMIT")

    def _text(self, records: sqlite3.Connection, function: str) -> str | None:
        row = records.execute("SELECT record FROM records WHERE function = ?", (self._key(function),)).fetchone()
        return None if row is None else str(row[0])

    def _key(self, function: str) -> str:
        return f"{self._scope}/{function}"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            make_private(self._path)
            with closing(sqlite3.connect(self._path, isolation_level=None)) as records:
                records.execute(_TABLE)
                yield records
        except (sqlite3.Error, OSError) as error:
            msg = (
                f"the release records must be in a file that can be used, got {self._path} ({error}): move it away, "
                f"which starts all windows anew, or set {STATE_VARIABLE}"
            )
            raise ServiceError(msg) from error
