"""One way in which everything that decides a template's conditions may be decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AS_IT_IS", "World", "comparison"]


@dataclass(frozen=True, slots=True)
class World:
    """Assumptions under which a template is read.

    Attributes:
        values: Parameters and pseudo parameters with the value that conditions and mappings see.
        comparisons: Comparisons whose sides nobody knows, by :func:`comparison`, with their outcome.
        given: Parameters whose value ``Ref`` sees too. Any other that is not at its default is unknown wherever it is
            not in a condition or the key of a mapping: some of its values may be right and others wrong.
        leaves_out: Whether a resource is left out whose condition does not hold. Values follow conditions always.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    comparisons: Mapping[str, bool] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    leaves_out: bool = True

    @property
    def is_given(self) -> bool:
        """Whether ``Ref`` sees every value."""
        return self.given.issuperset(self.values)

    def all_given(self) -> World:
        """Return the same where ``Ref`` sees every value."""
        return World(self.values, self.comparisons, frozenset(self.values))


AS_IT_IS: Final = World()
"""No assumptions: what is known only after deployment stays unknown."""


def comparison(sides: object) -> str:
    """Return the identity of a comparison, which is the same wherever and whichever way round a template writes it.

    Args:
        sides: The argument of ``Fn::Equals``.
    """
    if isinstance(sides, list):
        sides = sorted(json.dumps(side, sort_keys=True, default=str) for side in sides)
    return json.dumps(sides, sort_keys=True, default=str)
