"""A report for people."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Final

from durable_mi.operate.formatting import clean
from durable_mi.preflight.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from durable_mi.preflight.report import Diagnostic, Report, Result
    from durable_mi.preflight.rule import Rule

__all__ = ["explanation", "text"]

_WIDTH: Final = 100
_INDENT: Final = " " * 4


def text(report: Report, *, verbose: bool = False, style: Callable[[str, Severity | None], str] | None = None) -> str:
    """Write a report, grouped by template and resource.

    Args:
        report: The report.
        verbose: Whether to list what was skipped.
        style: Adds colours to a piece of text: by severity, or as a heading if that is ``None``. Defaults to none.
    """
    paint = style or (lambda piece, _: piece)
    lines: list[str] = []
    for result in report.results:
        if result.places or (verbose and result.skipped):
            lines += [paint(clean(str(result.template.file)), None), ""]
            lines += _places(result, paint)
            lines += _skipped(result) if verbose else ()
    lines.append(_summary(report))
    return "\n".join(lines)


def explanation(rule: Rule) -> str:
    """Show a rule's rationale, fix and source.

    Args:
        rule: The rule.
    """
    parts = (("Why", rule.why), ("Fix", rule.fix), ("Source", rule.source))
    sections = (_wrapped(f"{name}: {what}", "", "  ") for name, what in parts)
    return "\n\n".join((f"{rule.id} ({rule.severity}): {rule.title}", *sections))


def _places(result: Result, paint: Callable[[str, Severity | None], str]) -> Iterator[str]:
    for logical_id, places in groupby(result.places, key=lambda place: place.logical_id):
        found = list(places)
        yield "  " + _heading(found[0], logical_id)
        for place in found:
            head = paint(f"{place.rule.severity.value} {place.rule.id}", place.rule.severity)
            message = _wrapped(clean(place.finding.message), _INDENT + "  ", _INDENT + "  ")
            yield f"{_INDENT}{head}, line {place.position.line}"
            yield message
        yield ""


def _wrapped(paragraph: str, first: str, then: str) -> str:
    # Names with hyphens stay whole, so that they can be copied.
    return textwrap.fill(
        paragraph,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _heading(place: Diagnostic, logical_id: str) -> str:
    return clean(f"{place.construct_path} ({logical_id})" if place.construct_path else logical_id)


def _skipped(result: Result) -> Iterator[str]:
    if not result.skipped:
        return
    yield "  Skipped (known only at deploy time):"
    for entry in result.skipped:
        where = f"{result.template.origin(entry.logical_id)} {entry.path}".rstrip()
        yield clean(f"{_INDENT}{where}: {entry.what}")
    yield ""


def _summary(report: Report) -> str:
    count = sum(result.functions for result in report.results)
    checked = f"{_count(len(report.results), 'template')}, {_count(count, 'durable or managed-instances function')}"
    if not report.places:
        return f"Nothing found ({checked})."
    errors, warnings = (report.count(severity) for severity in (Severity.ERROR, Severity.WARNING))
    first = report.places[0].rule.id
    return (
        f"{_count(errors, 'error')}, {_count(warnings, 'warning')} ({checked}). "
        f"More about a rule: durable-mi check --explain {first}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
