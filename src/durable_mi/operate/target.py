"""The function to invoke, in every form that users have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from durable_mi.operate.errors import UsageError

__all__ = ["DEFAULT_QUALIFIER", "Target"]

DEFAULT_QUALIFIER: Final = "live"
"""The alias that the constructs of this project create. It is the only qualifier to invoke."""

# API NamespacedFunctionName, in parts.
_FUNCTION: Final = re.compile(
    r"(?:(?:arn:(?P<partition>aws[a-zA-Z-]*):lambda:)(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?"
    r"(?:(?P<account>\d{12}):)?(?P<infix>function:)?(?P<name>[a-zA-Z0-9_-]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+))?"
)
_QUALIFIER: Final = re.compile(r"\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]{1,128}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A function and the qualifier to invoke it with.

    Attributes:
        function: Name, partial ARN or ARN without a qualifier, as ``FunctionName`` of the API takes it.
        name: The bare function name.
        qualifier: Alias or version.
        region: The region that the ARN names, or ``None`` if only a name was given.
    """

    function: str
    name: str
    qualifier: str
    region: str | None

    def __str__(self) -> str:
        """Return the qualified function."""
        return f"{self.function}:{self.qualifier}"

    @classmethod
    def parse(cls, function: str, *, qualifier: str | None = None) -> Target:
        """Parse a function.

        Args:
            function: ``name``, ``name:qualifier``, a function ARN, or the ARN of a version or alias.
            qualifier: Alias or version. Defaults to that of ``function``, then to :data:`DEFAULT_QUALIFIER`.

        Raises:
            UsageError: It is none of these forms, or the two qualifiers differ.
        """
        match = _FUNCTION.fullmatch(function)
        is_arn = function.startswith("arn:")
        if match is None or (is_arn and not (match["region"] and match["account"] and match["infix"])):
            msg = f"FUNCTION must be a name, name:qualifier or the ARN of a function or alias, got {function!r}"
            raise UsageError(msg)
        if qualifier is not None and not _QUALIFIER.fullmatch(qualifier):
            msg = f"--qualifier must be an alias or a version number, got {qualifier!r}"
            raise UsageError(msg)
        named = match["qualifier"]
        if named and qualifier and named != qualifier:
            msg = f"FUNCTION names the qualifier {named!r} and --qualifier {qualifier!r}: pass one of them"
            raise UsageError(msg)
        bare = function.removesuffix(f":{named}") if named else function
        return cls(
            function=bare,
            name=match["name"],
            qualifier=qualifier or named or DEFAULT_QUALIFIER,
            region=match["region"],
        )
