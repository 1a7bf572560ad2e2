"""Replay a history on a handler: whole, and cut off after each of its events."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from durable_mi.testing.replay._sdk import invoke, is_from_sdk
from durable_mi.testing.replay.errors import HandlerError, HistoryError
from durable_mi.testing.replay.followed_replay import FollowedReplay
from durable_mi.testing.replay.network_guard import NetworkReached, guard_network
from durable_mi.testing.replay.recorded_operations import execution_arn, recorded_prefixes
from durable_mi.testing.replay.time_limit import TIMEOUT_S, ReplayTimedOut, time_limit
from durable_mi.testing.replay.verdict import Finding, HistoryVerdict, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from durable_mi.testing.replay.place import Place
    from durable_mi.testing.replay.recorded_history import RecordedHistory
    from durable_mi.testing.replay.recorded_operations import Recorded
    from durable_mi.testing.replay.time_limit import TimeLimit

    Handler = Callable[[Any, Any], Any]

__all__ = ["MOST_PREFIXES", "replay_history"]

MOST_PREFIXES: Final = 250
"""How many prefixes of a history are replayed at most. One of a thousand steps takes a few seconds then."""


class _Replayed(NamedTuple):
    """The replay of what was recorded up to an event."""

    finding: Finding
    output: Mapping[str, Any]
    followed: FollowedReplay


def replay_history(
    history: RecordedHistory, handler: Handler, *, timeout: float = TIMEOUT_S, with_operations: bool = False
) -> HistoryVerdict:
    """Replay a history and each of its prefixes, as invocations after each event would.

    No step runs, nothing is checkpointed, and the network is not reached.

    Args:
        history: The history, with its payloads.
        handler: The handler, decorated with ``@durable_execution``.
        timeout: How many seconds all of that may take. Only the main thread can be interrupted; in another one there
            is no limit.
        with_operations: Whether the finding has the operations of a history that replays, too.

    Raises:
        HandlerError: The handler is not that of a durable function.
    """
    guard_network()

    chosen, count = frozenset[int](), 0

    def verdict(finding: Finding, *, result_differs: bool = False) -> HistoryVerdict:
        return HistoryVerdict(
            history.name,
            history.arn,
            history.status,
            len(history.events),
            finding,
            result_differs=result_differs,
            prefixes=(len(chosen), count),
        )

    try:
        ends_context = [(whole := each).ends_context for each in recorded_prefixes(history)][:-1]
    except HistoryError as error:
        return verdict(Finding(Verdict.UNKNOWN, len(history.events), None, str(error)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        came = f"its events must be as GetDurableExecutionHistory returns them, got {error!r}"
        return verdict(Finding(Verdict.UNKNOWN, len(history.events), None, came))
    chosen, count = _chosen(ends_context), len(ends_context)
    try:
        with time_limit(timeout) as limit:
            first = _replay(history, whole, handler, limit)
            found = first.finding
            result_differs = whole.end is not None and found.replays and _differs(whole.end, first.output)
            elsewhere: dict[str, tuple[str, Place | None]] = {}
            # What is inside of a context that has ended runs in the prefixes only.
            prefixes = (each for n, each in enumerate(recorded_prefixes(history)) if n in chosen)
            for part in prefixes if found.replays else ():
                shorter = _replay(history, part, handler, limit)
                if with_operations:
                    elsewhere |= shorter.followed.came_to()
                if not shorter.finding.replays:
                    return verdict(shorter.finding, result_differs=result_differs)
    except ReplayTimedOut as reached:
        came = f"neither the end nor a suspension came within {timeout:g} s"
        return verdict(Finding(Verdict.TIMES_OUT, len(history.events), None, came, reached.place))
    if found.replays and with_operations:
        recorded = {each: came for each, came in elsewhere.items() if each in whole.operations}
        found = replace(found, operations=first.followed.operations(recorded))
    return verdict(found, result_differs=result_differs)


def _chosen(ends_context: Sequence[bool]) -> frozenset[int]:
    """Return which prefixes to replay: all, and of a long history those that show the most, evenly spread.

    Each prefix takes as long as the history up to it, so all of them take the square of its length.
    """
    count = len(ends_context)
    if count <= MOST_PREFIXES:
        return frozenset(range(count))
    found = _spread([n for n, ends in enumerate(ends_context) if ends], MOST_PREFIXES)
    others = [n for n in range(count) if n not in found]
    return found | _spread(others, MOST_PREFIXES - len(found))


def _spread(numbers: Sequence[int], most: int) -> frozenset[int]:
    if len(numbers) <= most:
        return frozenset(numbers)
    return frozenset(numbers[n * len(numbers) // most] for n in range(most))


def _replay(history: RecordedHistory, recorded: Recorded, handler: Handler, limit: TimeLimit) -> _Replayed:
    followed = FollowedReplay(recorded)
    operations = (recorded.execution, *recorded.operations.values())
    try:
        output = invoke(handler, execution_arn(history), operations, followed)
    except NetworkReached as reached:
        came = "each replay repeats this call: move it into a step"
        finding = Finding(Verdict.HAS_EFFECTS, recorded.events, None, came, reached.place, followed.operations())
        return _Replayed(finding, {}, followed)
    except Exception as error:
        limit.check()
        if not is_from_sdk(error):
            msg = f"the handler must be decorated with @durable_execution, got one that raises {error!r}"
            raise HandlerError(msg) from error
        # The SDK lets Lambda retry the invocation, which comes to the same error.
        came = f"the invocation fails with {type(error).__name__}: {error}"
        finding = Finding(Verdict.DIVERGES, recorded.events, "what was recorded", came, None, followed.operations())
        return _Replayed(finding, {}, followed)
    limit.check()
    if not isinstance(output, dict) or output.get("Status") not in {"SUCCEEDED", "FAILED", "PENDING"}:
        msg = f"the handler must be decorated with @durable_execution, got one that returns {type(output).__name__}"
        raise HandlerError(msg)
    return _Replayed(followed.finding(output), output, followed)


def _differs(end: Mapping[str, Any], output: Mapping[str, Any]) -> bool:
    recorded = (end.get("ExecutionSucceededDetails", {}).get("Result") or {}).get("Payload")
    result = output.get("Result")
    # A result that is too large for the response is checkpointed and returned as an empty text.
    if recorded is None or not result:
        return False
    try:
        return bool(json.loads(recorded) != json.loads(result))
    except ValueError:
        return bool(recorded != result)
