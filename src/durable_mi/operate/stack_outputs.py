"""The function that a CloudFormation stack's outputs name, so that nobody copies names around."""

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
        """Give the function to invoke.

        Args:
            output: Key of the output that names it. Left out: the one output whose value is the ARN of an alias or
                version; where there is none, the output ``FunctionName``.
            qualifier: Alias or version; where neither this nor the output names one,
                :data:`~durable_mi.operate.target.DEFAULT_QUALIFIER`.

        Raises:
            UsageError: The outputs name no function, or several, or the one that is asked for is not there.
        """
        key = self._key() if output is None else output
        if key not in self.values:
            msg = f"stack {self.stack} must have the output {key}; it has {self._keys()}"
            raise UsageError(msg)
        return Target.parse(self.values[key], qualifier=qualifier)

    def log_group(self) -> str | None:
        """The value of the output ``LogGroupName``; ``None`` without one, where Lambda has to be asked."""
        return self.values.get(_LOG_GROUP_NAME)

    def _key(self) -> str:
        found = {value: key for key, value in sorted(self.values.items()) if _QUALIFIED.fullmatch(value)}
        if len(found) > 1:
            keys = ", ".join(sorted(found.values()))
            msg = f"the outputs of stack {self.stack} name several functions ({keys}): say which as FUNCTION"
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
