"""The pytest plugin for workflows, which pytest loads by its entry point: fixtures and ``--durable-report``.

It imports nothing but pytest until a test asks for a fixture, since pytest loads it in every run of every environment
that has this distribution. The fixtures for snapshots need to be named, see ``durable_mi.testing.plugin``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from durable_mi.testing.runner.history import LastHistory
    from durable_mi.testing.runner.runner import DurableRunner
    from durable_mi.testing.served.apps import LocalApps

__all__ = [
    "assert_replays",
    "durable_history",
    "durable_local",
    "durable_runner",
    "pytest_addoption",
    "pytest_configure",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--durable-report``."""
    group = parser.getgroup("durable executions")
    group.addoption(
        "--durable-report",
        metavar="PATH",
        help="write one HTML page with the crash tests: workflows by crash points, timelines of failing runs",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the runs of crash tests for the report."""
    if config.getoption("durable_report"):
        from durable_mi.testing.report.plugin import ReportPlugin  # noqa: PLC0415 - see above

        config.pluginmanager.register(ReportPlugin(config), "durable-mi-report")


@pytest.fixture
def durable_runner() -> Iterator[DurableRunner]:
    """Run workflows in this process with time skipped; see ``durable_mi.testing.DurableRunner``."""
    from durable_mi.testing.runner.runner import DurableRunner  # noqa: PLC0415 - see above

    with DurableRunner() as runner:
        yield runner


@pytest.fixture
def durable_history(durable_runner: DurableRunner) -> LastHistory:
    """Return the history of the last run of ``durable_runner``, as the API's events, a timeline and HTML."""
    from durable_mi.testing.runner.history import LastHistory  # noqa: PLC0415 - see above

    return LastHistory(durable_runner)


@pytest.fixture(scope="session")
def durable_local() -> Iterator[LocalApps]:
    """Serve an app in the local runtime, ``durable_local("cdk.out", function="orders")``, until the session ends.

    Or serve one handler without an app: ``durable_local(handler="loan.handler")``.
    """
    from durable_mi.testing.served.apps import LocalApps  # noqa: PLC0415 - see above

    apps = LocalApps()
    try:
        yield apps
    finally:
        apps.close()


@pytest.fixture
def assert_replays() -> Callable[..., Any]:
    """Return :func:`durable_mi.testing.replay.assert_replays`, ``assert_replays("tests/histories", handler)``."""
    from durable_mi.testing.replay import assert_replays as check  # noqa: PLC0415 - see above

    return check
