"""Which state files can be read: their format, and the SDK versions that wrote their executions."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from durable_mi.local.durable import _sdk
from durable_mi.local.durable.state.state_file_error import StateFileError

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = ["FORMAT", "check_readable", "is_of_whole_states", "is_up_to_date", "written_by"]

FORMAT: Final = 3
_WITHOUT_VERSIONS: Final = 1
_WITHOUT_PARTS: Final = 2
_OWN: Final = "durable-mi-constructs"
_SDK: Final = "aws-durable-execution-sdk-python"
_SERIALIZERS: Final = (_sdk.DISTRIBUTION, _SDK)
"""The distributions that turn an execution into JSON and back: the emulator, and the SDK for its operations."""

_FORMAT_1_WRITTEN_BY: Final = {_sdk.DISTRIBUTION: "1.4.0", _SDK: "3.0.0"}
"""Format 1 has no versions. The releases that wrote it allowed no other minor version of the emulator, which was the
newest then, as was 3.0.0 of the SDK that it needs."""

_OTHER_FILE: Final = "or name another file with --state"


def written_by() -> dict[str, str]:
    """Return the versions of this project and of the distributions that write executions, as the file keeps them."""
    return {each: version(each) for each in (_OWN, *_SERIALIZERS)}


def check_readable(connection: sqlite3.Connection, path: Path) -> None:
    """Check that a file is new or holds executions that the installed SDK reads. Changes nothing.

    Args:
        connection: The open file.
        path: Its path, for the message.

    Raises:
        StateFileError: Another program wrote the file, it has another format or executions of another minor version, or
            it is damaged.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return
    if not is_of_whole_states(connection) and _columns(connection) != ["number", "arn", "state"]:
        msg = f"the state file must be one that durable-mi wrote, got a database of another program: {path}; "
        msg += "name another file with --state"
        raise StateFileError(msg)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == _WITHOUT_VERSIONS and tables == {"executions"}:
        _check_versions(_FORMAT_1_WRITTEN_BY, path)
    elif found in {_WITHOUT_PARTS, FORMAT} and "versions" in tables:
        _check_versions(dict(connection.execute("SELECT distribution, version FROM versions").fetchall()), path)
    else:
        msg = (
            f"the state file must be of format {_WITHOUT_VERSIONS} to {FORMAT}, got format {found}: {path}; "
            f"finish its executions with the version of durable-mi that wrote it, {_OTHER_FILE}"
        )
        raise StateFileError(msg)
    ((condition,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if condition != "ok":
        msg = f"the state file {path} is damaged ({' '.join(condition.split())}): name another file with --state"
        raise StateFileError(msg)


def is_up_to_date(connection: sqlite3.Connection) -> bool:
    """Return whether a file has this format, and these versions were the last that wrote it.

    Args:
        connection: The open file.
    """
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    return found == FORMAT and written_by() == dict(
        connection.execute("SELECT distribution, version FROM versions").fetchall()
    )


def is_of_whole_states(connection: sqlite3.Connection) -> bool:
    """Return whether a file has each execution in one piece, as the formats before 3 have.

    Args:
        connection: The open file.
    """
    return _columns(connection) == ["arn", "state"]


def _columns(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info('executions')")]


def _check_versions(wrote: dict[str, str], path: Path) -> None:
    """Check that the installed serializers have the minor versions of those that wrote the file."""
    installed = written_by()
    for name in _SERIALIZERS:
        came = wrote.get(name, "no version")
        if _minor(came) != _minor(installed[name]):
            same = f"{_OWN} {wrote[_OWN]}" if _OWN in wrote else "the version of durable-mi"
            msg = (
                f"the state file must be written with {name} {_minor(installed[name])}.x, got {came}: {path}; "
                f"finish its executions with {same} that wrote it, {_OTHER_FILE}"
            )
            raise StateFileError(msg)


def _minor(text: str) -> str:
    return ".".join(text.split(".")[:2])
