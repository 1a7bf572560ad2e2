"""Options that take a class of CDK that is used like an enum: one of its members, or a string.

:mod:`durable_mi.checks.choice` has the rule. This module has the members.
"""

from __future__ import annotations

import re
from typing import Final, cast

from aws_cdk import aws_lambda as lambda_

from durable_mi import limits
from durable_mi.checks import choice
from durable_mi.checks.option import Option

__all__ = ["take_architecture", "take_runtime", "take_runtime_management_mode"]

_ARCHITECTURES: Final = {"ARM_64": "arm64", "X86_64": "x86_64"}
_MANAGEMENT_MODES: Final = {"AUTO": "Auto", "FUNCTION_UPDATE": "FunctionUpdate"}
_PYTHON: Final = re.compile(r"PYTHON_(\d+)_(\d+)")


def take_architecture(value: object) -> lambda_.Architecture:
    """Return CDK's instruction set for a value.

    Args:
        value: A ``lambda_.Architecture``, or a string such as ``"arm64"`` or ``"ARM_64"``.

    Raises:
        ValueError: The value is neither.
    """
    if isinstance(value, lambda_.Architecture):
        return value
    name = choice.take_name(Option.ARCHITECTURE, value, _ARCHITECTURES, owner="Architecture")
    return cast("lambda_.Architecture", getattr(lambda_.Architecture, name))


def take_runtime(value: object) -> lambda_.Runtime:
    """Return CDK's runtime for a value.

    Args:
        value: A ``lambda_.Runtime``, or a string such as ``"python3.14"`` or ``"PYTHON_3_14"``.

    Raises:
        ValueError: The value is neither. Strings are accepted only for runtimes that a durable function can have.
    """
    if isinstance(value, lambda_.Runtime):
        return value
    name = choice.take_name(Option.RUNTIME, value, _runtimes(), owner="Runtime")
    return cast("lambda_.Runtime", getattr(lambda_.Runtime, name))


def take_runtime_management_mode(value: object) -> lambda_.RuntimeManagementMode:
    """Return CDK's runtime management mode for a value.

    Args:
        value: A ``lambda_.RuntimeManagementMode``, such as ``RuntimeManagementMode.manual(arn)``, or the string
            ``"Auto"`` or ``"FunctionUpdate"``.

    Raises:
        ValueError: The value is neither.
    """
    if isinstance(value, lambda_.RuntimeManagementMode):
        return value
    name = choice.take_name("runtime_management_mode", value, _MANAGEMENT_MODES, owner="RuntimeManagementMode")
    return cast("lambda_.RuntimeManagementMode", getattr(lambda_.RuntimeManagementMode, name))


def _runtimes() -> dict[str, str]:
    """Return the Python runtimes that this CDK has and durable functions support, the newest last."""
    versions = sorted(
        (int(match[1]), int(match[2])) for match in map(_PYTHON.fullmatch, dir(lambda_.Runtime)) if match is not None
    )
    known = [(major, minor) for major, minor in versions if (major, minor) >= limits.MIN_PYTHON_RUNTIME]
    return {f"PYTHON_{major}_{minor}": f"python{major}.{minor}" for major, minor in known} | {
        "FROM_IMAGE": "FROM_IMAGE"
    }
