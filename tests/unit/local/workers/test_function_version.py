"""The code of a version, before any process runs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.logs.store import LogStore
from durable_mi.local.workers.function_version import FunctionVersion
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.interpreter import Interpreter
from durable_mi.local.workers.start_failure import InitError
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction


@pytest.mark.parametrize("on_demand", [False, True])
def test_rejects_an_archive_that_cannot_be_unpacked(
    tmp_path: Path, make_function: Callable[..., AppFunction], *, on_demand: bool
) -> None:
    """With one line that names the function and the file: at the start, or as the error of the invocation."""
    code = tmp_path / "asset.zip"
    code.write_bytes(b"PK\x03\x04 cut")
    host = Host(Interpreter.running(), "awslambdaric")
    options = VersionOptions(endpoint_url="", region="us-east-1", host=host, logs=LogStore(), now=lambda: 0)
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
