"""What `--watch` takes for a change, how often it synthesizes, and what it publishes."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from durable_mi.cloudformation.assembly import CloudAssembly, Stack
from durable_mi.cloudformation.resource import Resource
from durable_mi.local.app.functions import AppFunction, app_functions
from durable_mi.local.app.gitignore import ignored_by_git
from durable_mi.local.app.served_releases import ServedReleases
from durable_mi.local.app.source_contents import SourceContents
from durable_mi.local.app.watch_filter import SourceFilter
from durable_mi.local.app.watch_pace import WatchPace
from durable_mi.local.app.watch_settings import WatchSettings


@pytest.fixture
def function(tmp_path: Path) -> AppFunction:
    """Return a function of an app."""
    (tmp_path / "asset.1").mkdir()
    properties = {"Handler": "app.handler", "Runtime": "python3.13", "Code": {"S3Key": "1.zip"}}
    resource = Resource("Order", "AWS::Lambda::Function", properties, "Shop/Order/Resource")
    stack = Stack("Shop", "Shop", None, None, {"Order": resource}, assets={"1.zip": tmp_path / "asset.1"})
    (found,) = app_functions(CloudAssembly(tmp_path, (stack,)), "us-east-1")
    return found


def test_an_app_that_says_the_same_publishes_nothing(
    function: AppFunction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code is the same however its path is spelled; names, versions and aliases are no part of a version."""
    monkeypatch.chdir(tmp_path)
    releases = ServedReleases([replace(function, code=Path("asset.1"))])
    same = replace(
        function, version="7", aliases={"live": "7"}, environments=5, path="Shop/Renamed", made_up={"A": "b"}
    )
    assert [] == releases.differing([function, same])


@pytest.mark.parametrize(
    "change",
    [
        {"code": Path("asset.2")},
        {"code_key": "2.zip"},
        {"environment": {"TABLE": "orders"}},
        {"timeout": 9},
        {"memory": 4096},
        {"handler": "app.other"},
        {"description": "other"},
        {"concurrency": 3},
    ],
)
def test_other_code_or_configuration_is_published(function: AppFunction, change: dict[str, object]) -> None:
    """Each is part of a version. The same change a second time is none."""
    releases = ServedReleases([function])
    changed = replace(function, **change)  # type: ignore[arg-type]
    assert [changed] == releases.differing([changed])
    releases.published(changed)
    assert [] == releases.differing([changed])
    assert [function] == releases.differing([function])


def test_what_could_not_be_loaded_is_tried_again_when_it_changes(function: AppFunction) -> None:
    """Going back to what is served publishes nothing."""
    broken = replace(function, handler="broken.handler")
    releases = ServedReleases([function])
    releases.failed(broken)
    assert [] == releases.differing([broken])
    assert [] == releases.differing([function])
    assert [broken] == releases.differing([broken])


def test_a_function_that_is_not_served_is_not_published(function: AppFunction) -> None:
    """`--function` chose another one, or it is new."""
    assert [] == ServedReleases([]).differing([function])


def test_a_code_key_comes_from_the_template(function: AppFunction) -> None:
    """Assets that are not staged keep their path when their content changes, but not their key."""
    assert "1.zip" == function.code_key


def test_only_other_content_is_a_change(tmp_path: Path) -> None:
    """Written again, touched, or made and gone at once: nothing. New, edited, moved and deleted: a change."""
    select = SourceFilter(tmp_path, WatchSettings())
    file, new = tmp_path / "app.py", tmp_path / "stack" / "new.py"
    file.write_text("one")
    contents = SourceContents(tmp_path, select)
    file.write_text("one")
    os.utime(file, (1, 1))
    assert set() == contents.changed([str(file), str(tmp_path / "never.py")], select)
    file.write_text("two")
    new.parent.mkdir()
    assert {str(file)} == contents.changed([str(file), str(new.parent)], select)
    new.touch()
    assert {str(new)} == contents.changed([str(new.parent)], select)
    moved = new.parent.rename(tmp_path / "moved")
    assert {str(new), str(moved / "new.py")} == contents.all_changed(select)
    assert set() == contents.all_changed(select)


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """Reading one would wait for ever."""
    os.mkfifo(tmp_path / "pipe")
    select = SourceFilter(tmp_path, WatchSettings())
    assert set() == SourceContents(tmp_path, select).all_changed(select)


def test_files_that_change_nothing_again_and_again_wait_longer() -> None:
    """New names of one kind too; another file, and another result, are due at once."""
    pace, now, pauses = WatchPace(Path("/app")), 0.0, []
    for number in range(9):
        paths = [f"/app/out/{number}/result.json"]
        began = now
        while not pace.is_due(paths, now):
            now += 0.5
        pauses.append(now - began)
        pace.record(paths, began=now, ended=now + 2, useful=False)
        now += 2
    assert [0, 0, 1, 2, 4, 8, 16, 32, 60] == pauses
    assert not pace.is_due(["/app/out/new/result.json"], now)
    assert pace.is_due(["/app/out/new/result.json", "/app/app.py"], now)
    assert pace.is_due(["/app/out/handler.py"], now)
    pace.record(["/app/app.py"], began=now, ended=now, useful=True)
    assert pace.is_due(["/app/out/new/result.json"], now)


def test_a_calm_time_ends_the_waiting() -> None:
    """Who edits comments now and then does not wait."""
    pace, now = WatchPace(Path("/app")), 0.0
    for _ in range(5):
        assert pace.is_due(["/app/app.py"], now)
        pace.record(["/app/app.py"], began=now, ended=now, useful=False)
        now += 11


def test_what_git_ignores_is_known(tmp_path: Path) -> None:
    """But not what is tracked, nor an app that is ignored as a whole, nor anything outside a work tree."""

    def ignored(directory: Path, *names: str) -> set[str]:
        found = asyncio.run(ignored_by_git(directory, [str(directory / name) for name in names]))
        return {str(Path(path).relative_to(directory)) for path in found}

    names = ("app.py", "data/result.json", "data/kept.json")
    assert set() == ignored(tmp_path, *names)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("data/\nscratch/\n")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kept.json").touch()
    subprocess.run(["git", "add", "--force", "data/kept.json"], cwd=tmp_path, check=True)
    assert {"data/result.json"} == ignored(tmp_path, *names)
    assert set() == ignored(tmp_path / "scratch", "app.py")
