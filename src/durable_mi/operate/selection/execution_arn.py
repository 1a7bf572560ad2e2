"""The ARN of a durable execution, in parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from durable_mi.operate.errors import UsageError
from durable_mi.operate.target import Target

__all__ = ["ExecutionArn"]

# API DurableExecutionArn.
_ARN: Final = re.compile(
    r"arn:(?P<partition>[a-zA-Z0-9-]+):lambda:(?P<region>[a-zA-Z0-9-]+):(?P<account>\d{12}):function:"
    r"(?P<function>[a-zA-Z0-9_-]+):(?P<version>\$LATEST(?:\.PUBLISHED)?|[0-9]+)/durable-execution/"
    r"(?P<name>[a-zA-Z0-9_-]+)/(?P<id>[a-zA-Z0-9_-]+)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionArn:
    """A durable execution as its ARN names it.

    Attributes:
        text: The whole ARN.
        partition: Such as ``aws``.
        region: Its region.
        account: Its account.
        function: Name of the function.
        version: The version that it runs on, never an alias.
        name: ``DurableExecutionName``.
        id: What the service added, unique.
    """

    text: str
    partition: str
    region: str
    account: str
    function: str
    version: str
    name: str
    id: str

    def __str__(self) -> str:
        """Return the ARN."""
        return self.text

    @classmethod
    def parse(cls, text: str) -> ExecutionArn:
        """Read an ARN.

        Raises:
            UsageError: It is not that of a durable execution.
        """
        match = _ARN.fullmatch(text)
        if match is None:
            msg = (
                "ARN must be that of a durable execution (...:function:NAME:VERSION/durable-execution/NAME/ID), "
                f"got {text!r}"
            )
            raise UsageError(msg)
        return cls(text=text, **match.groupdict())

    @property
    def target(self) -> Target:
        """The version that it runs on."""
        return Target.parse(self.text.partition("/")[0])
