"""The page of limits."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

from durable_mi.local.limit_list import LIMITS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "local-limits.md"


def test_the_page_is_current() -> None:
    """Run docs/reference/generate_local_limits.py after a change."""
    assert runpy.run_path(str(PAGE.with_name("generate_local_limits.py")))["reference"]() == PAGE.read_text("utf-8")


def test_each_limit_says_what_comes_of_it() -> None:
    """Enforced with an answer, or not enforced for a reason; only what is enforced can be left out."""
    assert [] == [limit.subject for limit in LIMITS if not (limit.answer or limit.reason)]
    assert [] == [limit.subject for limit in LIMITS if limit.is_left_out and not limit.answer]
    assert 1 == max(Counter(limit.subject for limit in LIMITS).values())
