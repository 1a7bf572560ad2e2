"""What the local runtime relies on in awslambdaric, AWS's runtime client: each test names what moved."""

from __future__ import annotations

import os
import re
import socket
import sys
from importlib import import_module
from importlib.metadata import requires
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from contract import find, moved

from durable_mi.local.workers import _awslambdaric

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric has wheels for Linux only")

PACKAGE = "awslambdaric"
SOURCE = Path(__file__).parents[4] / "src/durable_mi"
CALLED: dict[str, tuple[int, tuple[str, ...]]] = {
    "__main__.main": (1, ()),
    "bootstrap.run": (2, ()),
    "lambda_config.LambdaConfigProvider": (2, ()),
    "lambda_multi_concurrent_utils.MultiConcurrentRunner.run_concurrent": (5, ()),
    "lambda_multi_concurrent_utils.MultiConcurrentRunner.run_single": (4, ()),
}


def test_every_name_is_where_it_is_expected() -> None:
    """With the parameters that it is called with."""
    found = moved(PACKAGE, present=(), called=CALLED, overridden={})
    assert [] == found, "\n".join(found)


def test_the_module_is_started_with_its_handler() -> None:
    """As in `python -m awslambdaric module.function`."""
    assert ["/usr/bin/python3", "-m", PACKAGE, "index.handler"] == _awslambdaric.command(
        Path("/usr/bin/python3"), "index.handler"
    )


def variables() -> dict[str, str]:
    """Our variables."""
    return {
        **_awslambdaric.environment_variables(
            runtime_api="127.0.0.1:9001",
            concurrency=16,
            log_socket=Path("/tmp/logs.sock"),  # noqa: S108 - a name
        ),
        **_awslambdaric.execution_env("python3.13"),
    }


def config() -> Any:
    """Return the client's configuration from our variables."""
    provider = find(PACKAGE, "lambda_config.LambdaConfigProvider")
    return provider(_awslambdaric.command(Path("python"), "index.handler")[2:], variables())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("handler", "index.handler"),
        ("api_address", "127.0.0.1:9001"),
        ("is_multi_concurrent", True),
        ("max_concurrency", "16"),
        ("lmi_socket_path", "/tmp/logs.sock"),  # noqa: S108 - a name
        ("use_thread_polling", True),
    ],
)
def test_the_client_reads_our_variables(name: str, value: object) -> None:
    """Each by its name."""
    assert value == getattr(config(), name), f"LambdaConfigProvider.{name}"


def test_main_runs_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the variables say, in the order that it takes."""
    ran: list[Any] = []
    runner = find(PACKAGE, "lambda_multi_concurrent_utils.MultiConcurrentRunner")
    monkeypatch.setattr(runner, "run_concurrent", lambda *args: ran.append(args))
    for variable, value in variables().items():
        monkeypatch.setenv(variable, value)
    import_module(f"{PACKAGE}.__main__").main([PACKAGE, "index.handler"])
    assert [("index.handler", "127.0.0.1:9001", True, "/tmp/logs.sock", 16)] == ran  # noqa: S108 - a name


@pytest.fixture
def output(tmp_path: Path) -> Iterator[tuple[socket.socket, Path]]:
    """Open a listening socket for a worker's output."""
    path = tmp_path / "logs.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(path))
        listener.listen()
        yield listener, path


def test_a_worker_connects_both_outputs_to_the_socket(
    output: tuple[socket.socket, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MultiConcurrentRunner.run_single: one connection each, before the handler is loaded."""
    listener, path = output
    runner = find(PACKAGE, "lambda_multi_concurrent_utils.MultiConcurrentRunner")
    duplicated: list[int] = []
    monkeypatch.setattr("os.dup2", lambda _, target: duplicated.append(target))
    monkeypatch.setattr(f"{PACKAGE}.bootstrap.run", lambda *_: duplicated.append(-1))
    with Path(os.devnull).open("w") as first, Path(os.devnull).open("w") as second:
        monkeypatch.setattr(sys, "stdout", first)
        monkeypatch.setattr(sys, "stderr", second)
        expected = [first.fileno(), second.fileno(), -1]
        runner.run_single("index.handler", "127.0.0.1:9001", False, os.fspath(path))  # noqa: FBT003 - as the client does
    assert expected == duplicated, "MultiConcurrentRunner.run_single does not redirect the output"
    listener.settimeout(0)
    for _ in range(2):
        listener.accept()[0].close()


@pytest.mark.parametrize(("level", "expected"), [("DEBUG", "DEBUG"), ("TRACE", "DEBUG"), ("WARN", "WARN")])
def test_the_log_is_json_at_the_functions_level(level: str, expected: str) -> None:
    """The client reads the format and the level when its bootstrap is imported."""
    logging = _awslambdaric.log_variables(level)
    assert {"AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"} == set(logging)
    read = re.findall(r'environ\.get\(\s*"(AWS_LAMBDA_LOG_\w+)"', Path(find(PACKAGE, "bootstrap").__file__).read_text())
    assert set(logging) == set(read), "awslambdaric.bootstrap reads other variables"
    utils = find(PACKAGE, "lambda_runtime_log_utils")
    assert utils.LogFormat.JSON == utils.LogFormat.from_str(logging["AWS_LAMBDA_LOG_FORMAT"])
    assert expected == utils._get_log_level_from_env_var(logging["AWS_LAMBDA_LOG_LEVEL"])


def test_it_needs_the_packages_that_are_installed_for_other_interpreters() -> None:
    """The requirements of the distribution, without those of its own development."""
    needed = {
        re.split(r"[^A-Za-z0-9._-]", line)[0].lower()
        for line in requires(_awslambdaric.DISTRIBUTION) or ()
        if "extra ==" not in line
    }
    assert {_awslambdaric.DISTRIBUTION, *needed} == set(_awslambdaric.PACKAGES)


def test_one_module_names_its_private_variables() -> None:
    """The fallback client beside it, which runs in another interpreter and imports nothing of ours."""
    private = re.compile(r"AWS_LAMBDA_MAX_CONCURRENCY|_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET")
    found = {str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py") if private.search(file.read_text())}
    assert {"local/workers/_awslambdaric.py", "local/runtime_client/processes.py"} == found
