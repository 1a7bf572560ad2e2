"""Why a value can be another one when the code runs again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.module import Module

__all__ = ["NONE", "Steer", "Taint", "TaintKind", "Taints"]


class TaintKind(Enum):
    """Why a value can be another one when the code runs again."""

    DIFFERS = auto()
    """A time, a random number, a new id."""
    READ = auto()
    """Something outside of the workflow that can change."""
    UNORDERED = auto()
    """The order of a set, a hash or a directory."""


@dataclass(frozen=True, slots=True)
class Taint:
    """Where a value became one that can differ.

    Attributes:
        kind: Why.
        what: The call, such as ``uuid.uuid4()``.
        module: The module that the flow calls it in.
        node: The call there.
        operations: How many durable operations came before it.
        imported: Whether it happened when a module was imported.
    """

    kind: TaintKind
    what: str
    module: Module
    node: ast.AST
    operations: int
    imported: bool


Taints: TypeAlias = "frozenset[Taint]"
NONE: Final[Taints] = frozenset()


@dataclass(frozen=True, slots=True)
class Steer:
    """A branch that ends a body early, which matters only if operations follow."""

    taints: tuple[Taint, ...]
    operations: int
