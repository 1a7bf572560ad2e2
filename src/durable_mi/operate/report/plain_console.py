"""A console that shows text of unknown origin, and is controlled by none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, RenderHook
from rich.segment import Segment

from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, ConsoleRenderable, RenderResult

__all__ = ["plain_console"]


def plain_console(*, soft_wrap: bool = False, quiet: bool = False) -> Console:
    """Return a console on standard output that reads no markup, and escapes control characters of what it prints.

    Args:
        soft_wrap: Whether the terminal wraps long lines.
        quiet: Whether the console discards its output.
    """
    console = Console(highlight=False, emoji=False, markup=False, soft_wrap=soft_wrap, quiet=quiet)
    console.push_render_hook(_Cleaning())
    return console


class _Cleaning(RenderHook):
    """Cleans whatever is printed: names, log lines and errors come from functions and from services."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Cleaned(each) for each in renderables]


@dataclass(frozen=True, slots=True)
class _Cleaned:
    """What is printed, with its own control characters escaped; the console's colours come later."""

    printed: ConsoleRenderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.printed, options):
            yield segment if segment.control else Segment(clean(segment.text), segment.style)
