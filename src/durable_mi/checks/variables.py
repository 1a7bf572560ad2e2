"""A function's environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["environment", "names"]


def names(variables: Iterable[str]) -> None:
    """Check the names of environment variables.

    Args:
        variables: The names.

    Raises:
        ValueError: One is reserved by Lambda or not a name: two characters or more, a letter first, then letters,
            digits and underscores.
    """
    for name in variables:
        if name in limits.RESERVED_ENVIRONMENT_VARIABLES:
            msg = f"environment must not set {name}, which Lambda sets itself: take another name"
            raise ValueError(msg)
        if limits.ENVIRONMENT_VARIABLE.fullmatch(name) is None:
            msg = (
                "environment names must have two characters or more, a letter first, then letters, digits and "
                f"underscores, got {name!r}: rename it"
            )
            raise ValueError(msg)


def environment(variables: Mapping[str, str]) -> None:
    """Check the names of environment variables and the size of them all.

    Args:
        variables: Names and values; leave out what is not known yet.

    Raises:
        ValueError: A name is refused, see :func:`names`, or names and values together are above 4 KiB.
    """
    names(variables)
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > limits.MAX_ENVIRONMENT_BYTES:
        msg = (
            f"environment must not be above {limits.MAX_ENVIRONMENT_BYTES} bytes, names and values together, got "
            f"{size}: keep large values in Parameter Store or S3 and pass where they are"
        )
        raise ValueError(msg)
