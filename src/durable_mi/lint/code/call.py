"""A call: what is given to it, and where it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from durable_mi.lint.code.taints import NONE
from durable_mi.lint.code.values import Value, deep_taints

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.code.zone import Zone

__all__ = ["Call"]


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """A call with the values of its arguments.

    Attributes:
        node: The call in the syntax tree.
        frame: Where it is.
        arguments: Its positional arguments.
        keywords: Its keyword arguments.
        complete: Whether these are all: no ``*`` and no ``**`` of something unknown.
        spread: What was given by ``*`` and ``**`` and has no certain place.
        zone: The body that the SDK or a thread runs it as; ``None`` for the one that it is in.
    """

    node: ast.AST
    frame: Frame
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    complete: bool = True
    spread: tuple[Value, ...] = ()
    zone: Zone | None = None

    @property
    def given(self) -> tuple[Value, ...]:
        """All arguments."""
        return (*self.arguments, *self.keywords.values(), *self.spread)

    def value(self, index: int, name: str) -> Value | None:
        """Return an argument by its position or name; ``None`` if it is not given."""
        return self.arguments[index] if index < len(self.arguments) else self.keywords.get(name)

    def taints(self) -> Taints:
        """Return why any argument, or what is in it, can differ."""
        found = NONE
        for each in self.given:
            found |= deep_taints(each)
        return found

    def having(self, *arguments: Value, **keywords: Value) -> Call:
        """Return the same call with other arguments, which are all."""
        return replace(self, arguments=arguments, keywords=keywords, complete=True, spread=())

    def run_as(self, zone: Zone) -> Call:
        """Return the same call, run as a body of its own."""
        return replace(self, zone=zone)
