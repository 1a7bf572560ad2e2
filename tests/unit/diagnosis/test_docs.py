"""The guide names every diagnosis and every check."""

from __future__ import annotations

from pathlib import Path

from durable_mi.diagnosis.diagnosis import Kind
from durable_mi.diagnosis.stack.check import Check

GUIDE = (Path(__file__).parents[3] / "docs" / "how-to" / "why.md").read_text(encoding="utf-8")


def test_every_diagnosis_is_in_the_guide() -> None:
    """By its id, and with what must hold."""
    assert [] == [each for each in Kind if f"`{each}`" not in GUIDE]
    assert all(each.expected for each in Kind)


def test_every_check_is_in_the_guide() -> None:
    """By its id, in the order of the code."""
    positions = [GUIDE.index(f"| `{each}` |") for each in Check]
    assert sorted(positions) == positions
