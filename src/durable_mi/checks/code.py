"""What the function runs: runtime, architecture, handler, description."""

from __future__ import annotations

import re
from typing import Final

from durable_mi import limits
from durable_mi.checks.check_error import CheckError
from durable_mi.checks.option import Option

__all__ = ["check_architecture", "check_description", "check_handler", "check_runtime"]

_PYTHON: Final = re.compile(r"python(\d+)\.(\d+)")
_PYTHON_HANDLER: Final = re.compile(r"[^\s.]+(\.[^\s.]+)+")


def check_runtime(name: str) -> None:
    """Check that a runtime is a Python that runs durable functions on managed instances.

    Newer versions than this release knows of are accepted.

    Args:
        name: Lambda's name of the runtime, such as ``python3.13``.

    Raises:
        CheckError: It is not Python, or older than :data:`durable_mi.limits.MIN_PYTHON_RUNTIME`.
    """
    match = _PYTHON.fullmatch(name)
    if match is None or (int(match[1]), int(match[2])) < limits.MIN_PYTHON_RUNTIME:
        oldest = limits.PYTHON_RUNTIMES[0]
        raise CheckError(
            Option.RUNTIME,
            requirement=(
                f"must be {oldest} or newer, the oldest Python that runs durable functions on managed instances"
            ),
            got=name,
            fix=f"move the function to {' or '.join(limits.PYTHON_RUNTIMES)}",
        )


def check_architecture(name: str) -> None:
    """Check an instruction set.

    Args:
        name: Lambda's name of it.

    Raises:
        CheckError: It is not one of :data:`durable_mi.limits.ARCHITECTURES`.
    """
    if name not in limits.ARCHITECTURES:
        raise CheckError(
            Option.ARCHITECTURE,
            requirement=f"must be {' or '.join(limits.ARCHITECTURES)}",
            got=name,
            fix="a capacity provider runs exactly one of the two, for all of its functions",
        )


def check_handler(value: str) -> None:
    """Check the form of a Python handler.

    Args:
        value: Module and function, ``module.function``; packages are separated by dots or slashes.

    Raises:
        CheckError: It has no module or no function, holds white space, or is longer than 128 characters.
    """
    if limits.HANDLER.fullmatch(value) is None or _PYTHON_HANDLER.fullmatch(value) is None:
        raise CheckError(
            Option.HANDLER,
            requirement=(
                "must be a module and a function in it, 'module.function', at most 128 characters without spaces"
            ),
            got=f"{value!r}",
            fix="for def handler(...) in order.py write 'order.handler'",
        )


def check_description(text: str) -> None:
    """Check the length of a function's description.

    Args:
        text: The description.

    Raises:
        CheckError: It is longer than :data:`durable_mi.limits.FUNCTION_DESCRIPTION_MAX` characters.
    """
    if len(text) > limits.FUNCTION_DESCRIPTION_MAX:
        raise CheckError(
            Option.DESCRIPTION,
            requirement=f"must have at most {limits.FUNCTION_DESCRIPTION_MAX} characters",
            got=f"{len(text)}",
            fix=f"shorten it by {len(text) - limits.FUNCTION_DESCRIPTION_MAX}",
        )
