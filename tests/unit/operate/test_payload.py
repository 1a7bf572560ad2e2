"""The payload of an execution."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from durable_mi.limits import MAX_ASYNC_PAYLOAD_BYTES
from durable_mi.operate.errors import UsageError
from durable_mi.operate.payload import Payload

if TYPE_CHECKING:
    from pathlib import Path


def test_keeps_the_bytes_as_written(tmp_path: Path) -> None:
    """Neither spaces, key order nor large numbers change on the way."""
    body = b'{ "b": 12345678901234567890.10,\n "a": "\xc3\xa9" }\n'
    path = tmp_path / "order.json"
    path.write_bytes(body)

    assert Payload(source=str(path), body=body) == Payload.read(str(path))


def test_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash stands for standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[1]")))

    assert Payload(source="standard input", body=b"[1]") == Payload.read("-")


@pytest.mark.parametrize("text", ['{"a": 1}', " [1]", '"text"', "5", "null", "true", "-1.5e3"])
def test_takes_json_as_it_is(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inline, as other options take it."""
    monkeypatch.chdir(tmp_path)

    assert Payload(source="--payload", body=text.encode()) == Payload.read(text)


@pytest.mark.parametrize("name", ["5", "null", "{order}.json", "[1].json"])
def test_a_file_with_a_name_like_json_is_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the name is an object, an array or a string in full."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("[2]")

    assert Payload(source=name, body=b"[2]") == Payload.read(name)


def test_rejects_wrong_json_that_is_no_file() -> None:
    """What begins like JSON is none of a file that is missing."""
    with pytest.raises(UsageError, match="payload must be JSON, --payload is wrong at line 1, column 7"):
        Payload.read('{"a": }')
    with pytest.raises(UsageError, match=r"--payload is larger: pass a reference"):
        Payload.read('"' + "x" * MAX_ASYNC_PAYLOAD_BYTES + '"')


def test_no_payload_is_an_empty_object() -> None:
    """A function that is invoked without input gets an empty object."""
    assert b"{}" == Payload.empty().body


def test_takes_the_largest_payload(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    path = tmp_path / "large.json"
    path.write_bytes(b'"' + b"x" * (MAX_ASYNC_PAYLOAD_BYTES - 2) + b'"')

    assert MAX_ASYNC_PAYLOAD_BYTES == len(Payload.read(str(path)).body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty: write {} for no input"),
        (b" \n", "is empty"),
        (b'{"a": 1,\n "b": nope}', "is wrong at line 2, column 7: expecting value"),
        (b"{} {}", "is wrong at line 1, column 4: extra data"),
        (b'{"a": NaN}', "is wrong: NaN is not a JSON value"),
        (b'\xff\xfe{"a": 1}', "payload must be UTF-8"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'"' + b"x" * MAX_ASYNC_PAYLOAD_BYTES, "at most 1,048,576 bytes (1 MiB)"),
    ],
)
def test_rejects_what_the_service_would(tmp_path: Path, body: bytes, said: str) -> None:
    """Each line says what is wrong and where."""
    path = tmp_path / "order.json"
    path.write_bytes(body)

    with pytest.raises(UsageError) as caught:
        Payload.read(str(path))

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rejects_a_missing_file(tmp_path: Path) -> None:
    """The line names the path."""
    with pytest.raises(UsageError, match=r"payload file must exist, found none at .*none\.json"):
        Payload.read(str(tmp_path / "none.json"))


def test_rejects_a_directory(tmp_path: Path) -> None:
    """A directory is no file."""
    with pytest.raises(UsageError, match="is a directory"):
        Payload.read(str(tmp_path))


def test_rejects_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line gives the system's reason."""
    path = tmp_path / "order.json"
    path.write_bytes(b"{}")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("pathlib.Path.open", refuse)

    with pytest.raises(UsageError, match=r"order\.json cannot be read: permission denied"):
        Payload.read(str(path))
