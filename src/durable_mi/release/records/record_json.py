"""A release record as JSON. Members that this version does not know are ignored; a wrong type makes it unreadable."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from durable_mi import limits
from durable_mi.release.record import ReleaseRecord, VersionRecord
from durable_mi.release.scaling import Scaling

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_record", "write_record"]


class _UnlikeError(ValueError):
    def __init__(self, name: str, wanted: str, got: object) -> None:
        super().__init__(f"{name} must be {wanted}, got {str(got)[:100]!r}")


def write_record(record: ReleaseRecord) -> str:
    """Return the JSON text of a record."""
    return json.dumps(
        {
            "versions": {number: _version(version) for number, version in record.versions.items()},
            "providers": list(record.providers),
            "passes": record.passes,
            "empty_providers": {arn: since.isoformat() for arn, since in record.empty_providers.items()},
            "last_pass": None if record.last_pass is None else record.last_pass.isoformat(),
        },
        separators=(",", ":"),
        sort_keys=True,
    )


def read_record(text: str) -> ReleaseRecord:
    """Read what :func:`write_record` wrote.

    Raises:
        ValueError: It is not JSON, or a member is not of its type.
    """
    try:
        given = json.loads(text)
    except RecursionError as error:
        msg = "a release record must be JSON that is nested less deeply"
        raise ValueError(msg) from error
    members = _object(given, "a release record")
    versions = _object(members.get("versions", {}), "versions")
    empty = _object(members.get("empty_providers", {}), "empty_providers")
    last_pass = members.get("last_pass")
    providers = members.get("providers", [])
    if not isinstance(providers, list):
        raise _UnlikeError(name="providers", wanted="a list", got=providers)
    return ReleaseRecord(
        versions={_number(number): _read_version(version) for number, version in versions.items()},
        providers=tuple(_text(each, "providers") for each in providers),
        passes=_whole(members.get("passes", 0), "passes"),
        empty_providers={arn: _time(since, "empty_providers") for arn, since in empty.items()},
        last_pass=None if last_pass is None else _time(last_pass, "last_pass"),
    )


def _version(version: VersionRecord) -> dict[str, Any]:
    """Return the members that say more than their absence."""
    members = {each.name: getattr(version, each.name) for each in fields(version)}
    return {name: _plain(value) for name, value in members.items() if value is not None and value is not False}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return {"min": value.minimum, "max": value.maximum} if isinstance(value, Scaling) else value


def _read_version(given: object) -> VersionRecord:
    members = _object(given, "a version")
    return VersionRecord(
        **{name: read(members[name], name) for name, read in _READ.items() if members.get(name) is not None}
    )


def _time(value: object, name: str) -> datetime:
    time = datetime.fromisoformat(_text(value, name))
    if time.tzinfo is None:
        raise _UnlikeError(name, "a time with its time zone", value)
    return time


def _scaling(value: object, name: str) -> Scaling:
    members = _object(value, name)
    least, most = _whole(members.get("min"), name), _whole(members.get("max"), name)
    if not least <= most <= limits.MAX_EXECUTION_ENVIRONMENTS:
        raise _UnlikeError(name, f"two numbers up to {limits.MAX_EXECUTION_ENVIRONMENTS} in order", value)
    return Scaling(least, most)


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise _UnlikeError(name, "true or false", value)
    return value


def _whole(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _UnlikeError(name, "a whole number", value)
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _UnlikeError(name, "a text", value)
    return value


def _number(name: str) -> str:
    if not (name.isascii() and name.isdecimal()):
        raise _UnlikeError(name="a key of versions", wanted="a version's number", got=name)
    return name


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _UnlikeError(name, "an object", value)
    return value


_READ: Final[dict[str, Callable[[object, str], Any]]] = {
    "unreferenced_since": _time,
    "empty_since": _time,
    "before": _scaling,
    "requested": _scaling,
    "seen": _scaling,
    "was_live": _flag,
    "orphaned": _flag,
    "waking_since": _time,
    "woken_at": _time,
    "unlisted_since": _time,
}
"""How each member of a version is read. A test compares them with the fields of the class."""
