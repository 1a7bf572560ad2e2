"""The environment variables of a version's processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from durable_mi.local.logs.store import LogStore
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.interpreter import Interpreter
from durable_mi.local.workers.process_variables import process_variables
from durable_mi.local.workers.version_options import VersionOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction


@pytest.mark.parametrize("exists", [True, False])
def test_packages_that_the_user_installed_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_function: Callable[..., AppFunction], *, exists: bool
) -> None:
    """The runtime client can be one of them, and the processes have another home."""
    base = tmp_path / "local"
    if exists:
        base.mkdir()
    monkeypatch.setattr("site.getuserbase", lambda: str(base))
    host = Host(Interpreter.running(), "awslambdaric")
    options = VersionOptions(endpoint_url="", region="us-east-1", host=host, logs=LogStore(), now=lambda _: 0)
    variables = process_variables(make_function("f"), tmp_path, options)
    assert (str(base) if exists else None) == variables.get("PYTHONUSERBASE")
