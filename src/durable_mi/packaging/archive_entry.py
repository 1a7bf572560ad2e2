"""Entries of a ``.zip`` file with code, of which nobody knows who made it."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import Final

__all__ = ["UNREADABLE", "attributes", "entry_path", "is_link"]

_UNIX: Final = 3
"""The system in an entry's header whose modes are in the upper half of its attributes. APPNOTE.TXT, 4.4.2."""

UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, struct.error, EOFError, OSError),
    # For an entry with a password or in an unknown compression, and for names that cannot be one here.
    *(RuntimeError, ValueError),
)
"""What reading an archive that is damaged raises."""


def entry_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Return where an entry goes, below the archive's root.

    Raises:
        ValueError: That is outside of it.
    """
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        msg = f"its entries must be below its root, got {entry.filename!r}"
        raise ValueError(msg)
    return name


def attributes(entry: zipfile.ZipInfo) -> int:
    """Return an entry's type and permissions as Unix has them; 0 if another system made it."""
    return entry.external_attr >> 16 if entry.create_system == _UNIX else 0


def is_link(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a symbolic link."""
    return stat.S_ISLNK(attributes(entry))
