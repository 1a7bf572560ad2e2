"""Release records of this process alone, for a local runtime whose functions name no table."""

from __future__ import annotations

from durable_mi.release.errors import RecordConflictError
from durable_mi.release.record import ReleaseRecord
from durable_mi.release.record_store import CONFLICT, StoredRecord
from durable_mi.release.records.record_json import read_record, write_record

__all__ = ["MemoryRecords"]


class MemoryRecords:
    """Keeps records until the process ends: the version numbers of a local runtime start anew with each run."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def read(self, function: str) -> StoredRecord:
        """Return a function's record."""
        text = self._texts.get(function)
        if text is None:
            return StoredRecord(record=ReleaseRecord())
        return StoredRecord(record=read_record(text), seen={"text": text})

    def write(self, function: str, record: ReleaseRecord, stored: StoredRecord) -> None:
        """Write a record, if the one that is there is still the one that was read."""
        if self._texts.get(function) != (None if stored.seen is None else stored.seen["text"]):
            raise RecordConflictError(CONFLICT.format(function=function))
        self._texts[function] = write_record(record)
