"""The janitor and the command line on the local runtime: releases drain, nothing is lost, and the alias goes back."""

from __future__ import annotations

import itertools
import json
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.client import BaseClient

from durable_mi.cli.group import durable_mi
from durable_mi.release import janitor
from tests.waiting import eventually

from .conftest import DUMMY_ENVIRONMENT
from .test_releases import has_guards, has_state, scale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "durable-probe"
FUNCTION = {"FunctionName": NAME}
TAGS = {
    "durable-mi:releases": "drain rollback-window=600 draining-min=1 keep=3 grace=600",
    "durable-mi:environments": "1",
    "durable-mi:release-records": "records",
}
BETWEEN_PASSES = timedelta(minutes=6)
AFTER_A_KILL = timedelta(minutes=1)
"""Passes that are killed must not be so many hours apart from the last whole one that every window starts anew."""


class Context:
    """An invocation that has a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that is left."""
        return 60_000


class Janitor:
    """The janitor's handler in this process, for which six minutes pass between two passes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = datetime.now(UTC)
        self._clients: set[BaseClient] = set()
        self._left: Iterator[int] = itertools.count()
        call: Callable[..., Any] = vars(BaseClient)["_make_api_call"]  # every call of boto3 passes here

        def limited(client: Any, name: str, parameters: Any) -> Any:
            self._clients.add(client)
            if next(self._left, None) is None:
                raise SystemExit
            return call(client, name, parameters)

        monkeypatch.setattr(BaseClient, "_make_api_call", limited)
        monkeypatch.setattr(janitor, "utc_now", lambda: self._now)
        janitor.calls.cache_clear()

    def close(self) -> None:
        """Close the connections of every client that was used."""
        for client in self._clients:
            client.close()

    def run(self, calls: int | None = None) -> bool:
        """Run a pass, which ends after so many calls; returns whether it was over by itself."""
        self._left = itertools.count() if calls is None else iter(range(calls))
        try:
            with suppress(SystemExit):
                janitor.handler({}, Context())
                self._now += BETWEEN_PASSES
                return True
            return False
        finally:
            self._left = itertools.count()
            self._now += AFTER_A_KILL


JANITOR = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "janitor",
        "Code": {"ZipFile": "from durable_mi.release.janitor import handler"},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Timeout": 60,
        "Environment": {
            "Variables": {janitor.STACK_VARIABLE: {"Ref": "AWS::StackId"}, janitor.RECORDS_VARIABLE: "records"}
        },
    },
}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Janitor]:
    """Return the janitor; the clients of the test are closed with it."""
    passes = Janitor(monkeypatch)
    yield passes
    passes.close()


def _app(write_assembly: Callable[..., Path], resources: Any, directory: Path, **more: Any) -> Path:
    managed, released = resources
    properties = {
        **FUNCTION,
        "DurableConfig": {"ExecutionTimeout": 600},
        "Tags": [{"Key": key, "Value": value} for key, value in TAGS.items()],
    }
    template = {
        "Resources": {
            "Capacity": {
                "Type": "AWS::Lambda::CapacityProvider",
                "Properties": {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            },
            "Workflow": managed("probe.durable", **properties),
            **released("Workflow"),
            **more,
        }
    }
    return write_assembly(directory / "app", template)


def _release(client: Any, version: str) -> None:
    """Publish a version and move the alias to it, as a deployment does."""
    client.update_function_configuration(**FUNCTION, Description=f"release {version}")
    assert version == client.publish_version(**FUNCTION)["Version"]
    scale(client, version, 1, 1)
    eventually(partial(has_state, client, version, "Active"), f"version {version} is active")
    client.update_alias(**FUNCTION, Name="live", FunctionVersion=version)


def _start(client: Any, waits: list[int]) -> list[str]:
    arns = []
    for wait in waits:
        payload = json.dumps({"wait": wait})
        answer = client.invoke(**FUNCTION, Qualifier="live", InvocationType="Event", Payload=payload)
        answer["Payload"].close()
        arns.append(answer["DurableExecutionArn"])
    return arns


def _open(client: Any, version: str) -> int:
    statuses = ["RUNNING", "PAUSING", "PAUSED"]
    listed = client.list_durable_executions_by_function(**FUNCTION, Qualifier=version, Statuses=statuses)
    return len(listed["DurableExecutions"])


def _is_parked(client: Any, version: str) -> bool:
    config = client.get_function_scaling_config(**FUNCTION, Qualifier=version)["RequestedFunctionScalingConfig"]
    return bool(config["MinExecutionEnvironments"] == 0)


def _release_command(capsys: pytest.CaptureFixture[str], endpoint: str, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    command = ["release", *arguments, "--function", NAME, "--endpoint-url", endpoint]
    with pytest.raises(SystemExit) as ended:
        durable_mi.main(command, prog_name="durable-mi")
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out + printed.err


def _drain(client: Any, passes: Janitor, count: int, step: int) -> None:
    """Run passes that end after more and more calls, until versions 1 and 2 are parked."""
    calls, left = 0, count
    for _ in range(600):
        is_over = passes.run(calls)
        calls = 0 if is_over else calls + step
        for version in ("1", "2"):
            assert not (_is_parked(client, version) and _open(client, version))
        if all(_is_parked(client, version) for version in ("1", "2")):
            return
        if is_over and left:
            # The passes' time is not the service's: after a whole one, wait until an execution has ended.
            left = eventually(partial(_fewer, client, left), "an execution has ended").pop()
    pytest.fail("versions 1 and 2 must be parked")


def _fewer(client: Any, than: int) -> list[int]:
    """Return how many executions are open on versions 1 and 2, once they are fewer."""
    left = _open(client, "1") + _open(client, "2")
    return [left] if left < than else []


@pytest.mark.parametrize(
    ("waits", "step"),
    [
        pytest.param([1, 3], 9, id="short"),
        pytest.param(([1, 5, 20] * 17)[:50], 1, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_releases_drain_and_nothing_is_lost(  # noqa: PLR0913, PLR0917 - fixtures
    waits: list[int],
    step: int,
    passes: Janitor,
    start: Callable[..., Any],
    write_assembly: Callable[..., Path],
    probe_resources: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two releases while executions run, and a janitor that is killed between its calls; then a rollback."""
    local = start("--quiet", app=_app(write_assembly, probe_resources, tmp_path))
    client = local.client()
    stack = client.list_tags(Resource=client.get_function(**FUNCTION)["Configuration"]["FunctionArn"])["Tags"]
    for name, value in {
        **DUMMY_ENVIRONMENT,
        "AWS_ENDPOINT_URL": local.endpoint_url,
        janitor.STACK_VARIABLE: stack["aws:cloudformation:stack-id"],
        janitor.RECORDS_VARIABLE: "records",
    }.items():
        monkeypatch.setenv(name, value)
    scale(client, "1", 1, 1)
    arns = _start(client, waits[: len(waits) // 2])
    assert passes.run()
    _release(client, "2")
    arns += _start(client, waits[len(waits) // 2 :])
    _release(client, "3")
    _drain(client, passes, len(arns), step)

    statuses = [client.get_durable_execution(DurableExecutionArn=arn)["Status"] for arn in arns]
    assert ["SUCCEEDED"] * len(waits) == statuses
    for version in ("1", "2"):
        eventually(partial(has_state, client, version, "Deactivated"), f"version {version} is deactivated")
    assert has_state(client, "3", "Active")
    eventually(partial(has_guards, local, 1), "only version 3 has an environment")

    status, text = _release_command(capsys, local.endpoint_url, "status", "--output", "json")
    document = json.loads(text)
    [function] = document["Functions"]
    assert (0, False) == (status, document["Draining"])
    assert [("1", "parked"), ("2", "parked"), ("3", "live")] == [
        (each["Version"], each["ReleaseState"]) for each in function["Versions"]
    ]

    status, text = _release_command(capsys, local.endpoint_url, "rollback", "2", "--yes")
    assert (0, True) == (status, "CloudFormation moves the alias again at the next deployment" in text)
    assert has_state(client, "2", "Active")
    assert "2" == client.get_alias(**FUNCTION, Name="live")["FunctionVersion"]
    answer = client.invoke(**FUNCTION, Qualifier="live", Payload='{"wait": 1}')
    assert ("2", True) == (answer["ExecutedVersion"], b"after" in answer["Payload"].read())
    assert passes.run()
    scaled = client.get_function_scaling_config(**FUNCTION, Qualifier="3")["RequestedFunctionScalingConfig"]
    status, text = _release_command(capsys, local.endpoint_url, "rollback", "3", "--yes")
    assert (0, False) == (status, "set version 3" in text)
    assert scaled == client.get_function_scaling_config(**FUNCTION, Qualifier="3")["RequestedFunctionScalingConfig"]
    assert "3" == client.get_alias(**FUNCTION, Name="live")["FunctionVersion"]


@pytest.mark.slow
def test_the_janitor_is_a_function_beside(
    start: Callable[..., Any], write_assembly: Callable[..., Path], probe_resources: Any, tmp_path: Path
) -> None:
    """Its handler runs as Lambda runs it: with its own environment, a context, and the endpoint as all of AWS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = _app(write_assembly, probe_resources, tmp_path, Janitor=JANITOR)
    local = start("--quiet", "--port", str(port), "--env", f"AWS_ENDPOINT_URL={url}", app=app)
    client = local.client()
    for _ in range(2):
        answer = client.invoke(FunctionName="janitor")
        assert ({"functions": 2, "passes": 1}, None) == (
            json.loads(answer["Payload"].read()),
            answer.get("FunctionError"),
        )
