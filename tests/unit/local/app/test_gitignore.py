"""Which files git ignores, as the event loop of the local runtime asks."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

from durable_mi.local.app.gitignore import ignored_by_git
from durable_mi.local.event_loop import new_event_loop

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def ask(directory: Path, *names: str, times: int = 1) -> list[set[str]]:
    """Return the answers of asking some times."""

    async def scene() -> list[set[str]]:
        return [await ignored_by_git(directory, {str(directory / name) for name in names}) for _ in range(times)]

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(scene())


def test_what_a_repository_ignores(tmp_path: Path) -> None:
    """By its own file, whatever the name holds."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("*.log\n")

    assert [{str(tmp_path / "a\nb.log")}] == ask(tmp_path, "a\nb.log", "app.py")


def test_git_that_ends_without_reading_ignores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no repository it does, before or while it is asked."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nexit 128\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent), prepend=":")

    assert [set()] * 30 == ask(tmp_path, *(f"{number:0200}.py" for number in range(1000)), times=30)
