"""``--dry-run`` and ``--yes``: the options of commands that change something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["change_options"]

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def change_options(command: _Command) -> _Command:
    """Add the options of commands that change something."""
    dry_run = click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    yes = click.option("--yes", is_flag=True, help="Do not ask before something is changed.")
    return dry_run(yes(command))
