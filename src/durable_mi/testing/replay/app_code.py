"""The code of a function of a synthesized app, as its next version would run it."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from durable_mi.local.app.functions import app_functions
from durable_mi.local.workers.code.version_code import VersionCode
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.start_failure import InitError
from durable_mi.testing.replay.errors import HandlerError
from durable_mi.testing.replay.replay_code import ReplayCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from durable_mi.cloudformation.assembly import CloudAssembly
    from durable_mi.local.app.functions import AppFunction

__all__ = ["app_code", "durable_functions"]


def durable_functions(assembly: CloudAssembly, region: str) -> list[AppFunction]:
    """Return the durable functions of an app.

    Raises:
        AssemblyError: The code of one is not in the assembly.
    """
    return [each for each in app_functions(assembly, region) if each.durable is not None]


@contextmanager
def app_code(function: AppFunction, say: Callable[[str], None]) -> Iterator[ReplayCode]:
    """Unpack a function's code, with the packages that fit this machine, for as long as it is replayed.

    Args:
        function: The function.
        say: Takes a line about what was done to the code.

    Raises:
        HandlerError: The code cannot be unpacked, or a package has no build for this machine.
    """
    try:
        host = Host.of(say=say)
        code = VersionCode(function, host)
        asyncio.run(code.fit())
    except (HostPackagesError, InitError) as error:
        msg = " ".join(str(error).split())
        raise HandlerError(msg) from error
    try:
        yield ReplayCode(function.handler, _directories(host, code.fitted), _variables(function))
    finally:
        code.clean_up()


def _directories(host: Host, code: Path) -> Sequence[Path]:
    return [type(code)(each) for each in host.python_path(code).split(os.pathsep) if each]


def _variables(function: AppFunction) -> dict[str, str]:
    """Return the function's own variables, with placeholders for what is known only after deployment."""
    region = function.arn.split(":")[3]
    return {
        **function.environment,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "_HANDLER": function.handler,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
