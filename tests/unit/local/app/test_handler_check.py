"""A handler that cannot run is known before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.app.functions import DurableConfig
from durable_mi.local.app.handler_check import handler_problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE = """\
from aws_durable_execution_sdk_python import durable_execution
from somewhere import wrapped

@durable_execution
def handler(event, context): ...

@durable_execution
async def coroutine(event, context): ...

def plain(event, context): ...

@wrapped
def elsewhere(event, context): ...

async def plain_coroutine(event, context): ...

NUMBER = 3
"""
DURABLE = DurableConfig(execution_timeout=600, retention_days=1)


@pytest.fixture
def problem_of(tmp_path: Path, make_function: Callable[..., Any]) -> Callable[..., str | None]:
    """Return what is wrong with a handler of the module."""
    (tmp_path / "app.py").write_text(SOURCE)

    def find(handler: str, durable: DurableConfig | None = DURABLE) -> str | None:
        return handler_problem(make_function("orders", handler=handler, durable=durable), tmp_path)

    return find


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        ("app.plain", "must name a function that is wrapped in @durable_execution"),
        ("app.coroutine", "must name a function that is not async"),
        ("app.plain_coroutine", "must name a function that is not async"),
        ("app.gone", "must name a function of its module"),
        ("app.NUMBER", "must name a function, got"),
        ("gone.handler", "must name a module in the package"),
    ],
)
def test_rejects_a_handler_that_cannot_run(problem_of: Callable[..., str | None], handler: str, problem: str) -> None:
    """Missing, async, or not durable."""
    assert f"handler {problem}" in str(problem_of(handler))


def test_a_plain_function_needs_no_decorator(problem_of: Callable[..., str | None]) -> None:
    """But must be there, and not be async."""
    assert problem_of("app.plain", None) is None
    assert "not async" in str(problem_of("app.plain_coroutine", None))
    assert "of its module" in str(problem_of("app.gone", None))


@pytest.mark.parametrize("handler", ["app.handler", "app.elsewhere"])
def test_what_is_durable_or_not_certain_is_no_problem(problem_of: Callable[..., str | None], handler: str) -> None:
    """A decorator of another package can do the same."""
    assert problem_of(handler) is None
