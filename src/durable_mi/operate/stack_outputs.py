"""The function that a CloudFormation stack's outputs name, so that users do not copy names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import UsageError
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["StackOutputs"]

_QUALIFIED: Final = re.compile(r"arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:([a-zA-Z0-9_-]+):([a-zA-Z0-9_-]+)")
_FUNCTION_NAME: Final = "FunctionName"
_LOG_GROUP_NAME: Final = "LogGroupName"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackOutputs:
    """A stack's outputs.

    Attributes:
        stack: The stack's name.
        values: Values by the outputs' keys.
    """

    stack: str
    values: Mapping[str, str]

    def target(self, *, output: str | None = None, qualifier: str | None = None) -> Target:
        """Return the function to invoke.

        Args:
            output: Key of the output that names it. Defaults to the one output whose value is the ARN of an alias or
                version, then to the output ``FunctionName``.
            qualifier: Alias or version. Defaults to the output's, then to
                :data:`~durable_mi.operate.target.DEFAULT_QUALIFIER`.

        Raises:
            UsageError: The outputs name no function or several, or the requested output does not exist.
        """
        key = self._key() if output is None else output
        if key not in self.values:
            msg = f"stack {self.stack} must have the output {key}; it has {self._keys()}"
            raise UsageError(msg)
        return Target.parse(self.values[key], qualifier=qualifier)

    def log_group(self) -> str | None:
        """Return the value of the output ``LogGroupName``, or ``None`` if there is none."""
        return self.values.get(_LOG_GROUP_NAME)

    def _key(self) -> str:
        found = {value: key for key, value in sorted(self.values.items()) if _QUALIFIED.fullmatch(value)}
        if len(found) > 1:
            keys = ", ".join(sorted(found.values()))
            msg = f"the outputs of stack {self.stack} name several functions ({keys}): pass one of them as FUNCTION"
            raise UsageError(msg)
        if not found and _FUNCTION_NAME not in self.values:
            msg = (
                f"stack {self.stack} must have an output with the ARN of an alias, such as "
                f"CfnOutput(..., value=function.alias.function_arn); it has {self._keys()}"
            )
            raise UsageError(msg)
        return next(iter(found.values()), _FUNCTION_NAME)

    def _keys(self) -> str:
        return ", ".join(sorted(self.values)) or "none"
