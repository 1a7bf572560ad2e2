"""Files with what executions hold, which are their owner's alone."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_private", "private_opener"]

_OWNER_ONLY: Final = 0o600


def private_opener(path: str, flags: int) -> int:
    """Open a file that nobody but its owner can read or write; for the ``opener`` of :func:`open`.

    A file that was there before becomes private before anything is written. What is no file, such as a terminal or a
    pipe, stays as it is.
    """
    opened = os.open(path, flags, _OWNER_ONLY)
    try:
        if stat.S_ISREG(os.fstat(opened).st_mode):
            os.fchmod(opened, _OWNER_ONLY)
    except BaseException:
        os.close(opened)
        raise
    return opened


def make_private(path: Path) -> None:
    """Make a file that nobody but its owner can read or write, or make one so; its content stays.

    A file that is there is not opened: closing it would end the locks that this process has on it.

    Raises:
        OSError: It cannot be made, or belongs to somebody else.
    """
    if path.is_file():
        path.chmod(_OWNER_ONLY)
    elif not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, _OWNER_ONLY))
