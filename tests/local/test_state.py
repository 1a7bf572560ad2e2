"""Executions that outlive the runtime, and versions that outlive their successor."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
FUNCTION = "durable-probe"


def begin(client: LambdaClient, event: dict[str, Any], **arguments: Any) -> str:
    """Start an execution of the alias asynchronously and return its ARN."""
    arguments = {"FunctionName": FUNCTION, "Qualifier": "live", **arguments}
    return client.invoke(**arguments, InvocationType="Event", Payload=json.dumps(event))["DurableExecutionArn"]


def result(client: LambdaClient, arn: str) -> Any:
    """Return what an execution returned, once it has ended well."""

    def ended() -> Any:
        found = client.get_durable_execution(DurableExecutionArn=arn)
        return None if found["Status"] == "RUNNING" else found

    execution = eventually(ended, f"{arn} has ended")
    assert "SUCCEEDED" == execution["Status"], execution
    return json.loads(execution["Result"])


def details(client: LambdaClient, arn: str, event_type: str) -> Any:
    """Return what the history says of an event, once it is there."""

    def found() -> list[Any]:
        history: list[Any] = client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
        return [each[f"{event_type}Details"] for each in history if each["EventType"] == event_type]

    return eventually(found, f"{arn} has {event_type}")[0]


def answer(client: LambdaClient, callback: str) -> None:
    """Complete a callback."""
    client.send_durable_execution_callback_success(CallbackId=callback, Result=b'"yes"')


def test_no_execution_is_lost_when_the_runtime_is_killed(start: Callable[..., Any], tmp_path: Path) -> None:
    """Waiting, before a callback, in the middle of a chained invoke, ended, named: each is what it was, or goes on."""
    functions = ("--function", "Durable", "--function", "Parent")
    options = ("--quiet", *functions, "--environments", "1", "--state", str(tmp_path / "state.db"))
    first = start(*options)
    client = first.client()
    ended = begin(client, {"wait": 1, "n": 0})
    assert 0 == result(client, ended)["n"]
    approval = begin(client, {"wait": 1, "callback": True})
    approval_id = details(client, approval, "CallbackStarted")["CallbackId"]
    target = f"{FUNCTION}:live"
    child_input = {"wait": 1, "callback": True}
    chained = begin(client, {"targets": [target], "payload": child_input}, FunctionName="Probe-Parent")
    details(client, chained, "ChainedInvokeStarted")
    known = {ended, approval}

    def child() -> list[str]:
        running = client.list_durable_executions_by_function(FunctionName=FUNCTION)["DurableExecutions"]
        return [each["DurableExecutionArn"] for each in running if each["DurableExecutionArn"] not in known]

    (child_arn,) = eventually(child, "the chained execution has begun")
    child_id = details(client, child_arn, "CallbackStarted")["CallbackId"]
    # Last, since nothing but its length makes it outlast the kill.
    waiting = begin(client, {"wait": 10, "n": 1}, DurableExecutionName="named")
    details(client, waiting, "WaitStarted")
    first.stop(signal.SIGKILL)

    second = start(*options)
    assert "Resumed 4 executions from the previous run" in second.output, "the chained child counts too"
    client = second.client()
    assert 0 == result(client, ended)["n"]
    assert waiting == begin(client, {"wait": 10, "n": 1}, DurableExecutionName="named")
    assert 1 == result(client, waiting)["n"]
    for callback in (approval_id, child_id):
        answer(client, callback)
    assert '"yes"' == result(client, approval)["approved"]
    assert '"yes"' == result(client, chained)[target]["approved"]


@pytest.mark.slow
def test_a_second_runtime_is_refused_the_same_state(start: Callable[..., Any], tmp_path: Path, probe_app: Path) -> None:
    """Two runtimes on one file would run every execution twice."""
    state = str(tmp_path / "state.db")
    start("--quiet", "--environments", "1", "--function", "Plain", "--state", state)
    command = [str(DURABLE_MI), "local", "--app", str(probe_app), "--port", "0", "--state", state]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 1 == ended.returncode
    assert "is another `durable-mi local` using it?" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_rejects_a_state_file_of_something_else(tmp_path: Path, probe_app: Path) -> None:
    """A file that is not a database is neither read nor overwritten."""
    other = tmp_path / "notes.txt"
    other.write_text("not a database, but somebody's notes " * 50)
    command = [str(DURABLE_MI), "local", "--app", str(probe_app), "--port", "0", "--state", str(other)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 1 == ended.returncode
    assert "cannot be used" in ended.stderr
    assert other.read_text().startswith("not a database")


def test_a_changed_app_is_released_beside_the_running_version(
    start: Callable[..., Any], tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]
) -> None:
    """A running execution ends on version 1, whose processes then end; the alias has moved to version 2."""
    app = write_assembly(tmp_path / "app", probe_template)
    local = start("--quiet", "--environments", "1", "--function", FUNCTION, "--watch", app=app)
    client = local.client()
    before = {process.pid for process in local.descendants()}
    old = begin(client, {"wait": 1, "callback": True})
    callback = details(client, old, "CallbackStarted")["CallbackId"]

    shutil.copytree(app / "asset.probe", app / "asset.new")
    probe = app / "asset.new" / "probe.py"
    probe.write_text(probe.read_text().replace('"n": event.get("n")}', '"n": "new code"}'))
    assets = json.loads((app / "Probe.assets.json").read_text())
    assets["files"]["probe"]["source"]["path"] = "asset.new"
    (app / "Probe.assets.json").write_text(json.dumps(assets))
    (app / "manifest.json").write_text((app / "manifest.json").read_text() + "\n")

    def is_released() -> bool:
        configuration = client.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")
        return bool(configuration["Version"] == "2")

    eventually(is_released, "the change is released")
    new = begin(client, {"wait": 1})
    assert ":2/durable-execution/" in new
    assert "new code" == result(client, new)["n"]
    assert "RUNNING" == client.get_durable_execution(DurableExecutionArn=old)["Status"]
    answer(client, callback)
    finished = result(client, old)
    assert finished["n"] is None, "version 1's code"
    assert {finished["before"], finished["after"]} <= before, "version 1's processes"

    def left() -> set[int]:
        return before & {process.pid for process in local.descendants()}

    eventually(lambda: not left(), "version 1's processes end")
