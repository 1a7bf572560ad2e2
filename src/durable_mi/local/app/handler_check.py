"""What is wrong with a function's handler, as far as the syntax of its code shows it before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.checks.check_error import CheckError
from durable_mi.packaging import PackageModules, check_handler_in_package

if TYPE_CHECKING:
    from pathlib import Path

    from durable_mi.local.app.functions import AppFunction

__all__ = ["handler_problem"]


def handler_problem(function: AppFunction, code: Path) -> str | None:
    """Return why a handler cannot run, in one line; ``None`` if that is not certain.

    The handler must exist, must not be async and, for a durable function, must be wrapped in ``durable_execution``.
    Otherwise each execution would fail, some only after their retries.

    Args:
        function: The function.
        code: Directory with its code.
    """
    modules = PackageModules(files={}, directories=(code,))
    python = function.runtime.removeprefix("python")
    try:
        check_handler_in_package(function.handler, modules, python, durable=function.durable is not None)
    except CheckError as error:
        return str(error)
    return None
