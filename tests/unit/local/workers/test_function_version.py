"""The code of a version, before any process runs it, and what runs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.logs.store import LogStore
from durable_mi.local.workers import _durable_sdk
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.interpreter import Interpreter
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.workers.machine.host import RuntimeClientName
    from durable_mi.local.workers.process_options import ProcessOptions


@pytest.mark.parametrize("on_demand", [False, True])
def test_rejects_an_archive_that_cannot_be_unpacked(
    tmp_path: Path, make_function: Callable[..., AppFunction], *, on_demand: bool
) -> None:
    """With one line that names the function and the file: at the start, or as the error of the invocation."""
    code = tmp_path / "asset.zip"
    code.write_bytes(b"PK\x03\x04 cut")
    host = Host(Interpreter.running(), "awslambdaric")
    options = VersionOptions(endpoint_url="", region="us-east-1", host=host, logs=LogStore(), now=lambda _: 0)
    function = make_function("orders", code=code)
    says = f"orders: the code must be a .zip file that can be unpacked, got {code}: File is not a zip file; run"

    async def scene() -> str:
        version = FunctionVersion(function, options)
        try:
            if on_demand:
                return (await version.invoke(b"{}", "1"))[1].payload.decode()
            await version._start_environments()  # noqa: SLF001 - what the start of a function with capacity does
        except InitError as error:
            return str(error)
        finally:
            await version.stop()
        return "started"

    assert says in asyncio.run(scene())


@pytest.mark.parametrize("skip_time", [False, True])
@pytest.mark.parametrize("client", ["awslambdaric", "stand-in"])
def test_only_skipped_time_changes_the_sdk(
    tmp_path: Path,
    make_function: Callable[..., AppFunction],
    monkeypatch: pytest.MonkeyPatch,
    client: RuntimeClientName,
    *,
    skip_time: bool,
) -> None:
    """Otherwise the processes run AWS's SDK as it was released."""
    commands: list[list[str]] = []

    def environment(processes: ProcessOptions, *_: object, **__: object) -> None:
        commands.append(list(processes.command))
        raise OSError

    monkeypatch.setattr("durable_mi.local.workers.function_version.ExecutionEnvironment", environment)
    host = Host(Interpreter.running(), client)
    options = VersionOptions(
        endpoint_url="", region="us-east-1", host=host, logs=LogStore(), now=lambda _: 0, skip_time=skip_time
    )
    function = make_function("orders", code=tmp_path)

    async def scene() -> None:
        with pytest.raises(InitError):
            await FunctionVersion(function, options)._start_environments()  # noqa: SLF001 - as above

    asyncio.run(scene())
    plain = host.command(function.handler)
    assert [_durable_sdk.awakened(plain) if skip_time else plain] == commands[:1]
