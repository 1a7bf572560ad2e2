"""The page: a grid of workflows by crash points, and the timelines of the failing runs."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.testing.report.cell import Cell

__all__ = ["report_page"]

_STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1500px; padding: 0 1.25rem; color: #1d2129;
  background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.grid { display: flex; flex-wrap: wrap; gap: 4px; list-style: none; margin: 0; padding: 0; }
.grid li > * { display: block; width: 22px; height: 22px; line-height: 22px; border-radius: 4px; text-align: center;
  color: #fff; text-decoration: none; font-weight: 600; }
.ok { background: #1a7f37; } .failed { background: #cf222e; } .skipped { background: #6e7781; }
section { border-top: 1px solid #d0d7de; margin-top: 1.5rem; } code { overflow-wrap: anywhere; }
iframe { width: 100%; height: 620px; border: 1px solid #d0d7de; border-radius: 6px; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } }
"""


def report_page(cells: Sequence[Cell]) -> str:
    """Return the page, which loads nothing.

    Args:
        cells: The runs, in the order in which they ran.
    """
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>Crash tests</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>Crash tests</h1><p>{_summary(cells)}</p>",
            *_grids(cells),
            *_failures(cells),
            "</main></body></html>",
            "",
        ]
    )


def _summary(cells: Sequence[Cell]) -> str:
    workflows = len({each.workflow for each in cells})
    failed = sum(each.problem is not None for each in cells)
    return f"{_count(workflows, 'workflow')}, {_count(len(cells), 'run')}, {failed} with a problem."


def _grids(cells: Sequence[Cell]) -> Iterator[str]:
    for workflow in dict.fromkeys(each.workflow for each in cells):
        yield f'<h2><code>{html.escape(workflow)}</code></h2><ul class="grid">'
        for number, cell in enumerate(cells):
            if cell.workflow == workflow:
                yield f"<li>{_square(number, cell)}</li>"
        yield "</ul>"


def _square(number: int, cell: Cell) -> str:
    label = html.escape(cell.point, quote=True)
    if cell.problem is not None:
        return f'<a class="failed" href="#run-{number}" title="{label}" aria-label="failed: {label}">✗</a>'
    kind, mark, state = ("ok", "✓", "passed") if cell.reached else ("skipped", "?", "not reached")
    return f'<span class="{kind}" role="img" title="{label}" aria-label="{state}: {label}">{mark}</span>'


def _failures(cells: Sequence[Cell]) -> Iterator[str]:
    for number, cell in enumerate(cells):
        if cell.problem is None:
            continue
        where = f"{html.escape(cell.workflow)}: {html.escape(cell.point)}"
        yield f'<section id="run-{number}"><h2>{where}</h2><p>{html.escape(cell.problem)}</p>'
        if cell.timeline is not None:
            document = html.escape(cell.timeline, quote=True)
            # An origin of its own: what a workflow returned cannot reach the page.
            attributes = f'title="Timeline of {where}" sandbox="allow-scripts" loading="lazy"'
            yield f'<iframe {attributes} srcdoc="{document}"></iframe>'
        yield "</section>"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
