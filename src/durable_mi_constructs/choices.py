"""Classes of CDK that are used like enums, by their members or by the text of one.

The rule is the one of :mod:`durable_mi.checks.choice`; here is what the members are.
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
    """Take an instruction set.

    Args:
        value: One of CDK's, or such as ``"arm64"`` or ``"ARM_64"``.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, lambda_.Architecture):
        return value
    name = choice.take_name(Option.ARCHITECTURE, value, _ARCHITECTURES, owner="Architecture")
    return cast("lambda_.Architecture", getattr(lambda_.Architecture, name))


def take_runtime(value: object) -> lambda_.Runtime:
    """Take a runtime.

    Args:
        value: One of CDK's, or such as ``"python3.14"`` or ``"PYTHON_3_14"``.

    Raises:
        ValueError: It is none. Of texts, those of the runtimes that a durable function can have are taken.
    """
    if isinstance(value, lambda_.Runtime):
        return value
    name = choice.take_name(Option.RUNTIME, value, _runtimes(), owner="Runtime")
    return cast("lambda_.Runtime", getattr(lambda_.Runtime, name))


def take_runtime_management_mode(value: object) -> lambda_.RuntimeManagementMode:
    """Take a runtime management mode.

    Args:
        value: One of CDK's, such as ``RuntimeManagementMode.manual(arn)``, or ``"Auto"`` or ``"FunctionUpdate"``.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, lambda_.RuntimeManagementMode):
        return value
    name = choice.take_name("runtime_management_mode", value, _MANAGEMENT_MODES, owner="RuntimeManagementMode")
    return cast("lambda_.RuntimeManagementMode", getattr(lambda_.RuntimeManagementMode, name))


def _runtimes() -> dict[str, str]:
    """The Python runtimes that this CDK knows and durable functions take, the newest last."""
    versions = sorted(
        (int(match[1]), int(match[2])) for match in map(_PYTHON.fullmatch, dir(lambda_.Runtime)) if match is not None
    )
    known = [(major, minor) for major, minor in versions if (major, minor) >= limits.MIN_PYTHON_RUNTIME]
    return {f"PYTHON_{major}_{minor}": f"python{major}.{minor}" for major, minor in known} | {
        "FROM_IMAGE": "FROM_IMAGE"
    }
