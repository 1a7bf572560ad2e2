"""The extras that the command line needs, and the message for a missing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.extras import needs_extra

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["missing_extra_hint"]

_EXTRA_OF: Final = {
    "boto3": "cli",
    "botocore": "cli",
    "click": "cli",
    "rich": "cli",
    "yaml": "cli",
    "aws_durable_execution_sdk_python": "local",
    "aws_durable_execution_sdk_python_testing": "local",
    "awslambdaric": "local",
    "starlette": "local",
    "uvicorn": "local",
}


def missing_extra_hint(error: ModuleNotFoundError, arguments: Sequence[str]) -> str | None:
    """Return one line that names the extra to install for the module that was not found.

    Args:
        error: What the import raised.
        arguments: The command line without the program's name; ``demo``, ``local`` and ``ui`` need an extra of
            their own, which includes the other.

    Returns:
        The line, or ``None`` if no extra installs that module.
    """
    module = (error.name or "").partition(".")[0]
    extra = _EXTRA_OF.get(module)
    if extra is None:
        return None
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in {"demo", "local", "ui"}:
        extra = "local"
    name = f"durable-mi {command}" if command else "durable-mi"
    return f"Error: {needs_extra(name, module, extra)}"
