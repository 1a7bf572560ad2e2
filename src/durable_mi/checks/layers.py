"""Whether a layer is for the function's architecture, and in its Region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.checks.check_error import CheckError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["check_layer"]

_OPTION: Final = "layers"
_ARN: Final = re.compile(r"arn:[\w-]+:lambda:(?P<region>[a-z0-9-]+):\d{12}:layer:(?P<name>[\w-]+)(?::\d+)?")
_WORDS: Final = {
    "arm64": re.compile(r"(?<![a-z0-9])(?:arm64|aarch64)(?![a-z0-9])", re.IGNORECASE),
    "x86_64": re.compile(r"(?<![a-z0-9])(?:x86[_-]64|amd64)(?![a-z0-9])", re.IGNORECASE),
}
"""How names of layers such as ``AWSLambdaPowertoolsPythonV3-python314-arm64`` have their architecture."""


def check_layer(
    arn: str, *, architecture: str, region: str | None, architectures: Collection[str] = (), name: str | None = None
) -> None:
    """Check a layer against where the function runs.

    Args:
        arn: The layer version's ARN. If it is not literal, only ``architectures`` is checked.
        architecture: The function's architecture.
        region: The function's Region, or ``None`` if it is known only at deploy time.
        architectures: The architectures that the layer declares; none if it declares nothing.
        name: The layer's name for messages. Defaults to the ARN.

    Raises:
        CheckError: The layer declares other architectures only, or the ARN has another Region, or a name with the other
            architecture only.
    """
    shown = name or arn
    match = _ARN.fullmatch(arn)
    named = {each for each, word in _WORDS.items() if match is not None and word.search(match["name"])}
    for found in (set(architectures), named):
        if found and architecture not in found:
            raise CheckError(
                _OPTION,
                requirement=f"must be made for the function's architecture {architecture}",
                got=f"{shown} for {', '.join(sorted(found))}",
                fix=f"use the layer that is built for {architecture}, or capacity of the layer's architecture",
            )
    if match is not None and region is not None and match["region"] != region:
        raise CheckError(
            _OPTION,
            requirement=f"must be in the function's Region {region}",
            got=f"{arn} in {match['region']}",
            fix=f"use the ARN of the layer in {region}; Lambda does not load layers of another Region",
        )
