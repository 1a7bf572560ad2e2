"""Log lines on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from durable_mi.operate.formatting import clean, moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from durable_mi.operate.logs import LogLine

__all__ = ["print_lines"]

_BAD = frozenset({"ERROR", "CRITICAL", "FATAL"})


def print_lines(console: Console, lines: Iterable[LogLine], *, is_folding: bool) -> int:
    """Print log lines, each with its time in UTC.

    Args:
        console: Where to print.
        lines: The lines, oldest first.
        is_folding: Whether runs of lines of the runtime, the durable SDK and boto3 become one line with their count.

    Returns:
        How many lines were folded.
    """
    folded = total = 0
    for line in lines:
        if is_folding and line.is_noise:
            folded += 1
            continue
        total += _fold(console, folded)
        folded = 0
        _line(console, line)
    return total + _fold(console, folded)


def _fold(console: Console, count: int) -> int:
    if count:
        said = f"  ... {count} {'line' if count == 1 else 'lines'} of the runtime and the SDK"
        console.print(Text(said, style="dim"), soft_wrap=True)
    return count


def _line(console: Console, line: LogLine) -> None:
    text = Text().append(f"  {moment(line.timestamp)}  ", style="dim")
    if line.level:
        text.append(f"{line.level:<7} ", style="red" if line.level in _BAD else "")
    text.append(clean(line.message))
    if line.error and line.error not in line.message:
        text.append(f" ({clean(line.error)})", style="red")
    if line.operation:
        text.append(f"  [{clean(line.operation)}]", style="dim")
    console.print(text, soft_wrap=True)
    for frame in line.stack_trace:
        for part in frame.strip("\n").splitlines():
            console.print(Text(clean(f"    {part}"), style="dim"), soft_wrap=True)
