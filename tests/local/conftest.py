"""A running `durable-mi local`, and clients that talk to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
from botocore.config import Config

from tests.processes import interruptible
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LONGEST_FIRST = ("test_wake_ups.py", "test_failed_starts.py", "test_stress.py", "probe", "example")
"""Groups of tests that take long, so that nobody waits for them at the end."""
GROUPS = {
    **dict.fromkeys(("test_changes.py", "test_clients.py", "test_durable_api.py"), "probe"),
    **dict.fromkeys(("test_lambda_api.py", "test_processes.py"), "probe"),
    **dict.fromkeys(("test_load.py", "test_order_workflow.py", "test_other_machines.py"), "example"),
}
"""Files that share a runtime or a cloud assembly that is costly to make: one process runs them."""

PROBE = Path(__file__).parent / "probe"
TOOLS = Path(sys.executable).parent
DURABLE_MI = TOOLS / "durable-mi"
DUMMY_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def _managed_function(handler: str, **properties: Any) -> dict[str, Any]:
    """Return a function resource with a capacity provider, two processes and the probe's code."""
    provider = {
        "CapacityProviderArn": {"Fn::GetAtt": ["Capacity", "Arn"]},
        "PerExecutionEnvironmentMaxConcurrency": 2,
        "ExecutionEnvironmentMemoryGiBPerVCpu": 4,
    }
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Key": "probe.zip"},
            "Handler": handler,
            "Runtime": "python3.13",
            "Timeout": 30,
            "MemorySize": 4096,
            "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
            **properties,
        },
    }


def _released(function: str, alias: str = "live") -> dict[str, Any]:
    """Return a version and an alias of a function."""
    return {
        f"{function}Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": function}}},
        f"{function}Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": function},
                "Name": alias,
                "FunctionVersion": {"Fn::GetAtt": [f"{function}Version", "Version"]},
            },
        },
    }


def _write_assembly(
    bytecode: Path, directory: Path, template: dict[str, Any], *, stack: str = "Probe", **artifact: Any
) -> Path:
    """Write a cloud assembly of one stack whose one asset is the probe's code; returns its directory."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = directory / ".durable-mi" / "bytecode"
    kept.parent.mkdir(exist_ok=True)
    kept.symlink_to(bytecode)
    shutil.copytree(PROBE, directory / "asset.probe", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    stack_artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": f"{stack}.template.json"},
        **artifact,
    }
    assets = {
        "files": {
            "probe": {
                "source": {"path": "asset.probe", "packaging": "zip"},
                "destinations": {"current": {"objectKey": "probe.zip"}},
            }
        }
    }
    for name, content in {
        "manifest.json": {"artifacts": {stack: stack_artifact}},
        f"{stack}.template.json": template,
        f"{stack}.assets.json": assets,
    }.items():
        (directory / name).write_text(json.dumps(content))
    return directory


def _probe_template() -> dict[str, Any]:
    """Return a plain and a durable function on one capacity provider."""
    return {
        "Resources": {
            "Capacity": {"Type": "AWS::Lambda::CapacityProvider"},
            "Plain": _managed_function(
                "probe.plain", Environment={"Variables": {"GREETING": {"Fn::Sub": "hi ${Capacity}"}}}
            ),
            **_released("Plain"),
            "Durable": {
                **_managed_function(
                    "probe.durable",
                    FunctionName="durable-probe",
                    DurableConfig={"ExecutionTimeout": 600, "RetentionPeriodInDays": 3},
                ),
                "Metadata": {"aws:cdk:path": "Probe/Workflow/Resource/Resource"},
            },
            **_released("Durable"),
            "Parent": _managed_function("probe.parent", DurableConfig={"ExecutionTimeout": 600}),
            **_released("Parent"),
            "Ledger": _managed_function("probe.ledger", DurableConfig={"ExecutionTimeout": 600}),
            **_released("Ledger"),
        },
        "Outputs": {"PlainName": {"Value": {"Ref": "Plain"}}},
    }


class Local:
    """`durable-mi local` in a process of its own."""

    def __init__(self, app: Path, *options: str, under: Sequence[str] = ()) -> None:
        command = [*under, str(DURABLE_MI), "local", "--app", str(app), "--port", "0", *options]
        self._lines: list[str] = []
        self._seen = 0
        with interruptible():
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        # In a thread of its own, so that a test that waits for a line can give up.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.endpoint_url = self._wait_until_ready()
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self._lines.extend(output)

    def _wait_until_ready(self) -> str:
        def url() -> str | None:
            if ready := re.search(r"^Endpoint (http://\S+) is ready", self.output, re.MULTILINE):
                return ready[1]
            assert self.process.poll() is None, f"the local runtime ended before it was ready:\n{self.output}"
            return None

        ready = eventually(url, "the local runtime is ready", seconds=120)
        assert ready
        return ready

    @property
    def output(self) -> str:
        """Return what it has said so far."""
        return "".join(self._lines)

    def next_line(self, pattern: str) -> str:
        """Return the next line that has it, once it is there."""

        def found() -> str | None:
            while self._seen < len(self._lines):
                self._seen += 1
                if re.search(pattern, self._lines[self._seen - 1]):
                    return self._lines[self._seen - 1]
            return None

        line = eventually(found, f"a line with {pattern}")
        assert line
        return line

    def client(self, service: str = "lambda", *, connections: int = 10) -> Any:
        """Return a boto3 client that sends each request once, so many of them at a time."""
        make: Callable[..., Any] = boto3.client
        return make(
            service,
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - a dummy
            config=Config(retries={"max_attempts": 0}, read_timeout=120, max_pool_connections=connections),
        )

    def faults(self, order: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask for a fault, or, without an order, what was injected."""
        connection = http.client.HTTPConnection(self.endpoint_url.removeprefix("http://"), timeout=60)
        body = None if order is None else json.dumps(order)
        connection.request("GET" if order is None else "POST", "/durable-mi/faults", body)
        told: dict[str, Any] = json.load(connection.getresponse())
        connection.close()
        return told

    def descendants(self) -> list[psutil.Process]:
        """Every process that it started, at any depth."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it and read what it still says."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
        self._reader.join(timeout=60)
        assert not self._reader.is_alive(), "a process that it started still has its output open"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of a file, or of the files of a group, to one process.

    pytest-xdist's own groups are written into a test's node id, which cannot be changed any more since pytest 9.2.
    """

    def group_of(nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return GROUPS.get(file.removeprefix("tests/local/"), file)

    # By name, since pytest-xdist has no types.
    scheduler = import_module("xdist.scheduler").LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of  # noqa: SLF001 - what its own subclasses override
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell pytest-xdist in which order the tests are handed out."""

    def turn(item: pytest.Item) -> int:
        group = GROUPS.get(item.path.name, item.path.name)
        is_long = item.path.parent == Path(__file__).parent and group in LONGEST_FIRST
        return LONGEST_FIRST.index(group) if is_long else len(LONGEST_FIRST)

    items.sort(key=turn)


@pytest.fixture
def probe_template() -> dict[str, Any]:
    """Return the probe's template, for a test to change."""
    return _probe_template()


@pytest.fixture(scope="session")
def probe_resources() -> tuple[Callable[..., dict[str, Any]], Callable[..., dict[str, Any]]]:
    """Return what makes a function with a capacity provider, and a version and an alias of a function."""
    return _managed_function, _released


@pytest.fixture(scope="session")
def write_assembly(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a cloud assembly of one stack with the probe's code: directory and template in, directory out.

    All of them keep their bytecode in one place, so that the SDK is not compiled for each.
    """
    temporary = tmp_path_factory.getbasetemp()
    # The processes of pytest-xdist have directories below one that they share.
    bytecode = (temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary) / "bytecode"
    _compile_once(bytecode)
    return partial(_write_assembly, bytecode)


def _compile_once(bytecode: Path) -> None:
    """Compile what all handlers import, which otherwise each environment of the first starts would do."""
    done = bytecode.with_name("bytecode-is-there")
    try:
        bytecode.mkdir()
    except FileExistsError:
        # Another process of pytest-xdist is at it, or was.
        eventually(done.exists, "the bytecode is there")
        return
    environment = {**os.environ, **DUMMY_ENVIRONMENT, "PYTHONPYCACHEPREFIX": str(bytecode)}
    script = "import importlib.util as it, probe; it.find_spec('awslambdaric') and __import__('awslambdaric.bootstrap')"
    subprocess.run([sys.executable, "-c", script], cwd=PROBE, env=environment, check=True, timeout=120)
    done.touch()


@pytest.fixture
def local_environment() -> dict[str, str]:
    """Return this process's environment with dummy credentials and a region."""
    return {**os.environ, **DUMMY_ENVIRONMENT}


@pytest.fixture(scope="session")
def probe_app(write_assembly: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the probe's cloud assembly."""
    return write_assembly(tmp_path_factory.mktemp("probe app"), _probe_template())


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Local]]:
    """Serve a cloud assembly until the session ends."""
    started: list[Local] = []

    def serve_app(app: Path, *options: str) -> Local:
        started.append(Local(app, *options))
        return started[-1]

    yield serve_app
    for local in started:
        local.stop()


@pytest.fixture(scope="session")
def probe(serve: Callable[..., Local], probe_app: Path) -> Local:
    """Return the probe's functions, served for the whole session."""
    return serve(probe_app, "--quiet", "--environments", "2")


@pytest.fixture
def start(probe_app: Path) -> Iterator[Callable[..., Local]]:
    """Start local runtimes that the test may break; they end with the test."""
    started: list[Local] = []

    def start_local(*options: str, app: Path = probe_app, under: Sequence[str] = ()) -> Local:
        started.append(Local(app, *options, under=under))
        return started[-1]

    yield start_local
    for local in started:
        local.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def example_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example, synthesized with the CDK CLI."""
    example = Path(__file__).parents[2] / "examples" / "order_workflow"
    output = tmp_path_factory.mktemp("example") / "cdk.out"
    # CDK's validation of templates takes four seconds to load; the tests of the example run it.
    environment = {**os.environ, "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}", "CDK_VALIDATION": "false"}
    command = [str(TOOLS / "cdk"), "synth", "--quiet", "--output", str(output)]
    subprocess.run(command, cwd=example, check=True, timeout=300, env=environment)
    return output


@pytest.fixture(scope="session")
def aws() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the real AWS CLI."""

    def run(*arguments: str, local: Local) -> subprocess.CompletedProcess[str]:
        command = [str(TOOLS / "aws"), *arguments, "--endpoint-url", local.endpoint_url, "--output", "json"]
        environment = {**os.environ, **DUMMY_ENVIRONMENT}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)

    return run
