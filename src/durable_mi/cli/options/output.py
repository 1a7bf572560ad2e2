"""``--output``: text, or one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["output_option"]

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def output_option(command: _Command) -> _Command:
    """Add ``--output``."""
    return click.option(
        "--output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Print text, or one JSON document at the end.",
    )(command)
