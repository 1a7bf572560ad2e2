"""Write rooms.md anew from the imports: ``.venv/bin/python docs/explanation/generate_rooms.py``."""  # noqa: INP001

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[2] / "src"

ROOMS = {
    "durable_mi": (
        "extras",
        "limits",
        "prices",
        "cloudformation",
        "checks",
        "cost",
        "packaging",
        "operate",
        "timeline",
        "findings",
        "preflight",
        "lint",
        "release",
        "diagnosis",
        "dashboard",
        "local",
        "testing",
        "scaffold",
        "cli",
    ),
    "durable_mi.local": (
        "api_error",
        "request_members",
        "path_parts",
        "settled",
        "limit_list",
        "notices",
        "middleware",
        "event_loop",
        "http_server",
        "app",
        "logs",
        "runtime_client",
        "workers",
        "durable",
        "source",
        "api",
        "runtime_options",
        "served_app",
        "runtime",
    ),
    "durable_mi_constructs": (
        "tokens",
        "choices",
        "arguments",
        "kinds",
        "acknowledgements",
        "annotations",
        "construct_paths",
        "resource_properties",
        "network",
        "capacity",
        "monitoring",
        "permissions",
        "releases",
        "function",
        "preflight",
        "testing",
    ),
}
"""The rooms of each house, from the ground up: a room imports what is before it, never what comes after."""

_INTRODUCTION = """\
# Rooms and arrows

The code lives in two packages. `durable_mi_constructs` holds the CDK constructs; `durable_mi` holds everything that
needs no CDK. The constructs import `durable_mi`, never the other way round.

Each package has rooms, listed here from the ground up. A room imports only the rooms above it in its table, for types
too, and no two modules import each other in a circle. `tests/unit/test_rooms.py` checks this. This page is generated
from the imports.
"""


@cache
def imports() -> dict[str, set[str]]:
    """Return the modules that each module of the two packages imports, those for types included."""
    files = {_module(file): file for file in sorted(SOURCE.rglob("*.py"))}
    return {module: _imported(file, files) - {module} for module, file in files.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, ``[]`` where there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def upward(graph: dict[str, set[str]]) -> list[str]:
    """Return every import of a room that comes later, and of the constructs by ``durable_mi``."""
    found = []
    for module, imported in graph.items():
        for target in imported:
            if module.split(".")[0] == "durable_mi" and target.split(".")[0] == "durable_mi_constructs":
                found.append(f"{module} -> {target}")
            for house, rooms in ROOMS.items():
                here, there = _room(module, house), _room(target, house)
                if here and there and rooms.index(there) > rooms.index(here):
                    found.append(f"{module} -> {target}")
    return found


def unlisted(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules that are in a house and in none of its rooms."""
    return [
        module
        for module in graph
        for house, rooms in ROOMS.items()
        if module.startswith(f"{house}.") and module[len(house) + 1 :].split(".")[0] not in rooms
    ]


def page() -> str:
    """Return the page: each house's rooms, what is in them and what they use."""
    graph = imports()
    return "\n".join([_INTRODUCTION, *(_house(house, graph) for house in ROOMS)])


def _house(house: str, graph: dict[str, set[str]]) -> str:
    rooms = ROOMS[house]
    uses = {
        room: sorted(
            {
                there
                for module, imported in graph.items()
                if _room(module, house) == room
                for target in imported
                if (there := _room(target, house)) and there != room
            },
            key=rooms.index,
        )
        for room in rooms
    }
    rows = [
        f"| `{room}` | {_about(house, room)} | {', '.join(f'`{other}`' for other in uses[room]) or 'none'} |"
        for room in rooms
    ]
    arrows = [f"  {room} --> {other}" for room in rooms for other in uses[room]]
    return "\n".join(
        [
            f"## `{house}`\n",
            "| room | what is in it | uses |",
            "|---|---|---|",
            *rows,
            "",
            "```mermaid",
            "graph TD",
            *arrows,
            "```",
            "",
        ]
    )


def _about(house: str, room: str) -> str:
    base = SOURCE / Path(*house.split("."), room)
    file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text())) or ""
    return " ".join(text.partition("\n\n")[0].split())


def _room(module: str, house: str) -> str | None:
    rest = module.removeprefix(f"{house}.")
    room = rest.split(".")[0]
    return room if rest != module and room in ROOMS[house] else None


def _module(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path, modules: dict[str, Path]) -> set[str]:
    found: set[str] = set()
    for node in _statements(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= {name if name in modules else node.module for name in names}
    return found & set(modules)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all statements below a node: imports are some of them, and expressions are most of a tree."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for inner in getattr(node, name, ()):
            yield inner
            yield from _statements(inner)


if __name__ == "__main__":
    Path(__file__).with_name("rooms.md").write_text(page())
