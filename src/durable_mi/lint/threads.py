"""Threads, pools and event loops: what runs in them has no order that a replay could repeat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.lint.state import element_of
from durable_mi.lint.values import NOTHING, Awaitable, Collection, Made, Value, alternatives
from durable_mi.lint.zone import Zone, ZoneKind

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from durable_mi.lint.frame import Frame
    from durable_mi.lint.run import Run
    from durable_mi.lint.values import Library

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


def run_in_thread(  # noqa: PLR0913 - what a call is made of
    run: Run,
    called: Library | Made,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value | None:
    """Read what a call runs in a thread or an event loop; ``None`` if it is no such call."""
    path = called.path
    zone = Zone(ZoneKind.THREAD, body=frame.zone.body, parent=frame.zone)
    if frame.zone.kind is ZoneKind.IMPORT:
        return None
    if path in _THREAD:
        target = keywords.get("target", arguments[1] if path == "threading.Timer" and len(arguments) > 1 else None)
        if target is not None:
            given = keywords.get("args")
            passed = tuple(given.elements) if isinstance(given, Collection) else ()
            run.call(target, passed, {}, node, frame, zone)
        return Made(f"{path}()", arguments, dict(keywords))
    if _SUBMIT.fullmatch(path) and arguments:
        return run.call(arguments[0], arguments[1:], keywords, node, frame, zone)
    if _MAP.fullmatch(path) and arguments:
        result = run.call(arguments[0], tuple(element_of(each) for each in arguments[1:]), {}, node, frame, zone)
        return Collection("list", [result], {}, frame.zone)
    if _LOOP.fullmatch(path):
        results = [_awaited(run, each, node, frame, zone) for each in arguments]
        if path.endswith("gather"):
            return Collection("list", results, dict(enumerate(results)), frame.zone)
        return results[0] if results else NOTHING
    return None


def _awaited(run: Run, value: Value, node: ast.AST, frame: Frame, zone: Zone) -> Value:
    result: Value = NOTHING
    for each in alternatives(value):
        if isinstance(each, Awaitable):
            result = run.call(each, (), {}, node, frame, zone)
    return result
