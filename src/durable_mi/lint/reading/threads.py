"""Threads, pools and event loops: what runs in them has no order that a replay could repeat."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.functions import Awaitable
from durable_mi.lint.code.values import NOTHING, Collection, Made, Value, alternatives
from durable_mi.lint.code.zone import Zone, ZoneKind
from durable_mi.lint.reading.state import element_of

if TYPE_CHECKING:
    from durable_mi.lint.code.call import Call
    from durable_mi.lint.code.values import Library
    from durable_mi.lint.reading.run import Run

__all__ = ["run_in_thread"]

_LOOP: Final = re.compile(
    r"asyncio\.(?:run|gather|create_task|ensure_future|wait_for|wait|shield|as_completed)"
    r"|asyncio\.\w+\(\)\.(?:run_until_complete|create_task|run)|anyio\.run|nest_asyncio\.\w+"
)
_SUBMIT: Final = re.compile(
    r"(?:concurrent\.futures\.)?(?:ThreadPoolExecutor|ProcessPoolExecutor)\(\)\.submit|asyncio\.to_thread"
    r"|multiprocessing\.(?:pool\.)?(?:ThreadPool|Pool|dummy\.Pool)\(\)\.(?:apply|apply_async)"
)
_MAP: Final = re.compile(
    r"(?:concurrent\.futures\.)?(?:ThreadPoolExecutor|ProcessPoolExecutor)\(\)\.map"
    r"|multiprocessing\.(?:pool\.)?(?:ThreadPool|Pool|dummy\.Pool)\(\)\.(?:map|imap|imap_unordered|starmap|map_async)"
)
_THREAD: Final = frozenset({"threading.Thread", "threading.Timer", "multiprocessing.Process"})


def run_in_thread(  # noqa: PLR0911 - one for each kind of call
    run: Run, called: Library | Made, call: Call
) -> Value | None:
    """Read what a call runs in a thread or an event loop; ``None`` if it is no such call."""
    path, frame = called.path, call.frame
    if frame.zone.kind is ZoneKind.IMPORT:
        return None
    inner = call.run_as(Zone(ZoneKind.THREAD, body=frame.zone.body, parent=frame.zone))
    if path in _THREAD:
        return _thread(run, path, inner)
    if call.arguments and _SUBMIT.fullmatch(path):
        return run.call(call.arguments[0], replace(inner, arguments=call.arguments[1:]))
    if call.arguments and _MAP.fullmatch(path):
        result = run.call(call.arguments[0], inner.having(*(element_of(each) for each in call.arguments[1:])))
        return Collection("list", [result], {}, frame.zone)
    if path.endswith(".run_in_executor") and len(call.arguments) > 1:
        return run.call(call.arguments[1], replace(inner, arguments=call.arguments[2:]))
    if _LOOP.fullmatch(path):
        results = [_awaited(run, each, inner) for each in (*call.arguments, *call.spread)]
        if path.endswith("gather"):
            return Collection("list", results, dict(enumerate(results)), frame.zone)
        return results[0] if results else NOTHING
    return None


def _thread(run: Run, path: str, call: Call) -> Value:
    target = call.value(1, "target") if path != "threading.Timer" else call.value(1, "function")
    if target is not None:
        given = call.keywords.get("args")
        run.call(target, call.having(*(given.elements if isinstance(given, Collection) else ())))
    return Made(f"{path}()", call.arguments, dict(call.keywords))


def _awaited(run: Run, value: Value, call: Call) -> Value:
    result: Value = NOTHING
    for each in alternatives(value):
        if isinstance(each, Awaitable):
            result = run.call(each, call.having())
    return result
