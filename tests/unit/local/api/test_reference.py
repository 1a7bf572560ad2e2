"""The page of calls that are served."""

from __future__ import annotations

import runpy
from pathlib import Path

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "local-api.md"


def test_the_page_is_current() -> None:
    """Run docs/reference/generate_local_api.py after a change. Each note is of a call that is served."""
    generator = runpy.run_path(str(PAGE.with_name("generate_local_api.py")))
    assert generator["reference"]() == PAGE.read_text(encoding="utf-8")
    for service, lacking in generator["PARTLY"].items():
        assert set() == lacking.keys() - generator["served"](service)
