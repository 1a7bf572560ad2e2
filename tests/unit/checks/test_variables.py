"""Environment variables."""

from __future__ import annotations

import pytest

from durable_mi.checks import variables


@pytest.mark.parametrize("name", ["TABLE_NAME", "ab", "AWS_LAMBDA_EXEC_WRAPPER", "a1"])
def test_names(name: str) -> None:
    """Two characters or more, a letter first; not every AWS_ name is reserved."""
    variables.check_variable_names([name])


@pytest.mark.parametrize("name", ["A", "1A", "_A", "TABLE-NAME", "TABLE NAME", ""])
def test_rejects_names(name: str) -> None:
    """What Lambda's pattern does not take."""
    with pytest.raises(ValueError, match=f"got {name!r}: rename it"):
        variables.check_variable_names(["TABLE_NAME", name])


@pytest.mark.parametrize("name", ["AWS_REGION", "_HANDLER", "LAMBDA_TASK_ROOT"])
def test_rejects_reserved_names(name: str) -> None:
    """What Lambda sets itself."""
    with pytest.raises(ValueError, match=f"environment must not set {name}, which Lambda sets itself"):
        variables.check_variable_names([name])


def test_size() -> None:
    """Names and values together fill 4 KiB."""
    variables.check_environment({"NOTES": "x" * 4091})


@pytest.mark.parametrize("value", ["x" * 4092, "ä" * 2046])
def test_rejects_size(value: str) -> None:
    """One byte more is too much; bytes count, not characters."""
    with pytest.raises(ValueError, match=r"environment must not be above 4096 bytes, .*, got 4097"):
        variables.check_environment({"NOTES": value})
