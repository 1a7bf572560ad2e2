"""Waiting until a version is in a state."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from durable_mi.operate.errors import ServiceError
from durable_mi.release.guards import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.release.client import ReleaseClient

__all__ = ["LOCAL_POLL_S", "POLL_S", "wait_for_state"]

POLL_S: Final = 5.0
"""Seconds between two looks at a version that changes its state."""

LOCAL_POLL_S: Final = 0.2
"""The same with an endpoint on this machine."""


def wait_for_state(  # noqa: PLR0913 - what there is to wait for
    client: ReleaseClient,
    function: str,
    version: str,
    state: str,
    *,
    timeout_s: float,
    poll_s: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait until a version is in a state.

    Args:
        client: The calls.
        function: The function's name.
        version: The version's number.
        state: The API's ``State``.
        timeout_s: Seconds to wait at most.
        poll_s: Seconds between two looks.
        sleep: Waits.
        clock: Returns seconds that only grow.

    Raises:
        OperatorError: It failed, or is not in that state in time, or cannot be read.
    """
    end = clock() + timeout_s
    while True:
        found = client.configuration(function, version)
        if found.state == state:
            return
        because = f": {found.state_reason}" if found.state_reason else ""
        if found.state == FAILED:
            msg = f"version {version} must become {state}, but is {found.state}{because}"
            raise ServiceError(msg)
        if clock() >= end:
            msg = f"version {version} must become {state} within {timeout_s:.0f} s, but is {found.state}{because}"
            raise ServiceError(msg)
        sleep(poll_s)
