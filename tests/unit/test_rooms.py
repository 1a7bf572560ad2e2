"""The rooms of the house and the arrows between them, drawn from the imports."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = runpy.run_path(str(ROOT / "docs/explanation/generate_rooms.py"))
GRAPH: dict[str, set[str]] = ROOMS["imports"]()
MOST_FILES = 20


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for types count: what needs a circle to be described is one thing, or needs a third."""
    assert [] == ROOMS["circle"](GRAPH)


def test_a_circle_is_seen() -> None:
    """The check sees a circle of three."""
    assert {"a", "b", "c"} == set(ROOMS["circle"]({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}))


def test_no_arrow_leads_upward() -> None:
    """A room imports what is below it, and `durable_mi` never the constructs."""
    assert [] == ROOMS["upward"](GRAPH)


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("durable_mi.dashboard.api", "durable_mi.local.runtime"),
        ("durable_mi.local.workers.registry", "durable_mi.local.durable.service"),
        ("durable_mi.cost", "durable_mi_constructs.tokens"),
        ("durable_mi_constructs.network.vpc", "durable_mi_constructs.permissions.grants"),
    ],
)
def test_an_arrow_upward_is_seen(module: str, target: str) -> None:
    """The check sees an arrow that is not there today, in each house and between them."""
    assert [f"{module} -> {target}"] == ROOMS["upward"]({module: {target}})


def test_every_module_is_in_a_room() -> None:
    """A new room needs a place in the order."""
    assert [] == ROOMS["unlisted"](GRAPH)


def test_no_folder_holds_more_than_twenty_modules() -> None:
    """A folder that outgrows this wants rooms of its own."""
    folders = {file.parent for file in (ROOT / "src").rglob("*.py")}
    counts = {str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) for folder in folders}
    assert {} == {folder: count for folder, count in counts.items() if count > MOST_FILES}


def test_the_page_is_up_to_date() -> None:
    """Run docs/explanation/generate_rooms.py after a change."""
    assert ROOMS["page"]() == (ROOT / "docs/explanation/rooms.md").read_text()
