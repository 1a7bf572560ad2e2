"""The modules of an asset that is a ``.zip`` file, unpacked for as long as they are read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from durable_mi.packaging.archive_entry import UNREADABLE, entry_path, is_link

if TYPE_CHECKING:
    from pathlib import PurePosixPath
    from types import TracebackType
    from typing import Self

__all__ = ["ArchiveError", "UnpackedArchive"]

_MOST_BYTES: Final = 262_144_000
"""Lambda's limit of a package that is unpacked. An archive can be made that unpacks to a thousand times its size."""

_MOST_BYTES_OF_MODULE: Final = 4_000_000
"""A syntax tree takes a hundred times as much memory."""

_MOST_ENTRIES: Final = 200_000
_COMPILED: Final = frozenset({".so", ".pyd", ".pyc", ".pth"})
_NOTES: Final = frozenset({"RECORD", "direct_url.json"})
"""What pip notes about a package, in its directory ``*.dist-info``."""


class ArchiveError(Exception):
    """An archive that cannot be read; ``str()`` says why, in one line."""


@dataclass(slots=True)
class UnpackedArchive:
    """The modules of an archive in a directory, as a context.

    Attributes:
        archive: The archive.
        has_links: Whether it has symbolic links, which are left out: what they lead to is not known to be absent.
    """

    archive: Path
    has_links: bool = False
    _place: TemporaryDirectory[str] | None = None

    @property
    def directory(self) -> Path:
        """Where the modules are."""
        assert self._place is not None  # noqa: S101 - the context was entered
        return Path(self._place.name)

    def __enter__(self) -> Self:
        """Unpack it.

        Raises:
            ArchiveError: It is no archive, is damaged or protected, or has entries that no package has.
        """
        self._place = TemporaryDirectory(prefix="durable-mi-lint-")
        # What is found is named by the archive, and not by the place.
        try:
            with zipfile.ZipFile(self.archive) as opened:
                self._unpack(opened)
        except ArchiveError:
            self._place.cleanup()
            raise
        except (*UNREADABLE, MemoryError, NotImplementedError) as error:
            self._place.cleanup()
            msg = f"cannot be unpacked: {' '.join(str(error).split()) or type(error).__name__}"
            raise ArchiveError(msg) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the modules."""
        if self._place is not None:
            self._place.cleanup()

    def shown(self, file: Path) -> Path:
        """Return how a file is named: ``asset.zip!/module.py``; files of something else stay as they are."""
        if not file.is_relative_to(self.directory):
            return file
        return Path(f"{self.archive}!", file.relative_to(self.directory))

    def _unpack(self, opened: zipfile.ZipFile) -> None:
        entries = opened.infolist()
        if len(entries) > _MOST_ENTRIES:
            msg = f"has {len(entries)} entries, more than {_MOST_ENTRIES}"
            raise ArchiveError(msg)
        left = _MOST_BYTES
        for entry in entries:
            path = entry_path(entry)
            if entry.is_dir():
                continue
            if is_link(entry):
                self.has_links = True
            elif _is_read(path):
                content = _content(opened, entry, min(left, _MOST_BYTES_OF_MODULE))
                left -= len(content)
                self._write(path, content)
            elif path.suffix in _COMPILED:
                # Only that it is there counts.
                self._write(path, b"")

    def _write(self, path: PurePosixPath, content: bytes) -> None:
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _is_read(path: PurePosixPath) -> bool:
    return path.suffix == ".py" or (path.name in _NOTES and path.parent.name.endswith(".dist-info"))


def _content(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    # The size in the header is whatever whoever made the archive wrote there.
    with opened.open(entry) as source:
        content = source.read(most + 1)
    if len(content) > most:
        msg = f"unpacks to more than is read, at {entry.filename!r}: {_MOST_BYTES_OF_MODULE:,} bytes of a module"
        msg += f", {_MOST_BYTES:,} of all"
        raise ArchiveError(msg)
    return content
