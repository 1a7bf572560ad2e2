"""Replay recorded histories on the code of a workflow, before it is deployed.

An execution that runs continues on code that replays what it has done so far. :func:`assert_replays` does so in a test:
it gives the SDK a recorded history, and that history cut off after each event, and says where the code leaves it.
"""

from durable_mi.testing.replay.assertion import assert_replays
from durable_mi.testing.replay.errors import HandlerError, HistoryError, ReplayError
from durable_mi.testing.replay.recorded_history import RecordedHistory, read_histories
from durable_mi.testing.replay.replayer import replay_history
from durable_mi.testing.replay.verdict import Finding, HistoryVerdict, Verdict

__all__ = [
    "Finding",
    "HandlerError",
    "HistoryError",
    "HistoryVerdict",
    "RecordedHistory",
    "ReplayError",
    "Verdict",
    "assert_replays",
    "read_histories",
    "replay_history",
]
