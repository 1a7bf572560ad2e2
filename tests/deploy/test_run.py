"""What was deployed then runs: the same assembly on the local runtime, found as it is found in the account."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.client import Client
from durable_mi.operate.endpoint import Endpoint
from tests.deploy.account import TOOLS
from tests.deploy.example import STACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deploy.example import Example


@pytest.fixture(scope="module")
def local(example: Example) -> Iterator[str]:
    """Yield the local runtime's endpoint, on the assembly that was deployed."""
    # One environment: each of its processes takes half a second to start, and one execution runs here at a time.
    options = ("--port", "0", "--quiet", "--environments", "1")
    command = [str(TOOLS / "durable-mi"), "local", "--app", str(example.assembly), *options]
    with subprocess.Popen(
        command, cwd=example.account.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said = ""
        try:
            for line in process.stdout or ():
                said += line
                if ready := re.match(r"Endpoint (http://\S+) is ready", line):
                    yield ready[1]
                    break
            else:
                pytest.fail(f"the local runtime must start on what was deployed:\n{said}")
        finally:
            process.terminate()


def invoke(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `durable-mi invoke` to its end, streams apart."""
    command = [str(TOOLS / "durable-mi"), "invoke", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def test_deployed_assembly_runs_by_its_stack(local: str, example: Example, tmp_path: Path) -> None:
    """The order workflow to its end, by the stack's name alone: result, history and log lines."""
    order = tmp_path / "order.json"
    order.write_text('{"orderId": "order-123"}')
    options = ("--payload", str(order), "--follow", "--output", "json", "--endpoint-url", local)

    done = invoke("--stack", STACK, *options, cwd=example.account.home)

    assert 0 == done.returncode, done.stderr
    document = json.loads(done.stdout)
    assert ("SUCCEEDED", "order-123", "processed") == (
        document["Status"],
        document["Result"]["orderId"],
        document["Result"]["status"],
    )
    assert "ExecutionSucceeded" == document["Events"][-1]["EventType"]
    assert any("order-123" in line["Message"] for line in document["Logs"])


def test_readme_reads_the_outputs_of_the_local_runtime(local: str, example: Example) -> None:
    """The AWS CLI's own `describe-stacks` takes the local runtime's answer."""
    done = example.account.run(
        [
            *(str(TOOLS / "aws"), "cloudformation", "describe-stacks", "--stack-name", STACK, "--output", "text"),
            *("--query", "Stacks[0].Outputs[?OutputKey=='AliasArn'].OutputValue", "--endpoint-url", local),
        ]
    )

    assert done.output.strip().endswith(":live")


def test_rejects_a_stack_that_is_not_there(local: str, example: Example) -> None:
    """One line, on the local runtime as in an account."""
    for endpoint in (local, example.account.url):
        done = invoke("--stack", "Nowhere", "--endpoint-url", endpoint, cwd=example.account.home)

        assert (1, "") == (done.returncode, done.stdout)
        assert re.fullmatch(r"Error: .*Nowhere.*\n", done.stderr), done.stderr


def test_stack_in_the_account_names_what_was_deployed(example: Example) -> None:
    """Alias and log group by the deployed stack's outputs, as `durable-mi invoke --stack` reads them."""
    client = Client.connect(endpoint=Endpoint.parse(example.account.url), profile=None, region="us-east-1")

    found = client.stack_outputs(STACK)

    assert example.outputs["AliasArn"] == str(found.target())
    assert example.outputs["LogGroupName"] == found.log_group() == client.log_group(found.target())
