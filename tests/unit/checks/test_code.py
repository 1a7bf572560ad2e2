"""Runtime, architecture, handler, description."""

from __future__ import annotations

import pytest

from durable_mi.checks import code


@pytest.mark.parametrize("name", ["python3.13", "python3.14", "python3.20", "python4.0"])
def test_runtime(name: str) -> None:
    """Python 3.13, and whatever comes after it."""
    code.check_runtime(name)


@pytest.mark.parametrize(
    "name", ["python3.12", "python3.9", "python2.7", "nodejs24.x", "provided.al2023", "python3", ""]
)
def test_rejects_runtime(name: str) -> None:
    """Everything else, with what to move to."""
    with pytest.raises(ValueError, match=rf"got {name}: move the function to python3\.13 or python3\.14"):
        code.check_runtime(name)


@pytest.mark.parametrize("name", ["arm64", "x86_64"])
def test_architecture(name: str) -> None:
    """Two instruction sets are known."""
    code.check_architecture(name)


def test_rejects_architecture() -> None:
    """A third is refused."""
    with pytest.raises(ValueError, match="architecture must be arm64 or x86_64, got ARM64"):
        code.check_architecture("ARM64")


@pytest.mark.parametrize(
    "value", ["index.handler", "orders.workflow.handler", "orders/workflow.handler", "x." + "y" * 126]
)
def test_handler(value: str) -> None:
    """A module and a function in it."""
    code.check_handler(value)


@pytest.mark.parametrize("value", ["", "handler", "handler.", ".handler", "a..b", "index handler.x", "x." + "y" * 127])
def test_rejects_handler(value: str) -> None:
    """No module, no function, white space, too long."""
    with pytest.raises(ValueError, match=r"handler must be a module and a function.*write 'order\.handler'"):
        code.check_handler(value)


def test_description() -> None:
    """256 characters fit."""
    code.check_description("x" * 256)


def test_rejects_description() -> None:
    """One more does not, and the message says by how much."""
    with pytest.raises(ValueError, match="at most 256 characters, got 260: shorten it by 4"):
        code.check_description("x" * 260)
