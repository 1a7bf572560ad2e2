"""The assertion for tests: recorded histories replay on the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from durable_mi.testing.replay.errors import HistoryError
from durable_mi.testing.replay.recorded_history import RecordedHistory, read_histories
from durable_mi.testing.replay.replayer import replay_history
from durable_mi.testing.replay.time_limit import TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from durable_mi.testing.replay.verdict import HistoryVerdict

__all__ = ["assert_replays"]


def assert_replays(
    histories: Path | str | Iterable[RecordedHistory | Mapping[str, Any]],
    handler: Callable[[Any, Any], Any],
    *,
    same_result: bool = False,
    timeout: float = TIMEOUT_S,
) -> list[HistoryVerdict]:
    """Check that recorded histories, and each prefix of them, replay on a handler.

    Args:
        histories: A file or a directory that ``durable-mi record`` wrote, or histories: documents with ``Events`` as
            ``GetDurableExecutionHistory`` returns them with execution data.
        handler: The handler, decorated with ``@durable_execution``. None of its steps runs.
        same_result: Whether an execution that succeeded must return what it returned then. Code that depends on what
            a step changed outside of its result, or on a random value between two steps, does not.
        timeout: How many seconds the replay of one history may take. A handler that blocks is interrupted then, and
            the other histories are replayed. Only the main thread can be interrupted.

    Returns:
        What was found for each history.

    Raises:
        AssertionError: A history does not replay; the message has a line for each, and the operations of the first.
        ReplayError: A history cannot be read, or the handler is not that of a durable function.
    """
    found = [replay_history(each, handler, timeout=timeout) for each in _read(histories)]
    wrong = [each for each in found if not each.replays or (same_result and each.result_differs)]
    if wrong:
        lines = [f"{len(wrong)} of {len(found)} histories must replay on {_name(handler)}:", *map(str, wrong)]
        # The others mostly differ in the same way.
        lines += wrong[0].finding.side_by_side()
        raise AssertionError("\n  ".join(lines))
    return found


def _read(histories: Path | str | Iterable[RecordedHistory | Mapping[str, Any]]) -> list[RecordedHistory]:
    if isinstance(histories, str | Path):
        return read_histories(Path(histories))
    found = [
        each if isinstance(each, RecordedHistory) else RecordedHistory.parse(each, f"history {number}")
        for number, each in enumerate(histories, 1)
    ]
    if not found:
        msg = "histories must have at least one history, got none: record some with durable-mi record"
        raise HistoryError(msg)
    return found


def _name(handler: Callable[[Any, Any], Any]) -> str:
    return f"{getattr(handler, '__module__', '?')}.{getattr(handler, '__qualname__', repr(handler))}"
