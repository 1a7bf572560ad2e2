"""The durable execution SDK as a requirement of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.packaging.definition import SDK_MODULE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

__all__ = ["SDK", "check_sdk"]

SDK: Final = "aws-durable-execution-sdk-python"
"""Name of the SDK's distribution."""


def check_sdk(lock: str, names: Collection[str], files: Iterable[str], directories: Iterable[Path]) -> None:
    """Check that a package has the SDK.

    Args:
        lock: Name of the lock, for the message.
        names: The distributions that the lock has, in normal form.
        files: The project's files.
        directories: Directories with installed requirements.

    Raises:
        ValueError: It is neither locked, nor among the files, nor part of an installed requirement.
    """
    if SDK in names or any(file.startswith(f"{SDK_MODULE}/") for file in files):
        return
    if any((directory / SDK_MODULE).exists() or (directory / f"{SDK_MODULE}.py").exists() for directory in directories):
        return
    msg = f"the locked requirements must have {SDK}, which every durable function needs, got {lock} without it; "
    msg += "add it to what the project requires and lock again"
    raise ValueError(msg)
