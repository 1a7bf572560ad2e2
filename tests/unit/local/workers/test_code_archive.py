"""Code in a `.zip` file: what Lambda keeps of it, and archives that cannot be unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.workers.code.archive import unpack
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def entry(name: str, mode: int, *, system: int = 3) -> zipfile.ZipInfo:
    """Return an entry's header."""
    made = zipfile.ZipInfo(name)
    made.create_system = system
    made.external_attr = mode << 16
    return made


def link(name: str) -> zipfile.ZipInfo:
    """Return the header of a symbolic link."""
    return entry(name, stat.S_IFLNK | 0o777)


def archive(path: Path, *entries: tuple[zipfile.ZipInfo | str, str]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for header, content in entries:
            made.writestr(header, content)
    return path


def unpacked(tmp_path: Path, *entries: tuple[zipfile.ZipInfo | str, str]) -> Path:
    """Return the directory of an archive's unpacked entries."""
    into = tmp_path / "into"
    into.mkdir()
    unpack(archive(tmp_path / "code.zip", *entries), into)
    return into


def test_files_and_directories_keep_their_modes(tmp_path: Path) -> None:
    """A script stays executable; where the archiver's system has no modes, everyone may read."""
    into = unpacked(
        tmp_path,
        (entry("bin/run", stat.S_IFREG | 0o755), "#!/bin/sh"),
        (entry("secret", stat.S_IFREG | 0o400), "s"),
        (entry("sticky", stat.S_IFREG | 0o4755), "s"),
        (entry("closed/", stat.S_IFDIR | 0o700), ""),
        (entry("closed/inside", stat.S_IFREG | 0o640), "i"),
        (entry("windows", 0, system=0), "w"),
    )
    modes = {path.relative_to(into).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in into.rglob("*")}
    assert {
        "bin": modes["bin"],
        "bin/run": 0o755,
        "secret": 0o400,
        "sticky": 0o755,
        "closed": 0o700,
        "closed/inside": 0o640,
        "windows": 0o644,
    } == modes


def test_symbolic_links_stay_links(tmp_path: Path) -> None:
    """Those that point nowhere, or out of the code, included: Lambda keeps them too."""
    into = unpacked(
        tmp_path,
        (link("lib/libx.so"), "libx.so.1"),
        ("lib/libx.so.1", "library"),
        (link("out"), "/etc/hostname"),
        (link("loop"), "loop"),
    )
    assert "library" == (into / "lib" / "libx.so").read_text()
    links = {path.relative_to(into).as_posix(): str(path.readlink()) for path in into.rglob("*") if path.is_symlink()}
    assert {"lib/libx.so": "libx.so.1", "out": "/etc/hostname", "loop": "loop"} == links


def _encrypted(path: Path) -> None:
    content = bytearray(archive(path, ("app.py", "x")).read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)


def _damaged(path: Path) -> None:
    content = bytearray(archive(path, ("app.py", "print('hello, hello, hello')" * 20)).read_bytes())
    content[45] ^= 0xFF
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(archive(path, ("app.py", "x" * 1000)).read_bytes()[:60])


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda path: path.write_bytes(b"not a zip"), "File is not a zip file"),
        (lambda path: path.write_bytes(b""), "File is not a zip file"),
        (lambda _: None, "No such file or directory"),
        (_cut, "File is not a zip file"),
        (_damaged, ": "),
        (_encrypted, "encrypted"),
        (lambda path: archive(path, ("../app.py", "x")), "must be below its root, got '../app.py'"),
        (lambda path: archive(path, ("a/../../app.py", "x")), "must be below its root"),
        (lambda path: archive(path, ("/app.py", "x")), "must be below its root"),
        (lambda path: archive(path, (link("../out"), "x")), "must be below its root"),
        (lambda path: archive(path, (link("out"), ".."), ("out/app.py", "x")), "File exists"),
        (lambda path: archive(path, (link("null"), "a\0b")), "null"),
        (lambda path: archive(path, ("a", "x"), ("a/b", "x")), "File exists"),
        (lambda path: archive(path, ("n" * 300, "x")), "File name too long"),
    ],
)  # fmt: skip
def test_rejects_an_archive_in_one_line(tmp_path: Path, write: Callable[[Path], object], says: str) -> None:
    """It names the file and what is wrong with it; nothing is written outside of the directory."""
    path, into = tmp_path / "code.zip", tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    write(path)
    with pytest.raises(InitError, match=re.escape(says)) as rejected:
        unpack(path, into)
    assert str(rejected.value).startswith(f"the code must be a .zip file that can be unpacked, got {path}: ")
    assert "\n" not in str(rejected.value)
    assert [] == [each for each in tmp_path.rglob("*") if each.is_file() and into not in each.parents and each != path]
