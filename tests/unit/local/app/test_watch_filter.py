"""Which files of an app's directory cause a synthesis with `--watch`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.local.app.watch_filter import SourceFilter, output_inodes, state_files
from durable_mi.local.app.watch_settings import WatchSettings

if TYPE_CHECKING:
    from collections.abc import Iterable


def counting(source: Path, paths: Iterable[str], settings: WatchSettings | None = None) -> set[str]:
    """Which of these files, relative to the app's directory, count."""
    select = SourceFilter(source, settings or WatchSettings(), skip=state_files(source / "executions.db"))
    return {path for path in paths if select.counts(str(source / path))}


def test_source_counts(tmp_path: Path) -> None:
    """Whatever the app may read, at any depth, also what is gone by now."""
    source = {"app.py", "cdk.json", "stack/queue.py", "workflow/order.py", "workflow/data.json", "requirements.txt"}
    assert source == counting(tmp_path, source)


@pytest.mark.parametrize(
    "path",
    [
        "executions.db",
        "executions.db-journal",
        "executions.db-wal",
        "executions.db-shm",
        "other.db-wal",
        "cdk.out/manifest.json",
        "cdk.out/asset.1/app.py",
        ".venv/lib/site.py",
        ".git/index",
        ".env",
        "workflow/.order.py.swp",
        "workflow/.#order.py",
        "workflow/order.py~",
        "#order.py#",
        "workflow/4913",
        "workflow/__pycache__/order.cpython-313.pyc",
        "workflow/order.pyc",
        ".pytest_cache/v/cache/lastfailed",
        ".mypy_cache/3.13/cache.db",
        ".ruff_cache/0.1/1",
        "node_modules/left-pad/index.js",
        "package/node_modules/left-pad/index.js",
        "shop.egg-info/PKG-INFO",
        "run.log",
        "nohup.out",
    ],
)
def test_what_is_written_by_running_does_not_count(tmp_path: Path, path: str) -> None:
    """State, output, caches and editors' files: none of them is the app."""
    assert set() == counting(tmp_path, [path])


@pytest.mark.parametrize("marker", ["pyvenv.cfg", "CACHEDIR.TAG", "cdk.out"])
def test_environments_caches_and_assemblies_of_any_name_do_not_count(tmp_path: Path, marker: str) -> None:
    """They are known by a file that they hold."""
    (tmp_path / "made").mkdir()
    assert {"made/deep/file.py"} == counting(tmp_path, ["made/deep/file.py"])
    (tmp_path / "made" / marker).touch()
    assert set() == counting(tmp_path, ["made", "made/deep/file.py"])


def test_a_file_that_the_output_goes_to_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its inode, since the shell that opened it does not say its name."""
    with (tmp_path / "output.txt").open("w") as output:
        monkeypatch.setattr(sys, "__stdout__", output)
        select = SourceFilter(tmp_path, WatchSettings(), skip_inodes=output_inodes())
    (tmp_path / "other.txt").touch()
    assert not select.counts(str(tmp_path / "output.txt"))
    assert select.counts(str(tmp_path / "other.txt"))


def test_an_app_below_a_hidden_directory_counts(tmp_path: Path) -> None:
    """Only what is below the app's directory tells; itself and what is elsewhere are no files of it."""
    source = tmp_path / ".work" / "node_modules" / "app"
    assert {"app.py"} == counting(source, ["app.py"])
    assert set() == counting(source, ["", str(tmp_path / "app.py")])


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("README.md", ["README.md"], ["docs/README.md"]),
        ("**/README.md", ["README.md", "docs/a/README.md"], ["README.md.py"]),
        ("cdk*.json", ["cdk.json", "cdk.context.json"], ["stack/cdk.json"]),
        ("tests", ["tests/unit/test_app.py"], ["tests.py"]),
        ("./tests/", ["tests/test_app.py"], ["app/tests/test_app.py"]),
        ("out/**", ["out/1/result.json"], ["outer.py"]),
        ("**/*.{csv,txt}", ["a.csv", "data/b.txt"], ["a.json"]),
        ("run-?.dat", ["run-1.dat"], ["run-10.dat"]),
        ("run[!0-4].dat", ["run5.dat"], ["run4.dat"]),
        ("run[0-4].dat", ["run4.dat"], ["run5.dat"]),
    ],
)
def test_what_cdk_json_excludes_does_not_count(
    tmp_path: Path, pattern: str, matching: list[str], other: list[str]
) -> None:
    """`watch` means here what it means for `cdk watch`."""
    (tmp_path / "cdk.json").write_text(json.dumps({"watch": {"include": ["**"], "exclude": [pattern]}}))
    assert set(other) == counting(tmp_path, [*matching, *other], WatchSettings.read(tmp_path))


def test_what_cdk_json_includes_counts_alone(tmp_path: Path) -> None:
    """A directory stands for all that it holds; what is always skipped stays so."""
    (tmp_path / "cdk.json").write_text(json.dumps({"watch": {"include": "workflow"}}))
    settings = WatchSettings.read(tmp_path)
    (tmp_path / "workflow").mkdir()
    for name in ("app.py", "workflow/order.py", "workflow/order.pyc"):
        (tmp_path / name).touch()
    assert {"workflow/order.py"} == counting(tmp_path, ["app.py", "workflow/order.py", "workflow/order.pyc"], settings)
    assert SourceFilter(tmp_path, settings).is_named(str(tmp_path / "workflow" / "order.py"))


@pytest.mark.parametrize("content", ["", "[]", '{"watch": true}', '{"watch": {"exclude": {"a": 1}}}'])
def test_a_cdk_json_without_settings_excludes_nothing(tmp_path: Path, content: str) -> None:
    """What is wrong with it is for the CDK CLI to say."""
    (tmp_path / "cdk.json").write_text(content)
    assert WatchSettings() == WatchSettings.read(tmp_path)
    assert WatchSettings() == WatchSettings.read(tmp_path / "nowhere")


def test_only_files_that_count_are_walked(tmp_path: Path) -> None:
    """Directories that do not count are not entered."""
    for name in ("app.py", "stack/queue.py", ".venv/lib/site.py", "node_modules/a/a.py", "stack/queue.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    select = SourceFilter(tmp_path, WatchSettings())
    walked = {str(Path(file).relative_to(tmp_path)) for file in select.files(str(tmp_path))}
    assert {"app.py", "stack/queue.py"} == walked
