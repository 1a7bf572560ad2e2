"""The options that the commands of ``durable-mi release`` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from durable_mi.cli.options import where as options

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "WAKE_TIMEOUT_S",
    "alias_option",
    "wake_timeout_option",
    "where_options",
]

WAKE_TIMEOUT_S = 900
"""Seconds that a version may take to change its state, unless the user says otherwise."""

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which functions are meant; the command gets them as ``where``."""
    return options.where_options(stack="All functions of this stack that are on a capacity provider.")(command)


def alias_option(command: _Command) -> _Command:
    """Add ``--alias``."""
    return click.option("--alias", metavar="NAME", default="live", show_default=True, help="The alias to change.")(
        command
    )


def wake_timeout_option(command: _Command) -> _Command:
    """Add ``--timeout``, for the commands that wait for a version to become active."""
    return click.option(
        "--timeout",
        type=click.IntRange(min=0),
        metavar="SECONDS",
        default=WAKE_TIMEOUT_S,
        show_default=True,
        help="Wait so long for the version to become active.",
    )(command)
