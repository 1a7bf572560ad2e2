"""The guide names every diagnosis and every check, and each leads to a part of the documentation that has it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from durable_mi.diagnosis.diagnosis import Kind
from durable_mi.diagnosis.stack.check import Check
from tests.docs.site_pages import DOCS, ROOT, anchors

GUIDE: Final = (DOCS / "how-to/why.md").read_text(encoding="utf-8")
SYMPTOMS: Final = DOCS / "troubleshooting.md"


def section(anchor: str) -> str:
    """Return the part of the symptoms below a heading."""
    parts = re.split(r"^(?=##+ )", SYMPTOMS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    titles = [re.sub(r"[^\w\- ]", "", part.partition("\n")[0].lstrip("# ")).lower().replace(" ", "-") for part in parts]
    return parts[titles.index(anchor)]


def test_every_diagnosis_is_in_the_guide() -> None:
    """By its id, and with what must hold."""
    assert [] == [each for each in Kind if f"`{each}`" not in GUIDE]
    assert all(each.expected for each in Kind)


def test_every_check_is_in_the_guide() -> None:
    """By its id, in the order of the code."""
    positions = [GUIDE.index(f"| `{each}` |") for each in Check]
    assert sorted(positions) == positions


@pytest.mark.parametrize("kind", Kind)
def test_a_diagnosis_leads_to_the_symptom_that_names_it(kind: Kind) -> None:
    """By its id."""
    page, _, anchor = kind.page.partition("#")

    assert SYMPTOMS == ROOT / page
    assert f"`{kind}`" in section(anchor)


@pytest.mark.parametrize("check", Check)
def test_a_check_leads_to_a_page(check: Check) -> None:
    """To a heading of it, where the page has several subjects."""
    page, _, anchor = check.page.partition("#")

    assert (ROOT / page).is_file()
    assert not anchor or anchor in anchors(ROOT / page)
