"""The wheel and the source distribution, as they are uploaded."""

from __future__ import annotations

import tarfile
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from typing import TYPE_CHECKING

from tools.release_check.project import NotReleasableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message
    from pathlib import Path

__all__ = ["Archive", "Distributions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A distribution file.

    Attributes:
        path: The file.
        files: The content of each file by its path; for a source distribution without the directory that has its name.
    """

    path: Path
    files: Mapping[str, bytes]

    def metadata(self) -> Message:
        """Return the core metadata.

        Raises:
            NotReleasableError: There is none.
        """
        for name, content in self.files.items():
            if name == "PKG-INFO" or name.endswith(".dist-info/METADATA"):
                return message_from_bytes(content)
        msg = f"{self.path.name} must have core metadata, got none: build it again"
        raise NotReleasableError(msg)


@dataclass(frozen=True, kw_only=True, slots=True)
class Distributions:
    """What one build made."""

    wheel: Archive
    sdist: Archive

    @classmethod
    def read(cls, directory: Path) -> Distributions:
        """Read the wheel and the source distribution of a directory.

        Raises:
            NotReleasableError: The directory must hold exactly one of each, and nothing else.
        """
        names = sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []
        wheels = [name for name in names if name.endswith(".whl")]
        sdists = [name for name in names if name.endswith(".tar.gz")]
        if not (len(wheels) == len(sdists) == 1 and len(names) == len(wheels + sdists)):
            msg = f"{directory} must hold one wheel and one source distribution and nothing else, got {names}"
            raise NotReleasableError(msg)
        try:
            return cls(wheel=_wheel(directory / wheels[0]), sdist=_sdist(directory / sdists[0]))
        except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError) as error:
            msg = f"the files in {directory} must be readable archives, got {error}: build them again"
            raise NotReleasableError(msg) from error


def _wheel(path: Path) -> Archive:
    with zipfile.ZipFile(path) as archive:
        return Archive(path=path, files={name: archive.read(name) for name in archive.namelist() if name[-1] != "/"})


def _sdist(path: Path) -> Archive:
    top = path.name.removesuffix(".tar.gz") + "/"
    files = {}
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isdir():
                continue
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or not member.name.startswith(top):
                msg = f"{path.name} must hold only files below {top}, got {member.name}: build it again"
                raise NotReleasableError(msg)
            files[member.name.removeprefix(top)] = content.read()
    return Archive(path=path, files=files)
