"""A report for people."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from durable_mi.findings.text import counted, plain, summary, wrapped
from durable_mi.operate.formatting import clean, clean_line
from durable_mi.preflight.output.listed import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.findings.text import Paint
    from durable_mi.preflight.report import Diagnostic, Report, Result

__all__ = ["body", "checked", "not_looked_into", "text"]

_MAX_NAMED: Final = 10
_INDENT: Final = " " * 4


def text(report: Report, *, verbose: bool = False, paint: Paint = plain) -> str:
    """Write a report, grouped by template and resource.

    Args:
        report: The report.
        verbose: Whether to list what was skipped.
        paint: Adds colours. Defaults to none.
    """
    end = summary(listed(report.places), checked(report), "durable-mi check")
    return "\n".join((*body(report, verbose=verbose, paint=paint), end))


def body(report: Report, *, verbose: bool, paint: Paint) -> list[str]:
    """Return the lines of a report without the last one.

    Args:
        report: The report.
        verbose: Whether to list what was skipped.
        paint: Adds colours.
    """
    lines: list[str] = []
    for result in report.results:
        if result.places or (verbose and result.skipped):
            lines += [paint(clean_line(str(result.template.file)), None), ""]
            lines += _places(result, paint)
            lines += _skipped(result) if verbose else ()
    return [*lines, *map(_wrapped_note, not_looked_into(report))]


def not_looked_into(report: Report) -> Iterator[str]:
    """Yield a sentence for each template with parts that were not looked into, which names them.

    Args:
        report: The report.
    """
    for result in report.results:
        unread = result.unread
        if not unread:
            continue
        names = [str(each) for each in unread[:_MAX_NAMED]]
        if len(unread) > _MAX_NAMED:
            names.append(f"and {len(unread) - _MAX_NAMED} more")
        were = "part was" if len(unread) == 1 else "parts were"
        if all(each.logical_id for each in unread):
            were = "resource was" if len(unread) == 1 else "resources were"
        yield f"{result.template.file}: {len(unread)} {were} not looked into: {', '.join(names)}."


def _wrapped_note(sentence: str) -> str:
    return wrapped(clean(sentence), "", "  ") + "\n"


def checked(report: Report) -> str:
    """Return how much was checked."""
    functions = sum(result.functions for result in report.results)
    templates = counted(len(report.results), "template")
    return f"{templates}, {counted(functions, 'durable or managed-instances function')}"


def _places(result: Result, paint: Paint) -> Iterator[str]:
    for logical_id, places in groupby(result.places, key=lambda place: place.logical_id):
        found = list(places)
        yield "  " + _heading(found[0], logical_id)
        for place in found:
            head = paint(f"{place.rule.severity.value} {place.rule.id}", place.rule.severity)
            message = wrapped(clean(place.finding.message), _INDENT + "  ", _INDENT + "  ")
            yield f"{_INDENT}{head}, line {place.position.line}"
            yield message
        yield ""


def _heading(place: Diagnostic, logical_id: str) -> str:
    return clean_line(f"{place.construct_path} ({logical_id})" if place.construct_path else logical_id)


def _skipped(result: Result) -> Iterator[str]:
    if not result.skipped:
        return
    yield "  Skipped (known only at deploy time):"
    for entry in result.skipped:
        where = f"{result.template.origin(entry.logical_id)} {entry.path}".rstrip()
        yield clean_line(f"{_INDENT}{where}: {entry.what}")
    yield ""
