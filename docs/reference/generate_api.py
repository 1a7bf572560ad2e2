"""Write api.md again from the packages' docstrings: ``.venv/bin/python docs/reference/generate_api.py``."""  # noqa: INP001

from __future__ import annotations

import ast
import importlib
import inspect
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import ModuleType

PUBLIC: Final = {
    "durable_mi_constructs": None,
    "durable_mi_constructs.testing": None,
    "durable_mi_constructs.testing.snapshot": None,
    "durable_mi.prices": None,
    "durable_mi.cost": ("CostFloor",),
    "durable_mi.testing": None,
    "durable_mi.testing.snapshot": None,
}
"""The modules to import from, each with the names to import; ``None`` for all of its ``__all__``."""

_INTRODUCTION: Final = """\
# What you can import

Import only the names on this page. A change that breaks one of them is listed in `CHANGELOG.md`.
Every other module and name is internal, also without a leading underscore, and can change in any release. This page is
generated from the packages' docstrings.
"""

_REST: Final = """\
## Also public

- `durable_mi.preflight.cfn_lint` is the module of rules for cfn-lint's option `-a`. Do not import it. See
  [how to run preflight](../how-to/preflight.md).
- `durable_mi_constructs.testing.plugin` and `durable_mi.testing.plugin` are pytest plugins. Load them, or import their
  fixtures `stack_snapshot` and `template_snapshot`. See [how to test with snapshots](../how-to/snapshots.md).
- pytest loads `durable_mi.testing.pytest_plugin` by itself, with the public fixtures `durable_runner`,
  `durable_history`, `durable_local` and `assert_replays` and the option `--durable-report`. See
  [how to test a workflow](../how-to/test.md) and [how to replay executions](../how-to/replay.md).
- `durable-mi` is [the command line](cli.md). Its commands and options are public, and so are the fields of its JSON
  output.
- Construct ids, the ids of [preflight rules](preflight.md), of [rules over code](lint.md) and of
  [warnings](warnings.md) (`durable-mi:...`) are public too.
"""


def reference() -> str:
    """Return the page: each public name with the first sentence of its docstring."""
    sections = [_section(importlib.import_module(name), only) for name, only in PUBLIC.items()]
    return "\n".join([_INTRODUCTION, *sections, _REST])


def _section(module: ModuleType, only: tuple[str, ...] | None) -> str:
    rows = [f"| `{name}` | {_about(module, name)} |" for name in only or module.__all__]
    return "\n".join([f"## `{module.__name__}`\n", "| name | what it is |", "|---|---|", *rows, ""])


def _about(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    text = inspect.getdoc(value) if inspect.isclass(value) or inspect.isfunction(value) else _below(module, name)
    if not text:
        msg = f"every public name must have a docstring, {module.__name__}.{name} has none: write one"
        raise LookupError(msg)
    sentence = " ".join(text.split()).partition(". ")[0].removesuffix(".")
    return re.sub(r":\w+:`(\w+)`", r"`\1`", sentence).replace("``", "`")


def _below(module: ModuleType, name: str) -> str | None:
    """Return the string below the assignment of a constant."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, after in pairwise(body):
        match statement, after:
            case ast.AnnAssign(target=ast.Name(id=found)), ast.Expr(value=ast.Constant(value=str(text))):
                if found == name:
                    return text
    return None


if __name__ == "__main__":
    Path(__file__).with_name("api.md").write_text(reference(), encoding="utf-8")
