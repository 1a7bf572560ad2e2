"""A function's code in a ``.zip`` file, unpacked as Lambda unpacks it: with the files' modes and symbolic links."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING, Final

from durable_mi.local.workers.start_failure import InitError
from durable_mi.packaging.archive_entry import UNREADABLE, attributes, entry_path, is_link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["unpack"]

_FILE_MODE: Final = 0o644
_DIRECTORY_MODE: Final = 0o755
_OWNER_READS: Final = {False: stat.S_IRUSR, True: stat.S_IRWXU}
"""What the owner may always do with a file and with a directory: the local runtime reads and deletes them."""


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
            links = {_place(entry, into): opened.read(entry) for entry in entries if is_link(entry)}
            for entry in entries:
                if not is_link(entry):
                    _write(opened, entry, _place(entry, into))
            for path, target in links.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(os.fsdecode(target))
            _set_modes(entries, into)
    except UNREADABLE as error:
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
    modes = {_place(entry, into): _mode(entry) for entry in entries if not is_link(entry)}
    for path, mode in sorted(modes.items(), reverse=True):
        path.chmod(mode)


def _place(entry: zipfile.ZipInfo, into: Path) -> Path:
    return into / entry_path(entry)


def _mode(entry: zipfile.ZipInfo) -> int:
    """Return an entry's permissions; those of the archiver's system count where it has none of Unix's."""
    default = _DIRECTORY_MODE if entry.is_dir() else _FILE_MODE
    return (stat.S_IMODE(attributes(entry)) & 0o777 or default) | _OWNER_READS[entry.is_dir()]
