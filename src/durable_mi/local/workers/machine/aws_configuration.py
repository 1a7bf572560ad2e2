"""The AWS configuration and credentials of this machine's user, which handlers do not get."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["places", "variables"]

_FILES: Final = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}
"""The variables that move the files, and the files' names in ``~/.aws``.
https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html"""


def variables(home: Path) -> dict[str, str]:
    """Return the variables that lead a process to an empty home, so that no profile's name is known there.

    Args:
        home: An empty directory.
    """
    return {"HOME": str(home), **{name: str(home / ".aws" / file) for name, file in _FILES.items()}}


def places(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return where the user's configuration and credentials can be, for a process that looks past the variables.

    Args:
        environment: The user's environment variables. Defaults to those of this process.
    """
    homes = {environment.get("HOME", ""), _home_of_account()}
    files = (os.path.expanduser(environment.get(name, "")) for name in _FILES)  # noqa: PTH111 - pathlib's can raise
    return [
        *(Path(home) / ".aws" for home in sorted(homes) if home),
        *(Path(file) for file in files if file),
    ]


def _home_of_account() -> str:
    """Return the home that the system's list of users names, which ``HOME`` can differ from."""
    import pwd  # noqa: PLC0415 - not on every system

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""
