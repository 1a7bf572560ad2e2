"""A function's code in a ``.zip`` file, unpacked as Lambda unpacks it: with the files' modes and symbolic links."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import zipfile
import zlib
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["unpack"]

_UNIX: Final = 3
"""The system in an entry's header whose modes are in the upper half of its attributes. APPNOTE.TXT, 4.4.2."""
_FILE_MODE: Final = 0o644
_DIRECTORY_MODE: Final = 0o755
_OWNER_READS: Final = {False: stat.S_IRUSR, True: stat.S_IRWXU}
"""What the owner may always do with a file and with a directory: the local runtime reads and deletes them."""

_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, struct.error, EOFError, OSError),
    # For an entry with a password or in an unknown compression, and for names that cannot be one here.
    *(RuntimeError, ValueError),
)


def unpack(archive: Path, into: Path) -> None:
    """Unpack an archive.

    Symbolic links are made last, so that no entry is written through one. They may point anywhere, as on Lambda.

    Args:
        archive: The file.
        into: An empty directory.

    Raises:
        InitError: The file is no archive, is damaged, or has an entry that cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            links = {_place(entry, into): opened.read(entry) for entry in entries if _is_link(entry)}
            for entry in entries:
                if not _is_link(entry):
                    _write(opened, entry, _place(entry, into))
            for path, target in links.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(os.fsdecode(target))
            _set_modes(entries, into)
    except _UNREADABLE as error:
        reason = str(error) or type(error).__name__
        msg = f"the code must be a .zip file that can be unpacked, got {archive}: {reason}; run `cdk synth` again"
        raise InitError(msg) from error


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(entry) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _set_modes(entries: Iterable[zipfile.ZipInfo], into: Path) -> None:
    """Set the modes after everything is written: a directory's may forbid writing into it."""
    modes = {_place(entry, into): _mode(entry) for entry in entries if not _is_link(entry)}
    for path, mode in sorted(modes.items(), reverse=True):
        path.chmod(mode)


def _place(entry: zipfile.ZipInfo, into: Path) -> Path:
    """Return where an entry goes.

    Raises:
        ValueError: That is outside of the directory.
    """
    name = PurePosixPath(entry.filename)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        msg = f"its entries must be below its root, got {entry.filename!r}"
        raise ValueError(msg)
    return into / name


def _attributes(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16 if entry.create_system == _UNIX else 0


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(_attributes(entry))


def _mode(entry: zipfile.ZipInfo) -> int:
    """Return an entry's permissions; those of the archiver's system count where it has none of Unix's."""
    default = _DIRECTORY_MODE if entry.is_dir() else _FILE_MODE
    return (stat.S_IMODE(_attributes(entry)) & 0o777 or default) | _OWNER_READS[entry.is_dir()]
