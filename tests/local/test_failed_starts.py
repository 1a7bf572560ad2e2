"""An execution environment that cannot start is tried again, everyone is told, and what waits goes on."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
FUNCTION = "Probe-Ledger"
LIMIT_S = 60
BROKEN = "import module_that_is_gone\n"
SLEEPING = "import time\ntime.sleep(600)\n"


@pytest.fixture
def app(tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]) -> Path:
    """Return a cloud assembly whose code the test may break."""
    return write_assembly(tmp_path / "app", probe_template)


class Module:
    """The handler's module on disk."""

    def __init__(self, app: Path) -> None:
        self._path = app / "asset.probe" / "probe.py"
        self._whole = self._path.read_text()

    def write(self, source: str) -> None:
        """Put something else in its place."""
        self._path.write_text(source)

    def begin_with(self, source: str) -> None:
        """Put something before what was there, which ends as it is loaded."""
        first, future, rest = self._whole.partition("from __future__ import annotations\n")
        self.write(f"{first}{future}{source}{rest}")

    def repair(self) -> None:
        """Write what was there."""
        self.write(self._whole)


def ask(local: Any, path: str, method: str = "GET") -> Any:
    """Return what the page's API answers."""
    connection = http.client.HTTPConnection(local.endpoint_url.removeprefix("http://"), timeout=LIMIT_S)
    connection.request(method, path)
    body = connection.getresponse().read()
    connection.close()
    return json.loads(body or b"null")


def environment(local: Any) -> Any:
    """Return the only environment, as the page gets it."""
    ((only,),) = [release["environments"] for release in ask(local, "/page/api/workers")]
    return only


def kill_worker(local: Any) -> None:
    """Kill a worker of the environment."""
    worker = environment(local)["workers"][0]
    ask(local, f"/page/api/workers/{worker['pid']}/kill", "POST")


def begin(client: LambdaClient, file: Path) -> str:
    """Start an execution with five waits."""
    event = json.dumps({"file": str(file), "order": 1})
    answer = client.invoke(FunctionName=FUNCTION, Qualifier="live", InvocationType="Event", Payload=event)
    eventually(file.exists, "its first step ran")
    return answer["DurableExecutionArn"]


def assert_goes_on(client: LambdaClient, arn: str) -> None:
    """Expect that the execution ends with its result, and that its version is active."""

    def has_ended() -> bool:
        return client.get_durable_execution(DurableExecutionArn=arn)["Status"] != "RUNNING"

    eventually(has_ended, "the execution ended")
    ended = client.get_durable_execution(DurableExecutionArn=arn)
    assert {"order": 1, "total": 60} == json.loads(ended["Result"])
    configuration = client.get_function_configuration(FunctionName=FUNCTION, Qualifier="live")
    assert "Active" == configuration["State"]
    assert "StateReason" not in configuration


@pytest.mark.runtime_client
def test_a_broken_module_is_reported_and_what_waits_goes_on_once_it_is_repaired(
    start: Callable[..., Any], app: Path, tmp_path: Path
) -> None:
    """On the terminal at once, on the page, and as the version's state."""
    local = start("--quiet", "--function", "Ledger", "--environments", "1", app=app)
    client = local.client()
    module = Module(app)
    assert ("ready", None) == (environment(local)["state"], environment(local)["failure"])
    arn = begin(client, tmp_path / "effects")
    module.write(BROKEN)
    kill_worker(local)

    reason = "Runtime.ImportModuleError: Unable to import module 'probe': No module named 'module_that_is_gone'"
    lines = [local.next_line("could not be started") for _ in range(2)]
    for number, line in enumerate(lines):
        told = rf"attempt {number + 2} is in {2**number} s, at \d\d:\d\d:\d\d\n"
        assert re.fullmatch(f"{FUNCTION}:1: an execution environment could not be started: {reason}; {told}", line)
    seen = eventually(lambda: (now := environment(local))["state"] == "failed" and now, "the page shows the failure")
    assert (reason, []) == (seen["failure"]["reason"], seen["workers"])
    assert seen["failure"]["attempts"] >= 2
    assert abs(seen["failure"]["nextAttempt"] / 1000 - time.time()) < LIMIT_S
    for configuration in (
        client.get_function_configuration(FunctionName=FUNCTION, Qualifier="live"),
        client.get_function(FunctionName=FUNCTION, Qualifier="1")["Configuration"],
        client.list_versions_by_function(FunctionName=FUNCTION)["Versions"][1],
    ):
        state = [configuration.get(name) for name in ("State", "StateReason", "StateReasonCode")]
        assert ["Failed", reason, "FunctionError.RuntimeInitError"] == state
    assert "RUNNING" == client.get_durable_execution(DurableExecutionArn=arn)["Status"]

    module.repair()
    assert re.search(r"is ready, after \d+ failed starts", local.next_line("is ready"))
    assert_goes_on(client, arn)
    assert ("ready", None) == (environment(local)["state"], environment(local)["failure"])


@pytest.mark.runtime_client
@pytest.mark.parametrize("victim", ["worker", pytest.param("guard", marks=pytest.mark.slow)])
def test_a_process_that_ends_before_the_handler_is_loaded_is_a_failed_start(
    start: Callable[..., Any], app: Path, tmp_path: Path, victim: str
) -> None:
    """A worker, or the one above all of them; none of the others outlives it."""
    local = start("--quiet", "--function", "Ledger", "--environments", "1", app=app)
    client = local.client()
    module = Module(app)
    arn = begin(client, tmp_path / "effects")
    module.write(SLEEPING)
    before = psutil.Process(local.process.pid).children()
    kill_worker(local)

    def is_starting() -> bool:
        now = environment(local)
        return bool(now["state"] == "starting" and len(now["workers"]) == 2)

    eventually(is_starting, "both workers load the module")
    # For the next attempt, which follows in a second.
    module.repair()
    if victim == "worker":
        kill_worker(local)
        what = r"worker process \d+ ended"
    else:
        (guard,) = [child for child in psutil.Process(local.process.pid).children() if child not in before]
        under_it = guard.children(recursive=True)
        guard.kill()
        what = "the runtime was ended by SIGKILL"
        assert [] == psutil.wait_procs(under_it, timeout=LIMIT_S)[1]
    assert re.search(
        f"Runtime.ExitError: {what} before the handler was loaded; attempt 2", local.next_line("could not")
    )
    assert_goes_on(client, arn)


@pytest.mark.slow
def test_a_fault_lets_a_start_fail(start: Callable[..., Any], tmp_path: Path) -> None:
    """The processes are killed while they start, so often as was asked for; then the execution goes on."""
    local = start("--quiet", "--function", "Ledger", "--environments", "1")
    client = local.client()
    arn = begin(client, tmp_path / "effects")
    local.faults({"fault": "fail-start", "count": 2})
    kill_worker(local)
    for _ in range(2):
        assert "Runtime.ExitError: the runtime was ended by SIGKILL" in local.next_line("could not be started")
    assert "after 2 failed starts" in local.next_line("is ready")
    assert_goes_on(client, arn)
    assert 2 == local.faults()["fail-start"]


def test_a_runtime_whose_environment_cannot_start_ends_cleanly(start: Callable[..., Any], app: Path) -> None:
    """During the pauses and the attempts, without a process left."""
    local = start("--quiet", "--function", "Ledger", "--environments", "1", app=app)
    Module(app).write(BROKEN)
    kill_worker(local)
    local.next_line("could not be started")
    processes = local.descendants()
    local.stop()
    assert 0 == local.process.returncode, local.output
    assert [] == psutil.wait_procs(processes, timeout=LIMIT_S)[1]
    assert "Traceback" not in local.output


@pytest.mark.runtime_client
def test_a_plain_function_that_starts_on_demand_is_tried_again_by_the_next_call(
    start: Callable[..., Any], tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]
) -> None:
    """Its first caller gets the error."""
    del probe_template["Resources"]["Plain"]["Properties"]["CapacityProviderConfig"]
    app = write_assembly(tmp_path / "app", probe_template)
    module = Module(app)
    local = start("--quiet", "--function", "Plain", "--function", "Ledger", "--environments", "1", app=app)
    client = local.client()
    module.write(BROKEN)
    failed = client.invoke(FunctionName="Probe-Plain", Payload=b"{}")
    assert "Runtime.InitError" == json.loads(failed["Payload"].read())["errorType"]
    module.repair()
    assert "FunctionError" not in client.invoke(FunctionName="Probe-Plain", Payload=b"{}")


@pytest.mark.runtime_client
def test_rejects_a_first_start_in_which_a_process_ends(app: Path) -> None:
    """Nothing is tried again: the command ends with the reason."""
    Module(app).begin_with("import os\nos._exit(3)\n")
    command = [str(DURABLE_MI), "local", "--app", str(app), "--port", "0", "--quiet", "--function", "Ledger"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    assert 1 == ended.returncode
    assert re.fullmatch(
        "Error: every function must start, as in a deployment, but one failed: Probe-Ledger: Runtime.ExitError: "
        r"(worker process \d+|the runtime) ended .*before the handler was loaded",
        ended.stderr.strip(),
    )
