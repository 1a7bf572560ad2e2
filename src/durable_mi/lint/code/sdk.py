"""The names of the durable execution SDK, wherever they are imported from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DECORATORS", "OPERATIONS", "SDK", "sdk_name"]

SDK: Final = "aws_durable_execution_sdk_python"
"""The SDK's import package."""

DECORATORS: Final[Mapping[str, Kind]] = {
    "durable_execution": Kind.HANDLER,
    "durable_step": Kind.STEP,
    "durable_with_child_context": Kind.CHILD,
    "durable_parallel_branch": Kind.BRANCH,
    "durable_wait_for_callback": Kind.SUBMITTER,
}
"""What each decorator of the SDK makes of a function."""


OPERATIONS: Final = frozenset(
    {
        "create_callback",
        "invoke",
        "map",
        "parallel",
        "run_in_child_context",
        "step",
        "wait",
        "wait_for_callback",
        "wait_for_condition",
    }
)
"""The methods of a ``DurableContext`` that checkpoint."""


def sdk_name(path: str) -> str | None:
    """Return the last name of a path into the SDK; ``None`` for any other path."""
    return path.rpartition(".")[2] if path.startswith(f"{SDK}.") else None
