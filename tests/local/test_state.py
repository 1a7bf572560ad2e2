"""Executions that outlive the runtime, and versions that outlive their successor."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
FUNCTION = "durable-probe"


def begin(client: LambdaClient, event: dict[str, Any], **arguments: Any) -> str:
    """Start an execution of the alias asynchronously and return its ARN."""
    arguments = {"FunctionName": FUNCTION, "Qualifier": "live", **arguments}
    return client.invoke(**arguments, InvocationType="Event", Payload=json.dumps(event))["DurableExecutionArn"]


def result(client: LambdaClient, arn: str, seconds: float = 30) -> Any:
    """Return what an execution returned, once it has ended well."""
    end = time.monotonic() + seconds
    while (execution := client.get_durable_execution(DurableExecutionArn=arn))["Status"] == "RUNNING":
        assert time.monotonic() < end, f"{arn} still runs"
        time.sleep(0.1)
    assert "SUCCEEDED" == execution["Status"], execution
    return json.loads(execution["Result"])


def callback_id(client: LambdaClient, arn: str) -> str:
    """Return the id of the callback that an execution waits for."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for event in client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]:
            if event["EventType"] == "CallbackStarted":
                return event["CallbackStartedDetails"]["CallbackId"]
        time.sleep(0.1)
    raise AssertionError(arn)


def test_no_execution_is_lost_when_the_runtime_is_killed(start: Callable[..., Any], tmp_path: Path) -> None:
    """Waiting, before a callback, in the middle of a chained invoke, ended, named: each is what it was, or goes on."""
    options = ("--quiet", "--environments", "1", "--state", str(tmp_path / "state.db"))
    first = start(*options)
    client = first.client()
    ended = begin(client, {"wait": 1, "n": 0})
    assert 0 == result(client, ended)["n"]
    waiting = begin(client, {"wait": 3, "n": 1}, DurableExecutionName="named")
    approval = begin(client, {"wait": 1, "callback": True})
    approval_id = callback_id(client, approval)
    chained = begin(client, {"targets": [f"{FUNCTION}:live"], "payload": {"wait": 4}}, FunctionName="Probe-Parent")
    time.sleep(0.5)
    first.stop(signal.SIGKILL)

    second = start(*options)
    assert "Resumed 3 executions from" not in second.output, "the chained child counts too"
    assert "Resumed 4 executions from the previous run" in second.output
    client = second.client()
    assert 0 == result(client, ended)["n"]
    assert waiting == begin(client, {"wait": 3, "n": 1}, DurableExecutionName="named")
    assert 1 == result(client, waiting)["n"]
    client.send_durable_execution_callback_success(CallbackId=approval_id, Result=b'"yes"')
    assert {"approved": '"yes"'} == result(client, approval)
    assert [f"{FUNCTION}:live"] == list(result(client, chained))


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
    old = begin(client, {"wait": 8})
    time.sleep(1)

    shutil.copytree(app / "asset.probe", app / "asset.new")
    probe = app / "asset.new" / "probe.py"
    probe.write_text(probe.read_text().replace('"n": event.get("n")}', '"n": "new code"}'))
    assets = json.loads((app / "Probe.assets.json").read_text())
    assets["files"]["probe"]["source"]["path"] = "asset.new"
    (app / "Probe.assets.json").write_text(json.dumps(assets))
    (app / "manifest.json").write_text((app / "manifest.json").read_text() + "\n")

    end = time.monotonic() + 20
    while client.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")["Version"] == "1":
        assert time.monotonic() < end, "the change must be released"
        time.sleep(0.2)
    new = begin(client, {"wait": 1})
    assert ":2/durable-execution/" in new
    assert "new code" == result(client, new)["n"]
    assert "RUNNING" == client.get_durable_execution(DurableExecutionArn=old)["Status"]
    finished = result(client, old)
    assert finished["n"] is None, "version 1's code"
    assert {finished["before"], finished["after"]} <= before, "version 1's processes"
    end = time.monotonic() + 10
    while before & {process.pid for process in local.descendants()}:
        assert time.monotonic() < end, "version 1's processes must end"
        time.sleep(0.2)
