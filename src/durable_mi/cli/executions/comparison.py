"""Two executions side by side, operation by operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.operate.formatting import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.timeline.span import Span
    from durable_mi.timeline.timeline import Timeline

__all__ = ["Pair", "compare"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation of one execution beside that of the other.

    Attributes:
        left: Of the first one; ``None`` if it did not come so far, or took another way.
        right: Of the second one, likewise.
    """

    left: Span | None
    right: Span | None

    @property
    def span(self) -> Span:
        """The one that there is."""
        found = self.left or self.right
        assert found is not None  # noqa: S101 - a pair has at least one
        return found

    @property
    def difference(self) -> str | None:
        """What differs beside times: ``None`` if nothing does."""
        left, right = self.left, self.right
        if left is None or right is None:
            return f"only in {'B' if left is None else 'A'}"
        if (left.kind, left.label) != (right.kind, right.label):
            return f"{left.kind} {left.label} and {right.kind} {right.label}"
        if left.status != right.status:
            return f"{left.status} and {right.status}"
        counts = len(left.attempts), len(right.attempts)
        return next((what for what, *both in _values(left, right) if both[0] != both[1]), None) or (
            f"{counts[0]} and {counts[1]} attempts" if counts[0] != counts[1] else None
        )


def compare(left: Timeline, right: Timeline) -> Sequence[Pair]:
    """Return the operations of both executions in the order in which the first one started them.

    The SDK derives an operation's id from its place in the workflow, so two executions of the same code have the same
    ids. What only the second one has comes behind the operation that was before it there.
    """
    others = {each.id: each for each in right.spans}
    pairs = [Pair(each, others.get(each.id)) for each in left.spans]
    known = {each.id for each in left.spans}
    before: str | None = None
    for span in right.spans:
        if span.id not in known:
            at = next((number for number, pair in enumerate(pairs, 1) if pair.span.id == before), 0)
            pairs.insert(at, Pair(None, span))
        before = span.id
    return pairs


def _values(left: Span, right: Span) -> Iterator[tuple[str, object, object]]:
    yield "error", str(left.error), str(right.error)
    yield "result", _value(left.result), _value(right.result)
    yield "input", _value(left.input), _value(right.input)


def _value(payload: str | None) -> object:
    return None if payload is None else decoded(payload)
