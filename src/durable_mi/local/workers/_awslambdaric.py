"""AWS's runtime client, ``awslambdaric``: how it is started, what it reads, what it needs.

Its way to run several worker processes is not documented, so all of it is here, and
``tests/unit/local/test_awslambdaric_contract.py`` checks each part and names the one that moved. The fallback runtime
client reads the same variables.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DISTRIBUTION",
    "PACKAGES",
    "command",
    "environment_variables",
    "execution_env",
    "installed_version",
    "log_variables",
]

DISTRIBUTION: Final = "awslambdaric"
PACKAGES: Final = (DISTRIBUTION, "simplejson", "snapshot-restore-py")
"""The client and the packages that it requires."""


def installed_version() -> str | None:
    """Return the version that is installed for this process, ``None`` if there is none."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return None


def command(python: Path, handler: str) -> list[str]:
    """Return the command line of the process that forks the workers.

    Args:
        python: The interpreter.
        handler: ``module.function``.
    """
    return [os.fspath(python), "-m", "awslambdaric", handler]


def environment_variables(*, runtime_api: str, concurrency: int, log_socket: Path) -> dict[str, str]:
    """Return the variables that join the processes to their execution environment.

    Args:
        runtime_api: Host and port of the Runtime API.
        concurrency: Number of worker processes; that it is set at all makes the client fork.
        log_socket: Unix socket that each worker connects its standard output and error to.
    """
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_MAX_CONCURRENCY": str(concurrency),
        "_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET": str(log_socket),
    }


def log_variables(level: str) -> dict[str, str]:
    """Return the variables that make the client write its log lines as JSON.

    Args:
        level: The level of the function's logging configuration.
    """
    return {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}


def execution_env(runtime: str) -> dict[str, str]:
    """Return the variable by which the client knows a runtime: how it polls, and how it writes JSON.

    Args:
        runtime: The runtime's identifier, such as ``python3.13``.
    """
    return {"AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}"}
