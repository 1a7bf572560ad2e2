"""What the function runs: runtime, architecture, handler, description."""

from __future__ import annotations

import re
from typing import Final

from durable_mi import limits

__all__ = ["architecture", "description", "handler", "runtime"]

_PYTHON: Final = re.compile(r"python(\d+)\.(\d+)")
_PYTHON_HANDLER: Final = re.compile(r"[^\s.]+(\.[^\s.]+)+")


def runtime(name: str) -> None:
    """Check that a runtime is a Python that runs durable functions on managed instances.

    Newer versions than this release knows of are accepted.

    Args:
        name: Lambda's name of the runtime, such as ``python3.13``.

    Raises:
        ValueError: It is not Python, or older than :data:`durable_mi.limits.MIN_PYTHON_RUNTIME`.
    """
    match = _PYTHON.fullmatch(name)
    if match is None or (int(match[1]), int(match[2])) < limits.MIN_PYTHON_RUNTIME:
        oldest = limits.PYTHON_RUNTIMES[0]
        msg = (
            f"runtime must be {oldest} or newer, the oldest Python that runs durable functions on managed instances, "
            f"got {name}: move the function to {' or '.join(limits.PYTHON_RUNTIMES)}"
        )
        raise ValueError(msg)


def architecture(name: str) -> None:
    """Check an instruction set.

    Args:
        name: Lambda's name of it.

    Raises:
        ValueError: It is not one of :data:`durable_mi.limits.ARCHITECTURES`.
    """
    if name not in limits.ARCHITECTURES:
        msg = (
            f"architecture must be {' or '.join(limits.ARCHITECTURES)}, got {name}: "
            "a capacity provider runs exactly one of the two, for all of its functions"
        )
        raise ValueError(msg)


def handler(value: str) -> None:
    """Check the form of a Python handler.

    Args:
        value: Module and function, ``module.function``; packages are separated by dots or slashes.

    Raises:
        ValueError: It has no module or no function, holds white space, or is longer than 128 characters.
    """
    if limits.HANDLER.fullmatch(value) is None or _PYTHON_HANDLER.fullmatch(value) is None:
        msg = (
            "handler must be a module and a function in it, 'module.function', at most 128 characters without spaces, "
            f"got {value!r}: for def handler(...) in order.py write 'order.handler'"
        )
        raise ValueError(msg)


def description(text: str) -> None:
    """Check the length of a function's description.

    Args:
        text: The description.

    Raises:
        ValueError: It is longer than :data:`durable_mi.limits.FUNCTION_DESCRIPTION_MAX` characters.
    """
    if len(text) > limits.FUNCTION_DESCRIPTION_MAX:
        msg = (
            f"description must have at most {limits.FUNCTION_DESCRIPTION_MAX} characters, got {len(text)}: "
            f"shorten it by {len(text) - limits.FUNCTION_DESCRIPTION_MAX}"
        )
        raise ValueError(msg)
