"""Worker processes: how many, whose, and that none outlives the runtime."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from durable_mi.local import runtime_client
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

DURABLE_MI = Path(sys.executable).parent / "durable-mi"
PLAIN = "Probe-Plain"
PROBE = Path(__file__).parent / "probe"
STAND_IN = str(Path(runtime_client.__file__).parent)
RUNTIME_CLIENT = STAND_IN if os.environ.get("DURABLE_MI_WORKER") == "stand-in" else "awslambdaric"


def invoke(client: LambdaClient, event: dict[str, Any], function: str = PLAIN) -> dict[str, Any]:
    """Return the handler's answer to a synchronous invocation of the alias."""
    answer = client.invoke(FunctionName=function, Qualifier="live", Payload=json.dumps(event))
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return result


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that do not end."""
    return psutil.wait_procs(processes, timeout=60)[1]


def worker_count(local: Any) -> int:
    """How many living processes have no child: the workers."""
    workers = 0
    for process in local.descendants():
        with contextlib.suppress(psutil.NoSuchProcess):
            workers += process.status() != psutil.STATUS_ZOMBIE and not process.children()
    return workers


def at_once(local: Any, count: int, directory: Path, *, waiting: int = 0) -> list[dict[str, Any]]:
    """Return what so many invocations at once answer, and then those that ran in their processes after them."""
    event = {"meet": {"directory": str(directory), "count": count}}
    with ThreadPoolExecutor(count + waiting) as pool:
        return list(pool.map(lambda _: invoke(local.client(), event), range(count + waiting)))


@pytest.mark.runtime_client
def test_two_invocations_at_once_run_in_two_processes(probe: Any, tmp_path: Path) -> None:
    """Overlapping invocations have different process ids, both of the runtime client's workers."""
    first, second = at_once(probe, 2, tmp_path)
    assert max(first["started"], second["started"]) < min(first["ended"], second["ended"])
    assert first["pid"] != second["pid"]
    commands = {process.pid: process.cmdline() for process in probe.descendants()}
    assert all(RUNTIME_CLIENT in commands[answer["pid"]] for answer in (first, second))


@pytest.mark.runtime_client
def test_the_template_says_how_many_processes_there_are(probe: Any, tmp_path: Path) -> None:
    """Two environments of two workers serve at most four invocations at once, the fifth waits."""
    answers = at_once(probe, 4, tmp_path, waiting=1)
    assert 4 == len({answer["pid"] for answer in answers})
    assert max(answer["started"] for answer in answers) >= min(answer["ended"] for answer in answers)


def assert_no_page_may_use(runtime_api: str) -> None:
    """Expect that the Runtime API serves neither another name of this machine nor another origin."""
    for headers, status in (({"Host": "evil.example"}, 400), ({"Origin": "https://evil.example"}, 403)):
        connection = http.client.HTTPConnection(runtime_api, timeout=60)
        connection.request("GET", "/2018-06-01/runtime/invocation/next", headers=headers)
        assert status == connection.getresponse().status
        connection.close()


@pytest.mark.runtime_client
def test_the_handler_sees_lambdas_environment_and_nothing_of_this_machine(probe: Any) -> None:
    """The template's variables with references resolved, Lambda's own, dummy credentials, and no others."""
    answer = invoke(probe.client(), {})
    environment = answer["environment"]
    assert "hi Probe-Capacity" == environment["GREETING"]
    assert PLAIN == environment["AWS_LAMBDA_FUNCTION_NAME"]
    assert "1" == environment["AWS_LAMBDA_FUNCTION_VERSION"]
    assert "2" == environment["AWS_LAMBDA_MAX_CONCURRENCY"]
    assert "local" == environment["AWS_ACCESS_KEY_ID"]
    assert probe.endpoint_url == environment["AWS_ENDPOINT_URL_LAMBDA"]
    assert [] == [name for name, value in os.environ.items() if name == "HOME" and value == environment[name]]
    assert "arn:aws:lambda:us-east-1:000000000000:function:Probe-Plain:live" == answer["arn"]
    assert 20_000 < answer["remaining_ms"] <= 30_000
    assert sorted(path.name for path in PROBE.glob("*.py")) == answer["files"], "the asset stays as it was synthesized"
    assert_no_page_may_use(environment["AWS_LAMBDA_RUNTIME_API"])


def assert_each_environment_has_its_own(local: Any, answers: list[dict[str, Any]]) -> None:
    """Expect that a process finds the temporary files of its environment's processes, and of no other."""
    connection = http.client.HTTPConnection(local.endpoint_url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/page/api/workers")
    environments = json.load(connection.getresponse())[0]["environments"]
    connection.close()
    for environment in environments:
        pids = {worker["pid"] for worker in environment["workers"]}
        found = [answer["left"] for answer in answers if answer["pid"] in pids]
        assert [sorted(f"durable-mi-probe-{pid}" for pid in pids)] * 2 == [sorted(left) for left in found]
    assert not list(Path(tempfile.gettempdir()).glob("durable-mi-probe-*"))


def home_with_credentials(directory: Path) -> Path:
    """Return a home whose AWS configuration has a profile."""
    aws = directory / "home" / ".aws"
    aws.mkdir(parents=True)
    (aws / "config").write_text("[profile prod]\nregion = us-east-1\n")
    (aws / "credentials").write_text("[prod]\naws_access_key_id = AKIA\naws_secret_access_key = real\n")
    return aws.parent


@pytest.mark.runtime_client
def test_the_processes_of_an_environment_share_a_tmp_that_no_other_sees(
    start: Callable[..., Any], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It is `/tmp` to them, not the machine's, and gone when the runtime is killed, as is what they started.

    They cannot change their code, and find neither the user's AWS configuration nor a home.
    """
    # With a short path, since sockets lie in it.
    scratch = tmp_path_factory.mktemp("t")
    under = ("env", f"TMPDIR={scratch}", f"HOME={home_with_credentials(tmp_path)}")
    local = start("--quiet", "--function", "Plain", "--environments", "2", under=under)
    met = tmp_path / "met"
    met.mkdir()
    answers = at_once(local, 4, met)
    assert {"/tmp"} == {answer["scratch"] for answer in answers}  # noqa: S108 - what the handler calls it
    assert_each_environment_has_its_own(local, answers)
    assert 4 == len(list(scratch.glob("*/tmp/durable-mi-probe-*")))
    # Each environment has a home of its own, and any of them may get the invocation.
    places = [tmp_path / "home" / ".aws" / "credentials", tmp_path / "home" / ".aws" / "new", "~/file"]
    daemon = tmp_path / "daemon"
    event = {"daemon": str(daemon), "write": [str(place) for place in places], "profile": "prod"}
    answer = invoke(local.client(), event)
    assert ["EROFS"] * 5 == answer["writes"]
    assert "ProfileNotFound" == answer["profile"]
    children = [*local.descendants(), psutil.Process(int(daemon.read_text()))]
    local.stop(signal.SIGKILL)
    assert [] == alive(children)
    assert [] == list(scratch.iterdir())


@pytest.mark.runtime_client
def test_where_the_machine_forbids_mounts_tmpdir_is_each_environments_own(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    """And the user is told."""
    forbid = 'echo 0 > /proc/sys/user/max_mnt_namespaces && exec "$@"'
    under = ("unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh")
    local = start("--quiet", "--function", "Plain", "--environments", "2", under=under)
    assert "allows no mount namespaces" in local.output
    answers = at_once(local, 4, tmp_path)
    assert 2 == len({answer["scratch"] for answer in answers})
    assert_each_environment_has_its_own(local, answers)


@pytest.mark.runtime_client
def test_bytecode_is_kept_beside_the_asset(probe: Any, probe_app: Path) -> None:
    """The next start finds it; the asset has none."""
    invoke(probe.client(), {})
    asset = probe_app / "asset.probe"
    kept = probe_app / ".durable-mi" / "bytecode" / asset.resolve().relative_to("/")
    assert list(kept.glob("probe.*.pyc"))
    assert [] == list(asset.rglob("*.pyc"))


@pytest.mark.runtime_client
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL]
)
def test_no_process_survives(start: Callable[..., Any], number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C, a polite end and a sudden death each end every process, one in the middle of an invocation included.

    Who waits for an execution learns of it too, and nothing is printed.
    """
    local = start("--quiet", "--function", "Plain", "--function", "Durable", "--environments", "1")
    children = local.descendants()
    assert 8 == len(children), "a guard, a parent and two workers for each of two functions"
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(invoke, local.client(), {"wait": 600}, "durable-probe")
        # Nobody comes to meet it.
        event = {"meet": {"directory": str(tmp_path), "count": 2}}
        pending = pool.submit(invoke, local.client(), event)
        try:
            eventually(lambda: list(tmp_path.iterdir()), "the invocation runs")
            listed = local.client().list_durable_executions_by_function
            eventually(lambda: listed(FunctionName="durable-probe")["DurableExecutions"], "the execution is there")
        finally:
            local.stop(number)
        assert [] == alive(children)
        assert pending.exception(timeout=60) is not None or "errorType" in pending.result()
        assert waiting.exception(timeout=60) is not None
    assert [] == re.findall("Traceback|ERROR", local.output)


@pytest.mark.runtime_client
def test_a_killed_guard_takes_nothing_along(start: Callable[..., Any], tmp_path: Path) -> None:
    """When a guard dies, its processes are ended all the same, those that left its group included."""
    local = start("--quiet", "--function", "Plain", "--environments", "1")
    guard, *others = local.descendants()
    invoke(local.client(), {"daemon": str(tmp_path / "daemon")})
    daemon = psutil.Process(int((tmp_path / "daemon").read_text()))
    guard.kill()
    assert [] == alive([guard, *others, daemon])


@pytest.mark.runtime_client
def test_a_worker_that_dies_fails_its_invocation_and_is_replaced(start: Callable[..., Any]) -> None:
    """The caller learns of it at once, and the next invocation finds a fresh environment."""
    local = start("--function", "Plain", "--environments", "1")
    client = local.client()
    before = invoke(client, {})["pid"]
    answer = client.invoke(FunctionName=PLAIN, Qualifier="live", Payload=json.dumps({"exit": 3}))
    assert "Unhandled" == answer["FunctionError"]
    assert "Runtime.ExitError" == json.loads(answer["Payload"].read())["errorType"]
    assert before != invoke(client, {})["pid"]
    eventually(lambda: worker_count(local) == 2, "two workers remain")


@pytest.mark.runtime_client
def test_rejects_a_handler_that_cannot_be_loaded(
    tmp_path: Path, probe_template: dict[str, Any], write_assembly: Callable[..., Path]
) -> None:
    """As its deploy would fail, so does the start, with what the runtime said."""
    probe_template["Resources"]["Plain"]["Properties"]["Handler"] = "broken.handler"
    app = write_assembly(tmp_path / "app", probe_template)
    (app / "asset.probe" / "broken.py").write_text("import missing\n\ndef handler(event, context): ...\n")
    ended = subprocess.run(
        [DURABLE_MI, "local", "--app", app, "--port", "0", "--quiet"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert 1 == ended.returncode
    assert (
        "Error: every function must start, as in a deployment, but one failed: Probe-Plain: Runtime.ImportModuleError: "
        "Unable to import module 'broken': No module named 'missing'"
    ) == ended.stderr.strip()


def test_rejects_a_port_that_is_taken(probe: Any, probe_app: Path) -> None:
    """One line that names the port and the option."""
    port = probe.endpoint_url.rpartition(":")[2]
    ended = subprocess.run(
        [DURABLE_MI, "local", "--app", probe_app, "--port", port],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert 1 == ended.returncode
    assert f"port {port} on 127.0.0.1 cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--app", "nowhere"], "no cloud assembly at nowhere: run `cdk synth`"),
        (["--app", "."], "is not a cloud assembly (it has no manifest.json)"),
        (["--function", "Nobody"], "no function is called Nobody; the app has Plain, Probe/Workflow, Parent, Ledger"),
        (["--env", "GREETING"], "must be NAME=VALUE, got GREETING"),
        (["--env", "TYPO=1"], "no function has this environment variable; they have GREETING"),
    ],
)
def test_rejects_what_cannot_be_served(options: list[str], says: str, probe_app: Path) -> None:
    """A wrong path or name is a usage error of one line."""
    command = [str(DURABLE_MI), "local", "--app", str(probe_app), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert 2 == ended.returncode
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
