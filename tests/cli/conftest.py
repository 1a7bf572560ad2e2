"""The endpoint that the CLI tests talk to, and a way to run the CLI.

Tests depend on the fixtures ``endpoint`` and ``durable_mi`` alone: pointing them to another endpoint is a change here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.processes import untraced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Request:
    """A request that the endpoint got."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Endpoint:
    """Where the endpoint listens, and where it records what it was asked."""

    url: str
    record: Path

    @property
    def requests(self) -> list[Request]:
        """Every request since the test began."""
        return [Request(**json.loads(line)) for line in self.record.read_text().splitlines()]


@pytest.fixture(scope="session")
def service_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """Yield the endpoint, once for all tests."""
    record = tmp_path_factory.mktemp("endpoint") / "requests.jsonl"
    script = Path(__file__).with_name("emulated_endpoint.py")
    command = [sys.executable, str(script), str(record)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=untraced()) as process:
        try:
            assert process.stdout is not None
            yield Endpoint(url=process.stdout.readline().strip(), record=record)
        finally:
            process.terminate()


@pytest.fixture
def endpoint(service_endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with nothing asked yet."""
    service_endpoint.record.write_text("")
    return service_endpoint


class Cli(Protocol):
    """Runs ``durable-mi`` as a user would."""

    def __call__(
        self, *arguments: str, env: dict[str, str] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end, in an environment without AWS settings apart from ``env``."""


def environment(directory: Path) -> dict[str, str]:
    """Return an environment that knows no AWS account and no terminal, with ``directory`` as its home."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("AWS_", "COLUMNS", "NO_COLOR", "FORCE_COLOR")) and not key.lower().endswith("_proxy")
    }
    return kept | {
        "AWS_CONFIG_FILE": str(directory / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(directory / "no-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(directory),
    }


@pytest.fixture
def cli_environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of the test's own directory."""
    return environment(tmp_path)


@pytest.fixture(scope="session")
def program() -> str:
    """Where the installed console script lies."""
    return str(Path(sys.executable).parent / "durable-mi")


def _cli(program: str, directory: Path) -> Cli:
    def run(*arguments: str, env: dict[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command: Sequence[str] = [program, *arguments]
        return subprocess.run(
            command,
            env=environment(directory) | (env or {}),
            input=stdin,
            cwd=directory,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def durable_mi(tmp_path: Path, program: str) -> Cli:
    """Return the installed console script, run in an empty directory."""
    return _cli(program, tmp_path)


@dataclass(frozen=True)
class Followed:
    """An order workflow that was followed to its end: what the program wrote, and what it asked."""

    done: subprocess.CompletedProcess[str]
    requests: list[Request]


@pytest.fixture(scope="session")
def followed(program: str, service_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """One run for all tests that only look at it."""
    directory = tmp_path_factory.mktemp("followed")
    order = directory / "basic order.json"
    order.write_text('{"orderId": "order-123"}\n')
    service_endpoint.record.write_text("")
    arguments = (
        "invoke",
        "order-workflow",
        "--payload",
        str(order),
        "--follow",
        "--endpoint-url",
        service_endpoint.url,
    )
    return Followed(done=_cli(program, directory)(*arguments), requests=service_endpoint.requests)
