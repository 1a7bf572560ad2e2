"""Everything that can go wrong with ``durable-mi invoke`` is one line and an exit status, never a traceback.

Most of it in this process, since each start of the program takes as long as all of these errors together; that the
program ends like the command is seen where neither a region, nor a function, nor a right option is given.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from durable_mi.cli.group import durable_mi as group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Cli, Endpoint

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": "eu-central-1"}


@pytest.fixture
def in_process(tmp_path: Path, cli_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Return the command, run in an empty directory and without AWS settings like the program, in this process."""
    for name in os.environ.keys() - cli_environment.keys():
        monkeypatch.delenv(name)
    for name, value in cli_environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, env: dict[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done = CliRunner().invoke(group, arguments, env=env, input=stdin)
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    return run


def line_of(stderr: str) -> str:
    """Return the one line on standard error."""
    assert "Traceback" not in stderr
    assert 1 == stderr.count("\n")
    assert stderr.startswith("Error: ")
    return stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("orders", "--payload", "none.json"), "payload file must exist, found none at none.json"),
        (("orders", "--payload", "."), "payload must be a file, . is a directory"),
        (("orders", "--payload", "/proc/self/mem"), "/proc/self/mem cannot be read: input/output error"),
        (("orders", "--payload", "bad.json"), "bad.json is wrong at line 2, column 7"),
        (("orders", "--payload", "large.json"), "payload must be at most 1,048,576 bytes (1 MiB)"),
        (("two words",), "FUNCTION must be a name"),
        (("orders:1", "--qualifier", "2"), "pass one of them"),
        (("orders", "--execution-name", "a b"), "--execution-name must be 1 to 64 letters, digits, - or _"),
        (("orders", "--endpoint-url", "localhost:80"), "--endpoint-url must be like http://127.0.0.1:9000"),
        (("orders", "--endpoint-url", "http://a_b", "--region", "us-east-1"), "must name a host that boto3 accepts"),
        (("orders", "--profile", "nope"), "the config profile (nope) could not be found"),
        (("orders",), "a region must be set, got none: pass --region, or set AWS_REGION"),
        (("orders", "--region", "no region"), "--region must be a region such as eu-central-1"),
        (
            ("arn:aws:lambda:eu-west-1:123456789012:function:orders", "--region", "us-east-1"),
            "FUNCTION is in eu-west-1 and --region is us-east-1",
        ),
    ],
)
def test_rejects_wrong_usage(in_process: Cli, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit status 2, before anything is sent."""
    (tmp_path / "bad.json").write_text('{"a": 1,\n "b": nope}')
    (tmp_path / "large.json").write_text('"' + "x" * 1_048_576 + '"')
    done = in_process("invoke", *arguments)

    assert 2 == done.returncode
    assert "" == done.stdout
    assert said in line_of(done.stderr)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("missing", "has no function missing:live (Function not found: arn:aws:lambda:"),
        ("order-workflow:2", "has no function order-workflow:2"),
        ("plain", "function plain:live must be durable"),
        ("denied", "the credentials must allow lambda:InvokeFunction on function denied:live"),
        ("expired", "the credentials have expired"),
        ("unsigned", "the credentials are not accepted"),
        ("throttled", "throttled lambda:InvokeFunction after several retries"),
        ("broken", "lambda:InvokeFunction on function broken:live failed with ServiceException (internal failure)"),
        ("taken", "choose another --execution-name"),
    ],
)
def test_rejects_what_the_service_refuses(in_process: Cli, endpoint: Endpoint, function: str, said: str) -> None:
    """Exit status 1."""
    done = in_process("invoke", function, "--follow", "--endpoint-url", endpoint.url)

    assert 1 == done.returncode
    assert said in line_of(done.stderr)


def test_retries_before_it_gives_up(in_process: Cli, endpoint: Endpoint) -> None:
    """A throttled start is tried again under the same execution name."""
    in_process("invoke", "throttled", "--endpoint-url", endpoint.url)
    names = {request.headers["X-Amz-Durable-Execution-Name"] for request in endpoint.requests}

    assert 3 == len(endpoint.requests)
    assert 1 == len(names)


def test_rejects_missing_credentials(durable_mi: Cli) -> None:
    """The line names both ways out."""
    done = durable_mi("invoke", "orders", "--region", "eu-central-1")

    assert 1 == done.returncode
    assert "sign in and pass --profile, or pass the --endpoint-url of `durable-mi local`" in line_of(done.stderr)


def test_rejects_an_endpoint_on_which_nothing_listens(in_process: Cli) -> None:
    """A port that was free a moment ago."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    done = in_process("invoke", "orders", "--endpoint-url", url)

    assert 1 == done.returncode
    assert f"{url} cannot be reached: is `durable-mi local` running there" == line_of(done.stderr)


def test_rejects_a_host_that_is_not_there(in_process: Cli) -> None:
    """The top-level domain .invalid never resolves."""
    done = in_process("invoke", "orders", "--endpoint-url", "http://lambda.invalid", env=CREDENTIALS)

    assert 1 == done.returncode
    assert "http://lambda.invalid cannot be reached: check address, region and network" == line_of(done.stderr)


@pytest.fixture
def some_web_server() -> Iterator[str]:
    """Yield a server that is not Lambda's."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_rejects_an_endpoint_that_is_not_lambdas(in_process: Cli, some_web_server: str) -> None:
    """Its page is not shown."""
    done = in_process("invoke", "orders", "--endpoint-url", some_web_server)

    assert 1 == done.returncode
    assert f"{some_web_server} must be an AWS API, got HTTP status 405: check the address" == (line_of(done.stderr))


def test_rejects_what_click_rejects(durable_mi: Cli) -> None:
    """Wrong options end with status 2 and a hint."""
    done = durable_mi("invoke", "order-workflow", "--output", "xml")

    assert 2 == done.returncode
    assert done.stderr.endswith("Error: Invalid value for '--output': 'xml' is not one of 'text', 'json'.\n")


def test_rejects_nothing_to_invoke(durable_mi: Cli) -> None:
    """Neither a function nor a stack."""
    done = durable_mi("invoke")

    assert 2 == done.returncode
    assert "FUNCTION or --stack must be given, got neither: pass one of them" == line_of(done.stderr)
