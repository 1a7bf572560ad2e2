"""What the durable service needs of the functions that it drives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from durable_mi.local.workers.invocation import Outcome
    from durable_mi.local.workers.registry import Target

__all__ = ["FunctionHost"]


class FunctionHost(Protocol):
    """Finds functions and runs them; the function registry."""

    async def invoke(self, function_name: str, version: str, payload: bytes, execution: str) -> tuple[str, Outcome]:
        """Run a handler once.

        Args:
            function_name: The function.
            version: The version, or ``$LATEST``.
            payload: The event as JSON.
            execution: ARN of the durable execution that the invocation starts or resumes.

        Returns:
            The request id and the outcome.
        """

    def serves(self, name: str) -> bool:
        """Return whether a function of this plain name is here."""

    def qualified_arn(self, function_name: str, version: str) -> str:
        """Return the ARN of a function with a version as its qualifier."""

    def resolve(self, function: str, qualifier: str | None) -> Target:
        """Find the target of a chained invoke.

        Raises:
            ApiError: There is none.
        """
