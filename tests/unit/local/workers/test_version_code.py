"""The code of a version: unpacked once, fitted once, and known before processes start."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.local.workers.code.version_code import VersionCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction


class Machine:
    """Fits code into another directory, as for packages that were compiled for another machine."""

    def __init__(self) -> None:
        self.fitted: list[Path] = []

    def fit(self, code: Path, into: Path) -> Any:
        """Note what is fitted."""
        self.fitted.append(code)
        into.mkdir()
        return SimpleNamespace(directory=into, notices=())


def test_the_given_code_is_known_beside_the_fitted(make_function: Callable[..., AppFunction]) -> None:
    """Handlers may change neither, also those of a version that is published while others run."""
    machine: Any = Machine()
    code = VersionCode(make_function("orders", code="def handler(event, context): ..."), machine)

    async def fit_twice() -> None:
        await code.fit()
        await code.fit()

    asyncio.run(fit_twice())
    assert [code.given] == machine.fitted
    assert "index.py" in {file.name for file in code.given.iterdir()}
    assert code.given != code.fitted
    code.clean_up()
    assert not code.given.exists()
    assert not code.fitted.exists()


def test_rejects_processes_before_the_code_is_fitted(make_function: Callable[..., AppFunction]) -> None:
    """Or they would run wherever the command was called."""
    machine: Any = Machine()
    with pytest.raises(RuntimeError, match="the code of orders must be fitted before"):
        _ = VersionCode(make_function("orders"), machine).fitted
