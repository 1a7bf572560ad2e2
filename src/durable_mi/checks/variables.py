"""A function's environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["check_environment", "check_variable_names"]


def check_variable_names(variables: Iterable[str]) -> None:
    """Check the names of environment variables.

    Args:
        variables: The names.

    Raises:
        CheckError: One is reserved by Lambda or not a name: two characters or more, a letter first, then letters,
            digits and underscores.
    """
    for name in variables:
        if name in limits.RESERVED_ENVIRONMENT_VARIABLES:
            raise CheckError(
                Option.ENVIRONMENT,
                requirement=f"must not set {name}, which Lambda sets itself",
                fix="take another name",
            )
        if limits.ENVIRONMENT_VARIABLE.fullmatch(name) is None:
            raise CheckError(
                Option.ENVIRONMENT,
                requirement=(
                    "names must have two characters or more, a letter first, then letters, digits and underscores"
                ),
                got=f"{name!r}",
                fix="rename it",
            )


def check_environment(variables: Mapping[str, str]) -> None:
    """Check the names of environment variables and the size of them all.

    Args:
        variables: Names and values; leave out what is not known yet.

    Raises:
        CheckError: A name is rejected, see :func:`check_variable_names`, or names and values together are above 4 KiB.
    """
    check_variable_names(variables)
    size = sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())
    if size > limits.MAX_ENVIRONMENT_BYTES:
        raise CheckError(
            Option.ENVIRONMENT,
            requirement=f"must not be above {limits.MAX_ENVIRONMENT_BYTES} bytes, names and values together",
            got=f"{size}",
            fix="keep large values in Parameter Store or S3 and pass where they are",
        )
