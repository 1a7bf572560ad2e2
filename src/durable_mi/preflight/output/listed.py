"""The findings of a report as every output lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.findings.listed import ListedFinding, ListedResource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from durable_mi.preflight.report import Diagnostic

__all__ = ["listed"]


def listed(places: Iterable[Diagnostic]) -> list[ListedFinding]:
    """List findings with their positions in the templates.

    Args:
        places: The findings.
    """
    return [_listed(place) for place in places]


def _listed(place: Diagnostic) -> ListedFinding:
    position = place.position
    file = place.template.file
    return ListedFinding(
        rule=place.rule,
        severity=place.rule.severity,
        message=place.finding.message,
        file=file,
        line=position.line,
        column=position.column,
        resources=(ListedResource(file, place.logical_id, place.construct_path),),
        path="/".join(map(str, place.finding.path)),
    )
