"""What a workflow's imports cost: modules are read when code that it reaches uses them."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from durable_mi.lint.code.module import Module
from durable_mi.lint.report import lint

if TYPE_CHECKING:
    from pathlib import Path

SDK = "from aws_durable_execution_sdk_python import durable_execution\n"
NEW = "import uuid\ndef new():\n    return str(uuid.uuid4())\n"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the modules that were read."""
    names: list[str] = []

    def noted(file: Path) -> Module:
        names.append(file.stem)
        return parse(file)

    parse = Module.read
    monkeypatch.setattr(Module, "read", noted)
    return names


def found(directory: Path, handler: str, **modules: str) -> list[tuple[str, int]]:
    """Return what is found in a workflow: rule and line."""
    for name, text in modules.items():
        (directory / f"{name}.py").write_text(text)
    file = directory / "handler.py"
    file.write_text(handler)
    return [(each.rule, each.line) for each in lint([file]).findings]


def test_only_modules_that_are_reached_are_read(tmp_path: Path, read: list[str]) -> None:
    """Through names, members of modules, and other modules; at any time."""
    handler = (
        "import used_member, unused_member, shop.parts\n"
        "from names import first, unused_name\n"
        "from other import unused\n"
        f"{SDK}"
        "@durable_execution\n"
        "def handler(event, context):\n"
        "    context.step(lambda _: 1, name=first())\n"
        "    context.step(lambda _: 1, name=used_member.new())\n"
    )
    modules = {
        "used_member": f"import unused_deep\n{NEW}",
        "unused_member": NEW,
        "names": "from deep import new as first\nfrom other import *\nimport other, unused_deep\nunused_name = 1\n",
        "deep": NEW,
        "other": "import unused_deep\nunused = 1\n",
        "unused_deep": NEW,
    }
    assert [("DMC103", 7), ("DMC103", 8)] == found(tmp_path, handler, **modules)
    assert ["handler", "names", "other", "deep", "used_member"] == read


def test_a_large_module_does_not_hide_the_workflow(tmp_path: Path) -> None:
    """Each module is read up to a limit of its own."""
    large = "TABLE = [" + ", ".join("(1, 2)" for _ in range(60_000)) + "]\n"
    handler = (
        f"from large import TABLE\nimport uuid\n{SDK}print(TABLE)\n@durable_execution\ndef handler(event, context):\n"
        "    context.step(lambda _: 1, name=str(uuid.uuid4()))\n"
    )
    assert [("DMC103", 7)] == found(tmp_path, handler, large=large)


def test_a_module_is_read_as_if_it_came_first(tmp_path: Path) -> None:
    """Where the workflow first uses it says nothing about it: a branch, a loop, or a suspension that is caught."""
    handler = (
        f"from names import prefix, log\n{SDK}"
        "@durable_execution\n"
        "def handler(event, context):\n"
        "    while not context.step(lambda _: True, name='again'):\n"
        "        if event['a']:\n"
        "            log.info(prefix)\n"
        "    return context.step(lambda _: 1, name=prefix)\n"
    )
    names = "import logging\nlog = logging.getLogger()\ntry:\n    prefix = 'a'\nexcept Exception:\n    prefix = 'b'\n"
    assert [] == found(tmp_path, handler, names=names)


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    """And one that imports itself."""
    handler = (
        f"from one import new\n{SDK}@durable_execution\ndef handler(event, context):\n"
        "    context.step(lambda _: 1, name=new())\n"
    )
    one = "from one import nothing\nfrom two import new as other\ndef new():\n    return other()\n"
    assert [("DMC103", 5)] == found(tmp_path, handler, one=one, two=f"import one\nfrom one import other\n{NEW}")


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_left_as_it_was(tmp_path: Path, *, is_enabled: bool) -> None:
    """Whoever turned it off keeps it off."""
    before = gc.isenabled()
    (gc.enable if is_enabled else gc.disable)()
    try:
        found(tmp_path, SDK)
        assert gc.isenabled() is is_enabled
    finally:
        (gc.enable if before else gc.disable)()
