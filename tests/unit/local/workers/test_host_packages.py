"""What of a function's code another machine needs, and what takes its place."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.workers.machine import host_packages
from durable_mi.local.workers.machine.host_packages import HostPackagesError, fit
from durable_mi.local.workers.machine.installed_distribution import InstalledDistribution
from durable_mi.local.workers.machine.interpreter import Interpreter
from durable_mi.packaging.host import HostInstallError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

X86_64, ARM64 = 62, 183
LINUX = replace(
    Interpreter.running(),
    version=(3, 11, 7),
    system="linux",
    machine="x86_64",
    suffixes=(".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"),
)
MAC = replace(LINUX, system="darwin", machine="arm64", suffixes=(".cpython-311-darwin.so", ".abi3.so", ".so"))


def elf(machine: int) -> bytes:
    """Return the head of a compiled file."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, machine)


def install(code: Path, name: str, files: dict[str, bytes], tag: str = "py3-none-any", requires: str = "") -> None:
    """Lay a distribution of version 1.0 into the code."""
    info = code / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    for file, content in files.items():
        (code / file).parent.mkdir(parents=True, exist_ok=True)
        (code / file).write_bytes(content)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Sequence[str]]:
    """Return what was asked to be installed; the host build of `fast` is a directory made by hand."""
    lines: list[Sequence[str]] = []
    host = tmp_path / "host"
    (host / "fast").mkdir(parents=True)
    (host / "fast" / "core.cpython-311-x86_64-linux-gnu.so").write_bytes(elf(X86_64))
    (host / "fast" / "__init__.py").write_text("host")

    def installed(requirements: Sequence[str], _python: Path, _name: str) -> Path:
        lines.append(requirements)
        return host

    monkeypatch.setattr(host_packages, "installed_for_interpreter", installed)
    return lines


@pytest.mark.parametrize(
    ("compiled", "tag", "interpreter", "foreign"),
    [
        (("core.cpython-311-x86_64-linux-gnu.so", X86_64), "cp311-cp311-manylinux2014_x86_64", LINUX, False),
        (("core.cpython-311-aarch64-linux-gnu.so", ARM64), "cp311-cp311-manylinux2014_aarch64", LINUX, True),
        (("core.cpython-313-x86_64-linux-gnu.so", X86_64), "cp313-cp313-manylinux2014_x86_64", LINUX, True),
        (("core.abi3.so", X86_64), "cp39-abi3-manylinux2014_x86_64", LINUX, False),
        (("core.abi3.so", X86_64), "cp313-abi3-manylinux2014_x86_64", LINUX, True),
        (("core.abi3.so", ARM64), "cp39-abi3-manylinux2014_aarch64", LINUX, True),
        (("tool", ARM64), "py3-none-manylinux2014_aarch64", LINUX, True),
        (("tool", X86_64), "py3-none-manylinux2014_x86_64", LINUX, False),
        (("core.abi3.so", ARM64), "cp39-abi3-manylinux2014_aarch64", MAC, True),
    ],
)
def test_a_distribution_is_foreign_when_a_file_of_it_does_not_load(
    tmp_path: Path, compiled: tuple[str, int], tag: str, interpreter: Interpreter, *, foreign: bool
) -> None:
    """By the extension's name, by the processor in the file, by the stable ABI's oldest Python, by the system."""
    file, machine = compiled
    install(tmp_path, "fast", {f"fast/{file}": elf(machine)}, tag)
    (distribution,) = InstalledDistribution.all_in(tmp_path)
    assert foreign is distribution.is_foreign(tmp_path, interpreter)


def test_code_that_loads_stays_where_it_is(tmp_path: Path, asked: list[Sequence[str]]) -> None:
    """Nothing is composed and nothing installed."""
    install(tmp_path / "code", "pure", {"pure/__init__.py": b""})
    fitted = fit(tmp_path / "code", LINUX, tmp_path / "into")
    assert tmp_path / "code" == fitted.directory
    assert ((), []) == (fitted.notices, asked)
    assert not (tmp_path / "into").exists()


def test_only_the_foreign_files_are_replaced(tmp_path: Path, asked: list[Sequence[str]]) -> None:
    """A directory that both sides share is merged; the project's own files and pure packages are the asset's."""
    code = tmp_path / "code"
    files = {"fast/core.cpython-313-aarch64-linux-gnu.so": elf(ARM64), "fast/__init__.py": b"asset"}
    install(code, "fast", files, "cp313-cp313-manylinux2014_aarch64")
    install(code, "pure", {"pure/__init__.py": b"pure"})
    (code / "fast" / "ours.py").write_text("ours")
    (code / "app.py").write_text("app")
    fitted = fit(code, LINUX, tmp_path / "into")
    assert [("fast==1.0",)] == asked
    assert ["__init__.py", "core.cpython-311-x86_64-linux-gnu.so", "ours.py"] == sorted(
        path.name for path in (fitted.directory / "fast").iterdir()
    )
    assert "host" == (fitted.directory / "fast" / "__init__.py").read_text()
    assert "pure" == (fitted.directory / "pure" / "__init__.py").read_text()
    assert "app" == (fitted.directory / "app.py").read_text()
    assert "asset" == (code / "fast" / "__init__.py").read_text()


def test_what_only_this_python_needs_comes_along(tmp_path: Path, asked: list[Sequence[str]]) -> None:
    """A requirement with a marker that the asset lacks; the installer judges the marker."""
    code = tmp_path / "code"
    files = {"fast/core.cpython-313-aarch64-linux-gnu.so": elf(ARM64)}
    install(code, "fast", files, "cp313-cp313-manylinux2014_aarch64", "older>=1; python_version < '3.12'")
    fit(code, LINUX, tmp_path / "into")
    assert [("fast==1.0", "older>=1; python_version < '3.12'")] == asked


def test_the_lock_in_the_asset_gives_hashes_and_markers(tmp_path: Path, asked: list[Sequence[str]]) -> None:
    """Lines of other distributions stay out, options stay in."""
    code = tmp_path / "code"
    files = {"fast/core.cpython-313-aarch64-linux-gnu.so": elf(ARM64)}
    install(code, "fast", files, "cp313-cp313-manylinux2014_aarch64")
    install(code, "pure", {"pure/__init__.py": b""})
    (code / "requirements.txt").write_text(
        "--no-index\nfast==1.0 \\\n    --hash=sha256:aa\npure==1.0 --hash=sha256:bb\n"
        "older==2.0 ; python_version < '3.12' --hash=sha256:cc\n"
    )
    fit(code, LINUX, tmp_path / "into")
    (lines,) = asked
    assert ["--no-index", "fast==1.0", "older==2.0"] == [line.split()[0] for line in lines]
    assert "--hash=sha256:aa" in lines[1]
    assert "python_version < '3.12'" in lines[2]


def test_the_projects_own_compiled_file_is_named(tmp_path: Path) -> None:
    """There is nothing to install in its place."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "own.cpython-313-aarch64-linux-gnu.so").write_bytes(elf(ARM64))
    (notice,) = fit(tmp_path / "code", LINUX, tmp_path / "into").notices
    assert notice.startswith("own.cpython-313-aarch64-linux-gnu.so was compiled for another machine or Python")


def test_rejects_a_version_without_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what came, what is needed and the way out."""
    files = {"fast/core.cpython-313-aarch64-linux-gnu.so": elf(ARM64)}
    install(tmp_path / "code", "fast", files, "cp313-cp313-manylinux2014_aarch64")

    def fail(*_: object) -> Path:
        msg = "fast==1.0 has no wheel for x86_64 and Python 3.11"
        raise HostInstallError(msg)

    monkeypatch.setattr(host_packages, "installed_for_interpreter", fail)
    with pytest.raises(HostPackagesError, match=r"fast 1\.0, built for cp313-cp313-manylinux2014_aarch64, must be"):
        fit(tmp_path / "code", LINUX, tmp_path / "into")
