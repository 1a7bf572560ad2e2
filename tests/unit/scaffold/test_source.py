"""Where this distribution was installed from."""

from __future__ import annotations

import json
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING

import pytest

from durable_mi.scaffold import source
from durable_mi.scaffold.source import installed_from

if TYPE_CHECKING:
    from pathlib import Path


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: dict[str, object] | None) -> None:
    """Let the distribution have this ``direct_url.json`` (PEP 610)."""
    if record is not None:
        (tmp_path / "direct_url.json").write_text(json.dumps(record))
    monkeypatch.setattr(source, "distribution", lambda _name: PathDistribution(tmp_path))


@pytest.mark.parametrize("name", ["durable_mi_constructs-0.1.0-py3-none-any.whl", "a checkout"])
def test_a_path_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel's or a checkout's, with the signs that an address escapes."""
    path = tmp_path / name
    path.touch()
    install(tmp_path, monkeypatch, {"url": path.as_uri()})

    assert path == installed_from()


@pytest.mark.parametrize("record", [None, {}, {"url": "https://example.com/a.whl"}, {"url": "file:///nowhere/a.whl"}])
def test_an_index_or_a_path_that_is_gone_is_none(
    record: dict[str, object] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project then installs the release."""
    install(tmp_path, monkeypatch, record)

    assert None is installed_from()


def test_what_is_not_installed_is_none() -> None:
    """As when the modules are only on the path."""
    assert None is installed_from("no-such-distribution")
