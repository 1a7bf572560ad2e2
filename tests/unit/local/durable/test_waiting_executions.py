"""Executions that wait for a callback cost memory, and no thread."""

from __future__ import annotations

import asyncio
import threading

from playing import LIMIT, Functions, play

from durable_mi.local.app.functions import DurableConfig

WAITING = 300
MOST = 40
"""Threads of the service and of this test, however many executions wait."""


def test_waiting_executions_hold_no_threads() -> None:
    """Each has a callback that nobody has answered, and its handler has returned."""

    async def scene(functions: Functions) -> tuple[int, int]:
        starts = [
            functions.service.start_execution(
                account="000000000000",
                function_name="flow",
                version="1",
                name=f"order-{number}",
                config=DurableConfig(execution_timeout=600, retention_days=1),
                payload=b"{}",
            )
            for number in range(WAITING)
        ]
        arns = await asyncio.gather(*starts)
        for _ in arns:
            handler = await functions.next()
            await handler.checkpoint({"Id": "approval", "Type": "CALLBACK", "Action": "START", "CallbackOptions": {}})
            handler.returns()
        async with asyncio.timeout(LIMIT):
            while any(functions.service._executor.is_invoking(arn) for arn in arns):  # noqa: ASYNC110, SLF001
                await asyncio.sleep(0.01)
        running = sum(not execution.is_complete for execution in functions.service.store.list_all())
        return running, threading.active_count()

    running, threads = play(scene)
    assert WAITING == running
    assert threads <= MOST
