"""The texts of a function: its description and its environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.checks import code, variables
from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_texts"]


def check_texts(description: str | None, environment: Mapping[str, str]) -> None:
    """Check what is known of the texts.

    Args:
        description: The description; ``None`` if there is none.
        environment: The environment variables.

    Raises:
        ValueError: The description is too long, or a variable or all of them together are rejected.
    """
    if description is not None and not is_unresolved(description):
        code.check_description(description)
    variables.check_environment(
        {name: "" if is_unresolved(value) else value for name, value in environment.items() if not is_unresolved(name)}
    )
