"""The server of an execution environment, which whoever ends the environment stops."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from durable_mi.local.http_server import HttpServer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def _nothing(_: Scope, __: Receive, ___: Send) -> None:
    """Answer nothing."""


def test_a_stop_that_was_cancelled_leaves_the_end_to_the_next() -> None:
    """An environment that could not start is being stopped when the whole runtime stops."""

    async def scene() -> None:
        server = HttpServer(_nothing)
        await server.start()
        first = asyncio.ensure_future(server.stop())
        await asyncio.sleep(0)
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        assert first.cancelled()
        await server.stop()

    asyncio.run(scene())
