"""`make matrix` and `make oldest`: which interpreters and which versions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests import cdk_bounds
from tests.project.conftest import ROOT
from tools import matrix


def interpreter(path: Path, script: str) -> Path:
    """Write a program in the place of an interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_finds_this_python() -> None:
    """The real one, by its own directory."""
    version = ".".join(map(str, sys.version_info[:2]))
    folder = Path(sys.executable).resolve().parent

    assert folder / f"python{version}" == matrix.find(version, {"PATH": str(folder)})


def test_looks_behind_shims_that_fail(tmp_path: Path) -> None:
    """A shim of pyenv without a selected version, a program of another version, then pyenv's own, the newest first."""
    interpreter(tmp_path / "shims/python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    interpreter(tmp_path / "other/python3.12", "echo 3.11")
    interpreter(tmp_path / "pyenv/versions/3.12.1/bin/python", "echo 3.12")
    newest = interpreter(tmp_path / "pyenv/versions/3.12.4/bin/python", "echo 3.12")
    path = os.pathsep.join(str(tmp_path / each) for each in ("none", "shims", "other"))

    assert newest == matrix.find("3.12", {"PATH": path, "PYENV_ROOT": str(tmp_path / "pyenv")})
    assert matrix.find("3.13", {"PATH": path, "PYENV_ROOT": str(tmp_path / "pyenv")}) is None
    assert matrix.find("3.12", {}) is None


def test_lists_every_supported_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One that is not there is named, and a failure is one whatever passes after it."""
    there = {"3.11": tmp_path / "a", "3.13": tmp_path / "b"}
    monkeypatch.setattr(matrix, "supported", lambda: ["3.11", "3.12", "3.13"])
    monkeypatch.setattr(matrix, "find", lambda version, _: there.get(version))
    monkeypatch.setattr(matrix, "prepare", lambda _, path: path)
    monkeypatch.setattr(matrix, "run", lambda python, _: python.name == "b")

    assert 1 == matrix.main(["tests/unit"])
    assert [
        "Python 3.11: failed",
        "Python 3.12: not on this machine, not tested",
        "Python 3.13: passed",
    ] == capsys.readouterr().out.splitlines()[-3:]


def test_rejects_a_machine_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was tested then."""
    monkeypatch.setattr(matrix, "find", lambda *_: None)

    assert 1 == matrix.main(["tests/unit"])


def test_the_supported_pythons_are_the_classifiers() -> None:
    """At least the one that runs this."""
    assert ".".join(map(str, sys.version_info[:2])) in matrix.supported(ROOT)


def test_the_oldest_cdk_is_the_lower_bound() -> None:
    """Each dependency of the bare install has one."""
    assert [each.split(",")[0].replace(">=", "==") for each in cdk_bounds.dependencies()] == cdk_bounds.lower_bounds()


@pytest.mark.parametrize("arguments", [[], ["old"], ["-x"]])
def test_rejects_another_end(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """In one line."""
    assert 2 == cdk_bounds.main(arguments)
    assert "the first argument must be one of oldest, newest, got" in capsys.readouterr().err
