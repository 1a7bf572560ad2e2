"""What notes of uses need of the run that reads the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ast
    from pathlib import Path

    from durable_mi.lint.code.module import Module

__all__ = ["Reporter"]


class Reporter(Protocol):
    """Takes what was found.

    Attributes:
        tested: Names of variables and attributes that the conditions around the code test.
    """

    tested: list[str]

    def report_at(
        self, rule: str, module: Module, node: ast.AST, message: str, also: tuple[Path, int] | None = None
    ) -> None:
        """Report a place."""
