"""The package's front door."""

from __future__ import annotations

import re
import runpy
import textwrap
from pathlib import Path

import durable_mi_constructs


def test_example_in_the_docstring_synthesizes(tmp_path: Path) -> None:
    """The package's own example is a whole app, which gives one template with its output."""
    match = re.search(r"::\n\n((?:    .*\n|\n)+)", durable_mi_constructs.__doc__ or "")
    assert match is not None
    script = tmp_path / "app.py"
    script.write_text(textwrap.dedent(match[1]))

    names = runpy.run_path(str(script))

    assert "AliasArn" in (Path(names["app"].outdir) / "Orders.template.json").read_text()


def test_public_names_are_sorted_and_documented() -> None:
    """Each public name is there and says what it is."""
    names = durable_mi_constructs.__all__

    assert sorted(names) == names
    assert [] == [name for name in names if not getattr(durable_mi_constructs, name).__doc__]
