"""What a worker whose time is skipped relies on in AWS's durable execution SDK: each test names what moved."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from contract import moved

from durable_mi.local.workers import _durable_sdk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PACKAGE, _, STATE = _durable_sdk.MODULE.partition(".")
LONG_SECONDS = 60
SDK = """
class _Signal:
    REFRESH_WAKE = "wake"
class ExecutionState:
    def stop_checkpointing(self): ...
"""
PROGRAM = f"""
import sys
from {_durable_sdk.MODULE} import ExecutionState
print(sys.path[0], ExecutionState.stop_checkpointing.__module__, sys.argv[1:], sep="\\n")
"""


def test_every_name_is_where_it_is_expected() -> None:
    """With the parameters that it is called with."""
    found = moved(
        PACKAGE,
        present=(f"{STATE}._Signal.REFRESH_WAKE",),
        called={f"{STATE}.ExecutionState.checkpoint_batches_forever": (1, ())},
        overridden={f"{STATE}.ExecutionState.stop_checkpointing": "(self)"},
    )
    assert [] == found, "\n".join(found)


@pytest.fixture
def sdk() -> ModuleType:
    """Return a copy of the SDK's module of its own, whose thread looks once an hour whether it should stop."""
    spec = find_spec(_durable_sdk.MODULE)
    assert spec is not None
    assert spec.loader is not None
    state = ModuleType(_durable_sdk.MODULE)
    state.__spec__ = spec
    known = import_module(_durable_sdk.MODULE)
    sys.modules[_durable_sdk.MODULE] = state
    try:
        spec.loader.exec_module(state)
    finally:
        sys.modules[_durable_sdk.MODULE] = known
    assert "_STOP_SIGNAL_POLL_SECONDS" in vars(state), "the SDK's pause has another name"
    vars(state)["_STOP_SIGNAL_POLL_SECONDS"] = 3600
    return state


def test_a_checkpoint_thread_that_waits_sees_at_once_that_it_should_stop(sdk: ModuleType) -> None:
    """Its queue is the one that it waits at."""
    _durable_sdk.wake(sdk)
    execution: Any = sdk.ExecutionState(
        durable_execution_arn="arn",
        initial_checkpoint_token="",
        operations={},
        service_client=None,
        plugin_executor=None,
    )
    waits = threading.Event()
    get: Callable[..., Any] = execution._checkpoint_queue.get

    def get_and_say(**options: Any) -> Any:
        waits.set()
        return get(**options)

    execution._checkpoint_queue.get = get_and_say
    thread = threading.Thread(target=execution.checkpoint_batches_forever, daemon=True)
    thread.start()
    assert waits.wait(LONG_SECONDS), "ExecutionState._checkpoint_queue is not what the thread waits at"
    execution.stop_checkpointing()
    thread.join(LONG_SECONDS)
    assert not thread.is_alive(), "REFRESH_WAKE does not let the thread look whether it should stop"


def test_another_version_stays_as_it_is() -> None:
    """A function's code can bring one that has none of these names."""
    state: Any = SimpleNamespace(ExecutionState=type("ExecutionState", (), {"stop_checkpointing": len}))
    _durable_sdk.wake(state)
    assert len is state.ExecutionState.stop_checkpointing


@pytest.mark.parametrize("start", [["-m", "program"], ["program.py"], ["-u", "program.py"]])
def test_code_runs_as_python_runs_it(tmp_path: Path, start: list[str]) -> None:
    """With its own arguments, its directory first on the path, and an SDK that wakes its thread."""
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / f"{STATE}.py").write_text(SDK)
    command = _durable_sdk.awakened([sys.executable, *start, "index.handler"])
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert [str(tmp_path), "__main__", "['index.handler']"] == ran.stdout.splitlines()
