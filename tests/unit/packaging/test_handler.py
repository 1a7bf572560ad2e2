"""The handler of a package, judged by syntax trees."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from durable_mi.checks.check_error import CheckError
from durable_mi.packaging.handler import check_handler_in_package
from durable_mi.packaging.modules import PackageModules
from durable_mi.packaging.sdk import check_sdk

if TYPE_CHECKING:
    from pathlib import Path

SDK = "from aws_durable_execution_sdk_python import durable_execution\n"
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"


def modules(root: Path, files: dict[str, str], *, complete: bool = True) -> PackageModules:
    """Write a package."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return PackageModules({name: root / name for name in files}, complete=complete)


WORKS = {
    "decorated": {"a.py": f"{SDK}@durable_execution\ndef handler(event, context): ..."},
    "alias": {
        "a.py": "from aws_durable_execution_sdk_python import durable_execution as d\n@d\ndef handler(e, c): ...",
    },
    "module": {
        "a.py": "import aws_durable_execution_sdk_python as d\n@d.durable_execution\ndef handler(e, c): ...",
    },
    "submodule": {
        "a.py": "import aws_durable_execution_sdk_python.execution\n"
        "@aws_durable_execution_sdk_python.execution.durable_execution\ndef handler(e, c): ...",
    },
    "factory": {"a.py": f"{SDK}@durable_execution(plugins=[])\ndef handler(event, context): ..."},
    "assigned": {"a.py": f"{SDK}def run(event, context): ...\nhandler = durable_execution(run)"},
    "annotated": {"a.py": f"{SDK}def run(e, c): ...\nhandler: object = durable_execution(func=run)"},
    "assigned with options": {"a.py": f"{SDK}def run(e, c): ...\nhandler = durable_execution(plugins=[])(run)"},
    "assigned over itself": {"a.py": f"{SDK}def handler(e, c): ...\nhandler = durable_execution(handler)"},
    "bound decorator": {"a.py": f"{SDK}durable = durable_execution(plugins=[])\n@durable\ndef handler(e, c): ..."},
    "lambda": {"a.py": f"{SDK}handler = durable_execution(lambda e, c: 1)"},
    "two decorators": {"a.py": f"{SDK}from x import log\n@log\n@durable_execution\ndef handler(e, c): ..."},
    "unknown decorator": {"a.py": "from x import workflow\n@workflow\ndef handler(e, c): ..."},
    "unknown decorator on async": {"a.py": "from x import workflow\n@workflow\nasync def handler(e, c): ..."},
    "made synchronous": {"a.py": f"{SDK}from x import sync\n@durable_execution\n@sync\nasync def handler(e, c): ..."},
    "own decorator": {
        "a.py": f"{SDK}def workflow(f):\n    return durable_execution(f)\n@workflow\ndef handler(e, c): ...",
    },
    "decorator of the project": {
        "lib/__init__.py": "from .compat import durable",
        "lib/compat.py": "from aws_durable_execution_sdk_python import durable_execution as durable",
        "a.py": "from lib import durable\n@durable\ndef handler(e, c): ...",
    },
    "re-export": {"a.py": "from b import handler", "b.py": f"{SDK}@durable_execution\ndef handler(e, c): ..."},
    "re-export under another name": {
        "a.py": "from b import run as handler",
        "b.py": f"{SDK}@durable_execution\ndef run(e, c): ...",
    },
    "relative re-export": {
        "a/__init__.py": "from .orders.run import handler",
        "a/orders/run.py": f"{SDK}from ...x import y\n@durable_execution\ndef handler(e, c): ...",
    },
    "star re-export": {"a.py": "from b import *", "b.py": f"{SDK}@durable_execution\ndef handler(e, c): ..."},
    "star of a requirement": {"a.py": "from somewhere import *"},
    "star of the SDK": {
        "a.py": "from aws_durable_execution_sdk_python import *\n@durable_execution\ndef handler(e, c): ...",
    },
    "attribute of a module": {
        "a.py": "import b\nhandler = b.run",
        "b.py": f"{SDK}@durable_execution\ndef run(e, c): ...",
    },
    "imported from a requirement": {"a.py": "from orders_lib import handler"},
    "circle": {"a.py": "from b import handler", "b.py": "from a import handler"},
    "branches": {
        "a.py": f"{SDK}if SDK:\n    handler = durable_execution(print)\nelse:\n    def handler(e, c): ...",
    },
    "try": {
        "a.py": "try:\n    from b import handler\nexcept ImportError:\n    handler = None",
    },
    "with": {"a.py": "with open('x') as handler:\n    pass"},
    "loop": {"a.py": "for handler in ():\n    pass"},
    "tuple": {"a.py": "handler, other = make()"},
    "walrus": {"a.py": "print(handler := make())"},
    "match": {"a.py": "match make():\n    case [handler, *_]:\n        pass"},
    "deleted": {"a.py": "def handler(e, c): ...\ndel handler"},
    "bound by a function": {"a.py": "handler = None\ndef start():\n    global handler\n    handler = make()"},
    "module getattr": {"a.py": "def __getattr__(name): ..."},
    "globals": {"a.py": "globals()['handler'] = make()"},
    "globals over a function": {"a.py": "def handler(e, c): ...\nwrap_all(globals())"},
    "sys.modules": {"a.py": "import sys\ndef handler(e, c): ...\nwrap(sys.modules[__name__])"},
    "class": {"a.py": "class handler:\n    def __new__(cls, event, context): ..."},
    "call": {"a.py": "handler = make_handler()"},
    "conditional expression": {"a.py": "handler = a if b else c"},
    "partial": {"a.py": f"{SDK}from functools import partial\nhandler = partial(durable_execution, plugins=[])(print)"},
    "delegates": {
        "a.py": f"{SDK}@durable_execution\ndef run(e, c): ...\n"
        "def handler(event, context):\n    return run(event, context)",
    },
    "delegates to a requirement": {
        "a.py": "from x import run\ndef handler(event, context):\n    return run(event, context)"
    },
    "delegates to an object": {
        "a.py": "app = App()\ndef handler(event, context):\n    return app(event, context=context)"
    },
    "delegates under a name": {"a.py": "def handler(event, context):\n    c = context\n    return run(event, c)"},
    "delegates arguments": {"a.py": "def handler(*args):\n    return run(*args)"},
    "delegates keywords": {"a.py": "def handler(event, **rest):\n    return run(event, **rest)"},
    "delegates twice": {
        "a.py": f"{SDK}@durable_execution\ndef run(e, c): ...\n"
        "def inner(event, context):\n    return run(event, context)\n"
        "def handler(event, context):\n    return inner(event, context)",
    },
    "wraps inside": {
        "a.py": f"{SDK}def handler(event, context):\n    return durable_execution(print)(event, context)",
    },
    "defines inside": {
        "a.py": f"{SDK}def handler(event, context):\n    @durable_execution\n    def run(e, c): ...\n"
        "    return run(event, context)",
    },
    "package": {"a/__init__.py": f"{SDK}@durable_execution\ndef handler(e, c): ..."},
    "compiled": {"a.cpython-313-aarch64-linux-gnu.so": ""},
    "encoding": {"a.py": f"# -*- coding: utf-8 -*-\n{SDK}@durable_execution\ndef handler(e, c): 'Größe'"},
    "warning": {"a.py": f"{SDK}@durable_execution\ndef handler(e, c): '\\d'"},
}


@pytest.mark.parametrize("name", WORKS)
def test_takes_what_works_or_can_work(tmp_path: Path, name: str) -> None:
    """An error about code that works costs more than one that is missed."""
    check_handler_in_package("a.handler", modules(tmp_path, WORKS[name]), PYTHON)


@pytest.mark.parametrize("handler", ["orders/flow.run", "orders.flow.run"])
def test_finds_modules_in_packages(tmp_path: Path, handler: str) -> None:
    """Packages need no `__init__.py`, and are separated by dots or slashes."""
    package = modules(tmp_path, {"orders/flow.py": f"{SDK}@durable_execution\ndef run(e, c): ..."})
    check_handler_in_package(handler, package, PYTHON)


FAILS = {
    "no module": (
        {"b.py": ""},
        r"must name a module in the package, got 'a\.handler' and no a\.py: the package has b$",
    ),
    "module of another name": (
        {"b.py": f"{SDK}@durable_execution\ndef handler(e, c): ..."},
        r"got 'a\.handler' and no a\.py: write 'b\.handler'$",
    ),
    "module in a package": (
        {"src/a.py": f"{SDK}@durable_execution\ndef handler(e, c): ..."},
        r"no a\.py: write 'src\.a\.handler'$",
    ),
    "no function": (
        {"a.py": f"{SDK}@durable_execution\ndef handle(e, c): ..."},
        r"must name a function of its module, got 'a\.handler' and no handler in a\.py: write 'a\.handle'$",
    ),
    "empty module": ({"a.py": ""}, r"no handler in a\.py: define handler there, or name another function$"),
    "function inside a function": ({"a.py": "def f():\n    def handler(e, c): ..."}, r"and no handler in a\.py"),
    "method": ({"a.py": "class A:\n    def handler(self, e): ..."}, r"and no handler in a\.py"),
    "star without it": ({"a.py": "from b import *", "b.py": "x = 1"}, r"and no handler in a\.py"),
    "bare annotation": ({"a.py": "handler: object"}, r"and no handler in a\.py"),
    "plain": (
        {"a.py": "def handler(event, context): ..."},
        r"wrapped in @durable_execution, got 'a\.handler', which is not \(a\.py line 1\): put @durable_execution",
    ),
    "plain that uses its context": (
        {"a.py": "def check(x): ...\ndef handler(event, context):\n    return context.step(check(event), name='x')"},
        r"which is not \(a\.py line 2\)",
    ),
    "plain that calls a plain one": (
        {"a.py": "def run(e, c): ...\ndef handler(event, context):\n    return run(event, context)"},
        r"which is not \(a\.py line 2\)",
    ),
    "plain in branches": (
        {"a.py": "if X:\n    def handler(e, c): ...\nelse:\n    def handler(e, c): ..."},
        "which is not",
    ),
    "plain elsewhere": (
        {"a.py": "from b import handler", "b.py": "\n\ndef handler(e, c): ..."},
        r"which is not \(b\.py line 3\)",
    ),
    "plain lambda": ({"a.py": "handler = lambda e, c: 1"}, "which is not"),
    "async": (
        {"a.py": f"{SDK}@durable_execution\nasync def handler(e, c): ..."},
        r"not async, got 'a\.handler', an async def \(a\.py line 3\): write def",
    ),
    "async and plain": ({"a.py": "async def handler(e, c): ..."}, "not async"),
    "async by assignment": ({"a.py": f"{SDK}async def run(e, c): ...\nhandler = durable_execution(run)"}, "not async"),
    "a constant": (
        {"a.py": "handler = 'run'"},
        r"must name a function, got 'a\.handler', which is none \(a\.py line 1\)",
    ),
    "broken": ({"a.py": "def handler(:"}, r"that Python can read, got 'a\.handler', and a\.py line 1: "),
}


@pytest.mark.parametrize("name", FAILS)
def test_rejects_what_cannot_work(tmp_path: Path, name: str) -> None:
    """The message names what came, where it is and what to write."""
    files, message = FAILS[name]
    with pytest.raises(CheckError, match=message) as raised:
        check_handler_in_package("a.handler", modules(tmp_path, files), PYTHON)
    assert str(raised.value).startswith("handler must name a ")


def test_a_missing_module_can_be_in_a_layer(tmp_path: Path) -> None:
    """Or in a requirement that is not installed."""
    check_handler_in_package("a.handler", modules(tmp_path, {"b.py": ""}, complete=False), PYTHON)


def test_a_missing_module_can_be_in_a_requirement(tmp_path: Path) -> None:
    """Installed requirements are read as the source is."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.py").write_text("def handler(e, c): ...")
    package = PackageModules({}, directories=(tmp_path / "site",))

    with pytest.raises(CheckError, match="which is not"):
        check_handler_in_package("a.handler", package, PYTHON)


def test_a_newer_pythons_syntax_is_not_judged(tmp_path: Path) -> None:
    """The function's Python can read what this one cannot."""
    newer = f"{sys.version_info[0]}.{sys.version_info[1] + 1}"
    check_handler_in_package("a.handler", modules(tmp_path, {"a.py": "def handler(:"}), newer)


def test_an_undecorated_function_is_enough_where_asked(tmp_path: Path) -> None:
    """Existence and `async` are checked, not the decorator."""
    package = modules(tmp_path, {"a.py": "def handler(e, c): ...\nasync def other(e, c): ..."})
    check_handler_in_package("a.handler", package, PYTHON, durable=False)

    with pytest.raises(CheckError, match="not async"):
        check_handler_in_package("a.other", package, PYTHON, durable=False)


def test_the_sdk_can_be_locked_vendored_or_installed(tmp_path: Path) -> None:
    """Each of them brings its module."""
    (tmp_path / "aws_durable_execution_sdk_python").mkdir()
    check_sdk("requirements.txt", {"aws-durable-execution-sdk-python"}, [], [])
    check_sdk("requirements.txt", (), ["aws_durable_execution_sdk_python/__init__.py"], [])
    check_sdk("requirements.txt", (), [], [tmp_path])


def test_rejects_a_lock_without_the_sdk(tmp_path: Path) -> None:
    """Without it every invocation fails at the import."""
    with pytest.raises(
        ValueError, match=r"must have aws-durable-execution-sdk-python, .* got uv\.lock without it; add"
    ):
        check_sdk("uv.lock", {"boto3"}, ["app.py"], [tmp_path])
