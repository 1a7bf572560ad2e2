"""The log lines of an execution, if they can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from durable_mi.operate.errors import OperatorError
from durable_mi.operate.logs import log_pattern, settled_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.client import Client
    from durable_mi.operate.execution import Execution
    from durable_mi.operate.logs import LogLine
    from durable_mi.operate.target import Target

__all__ = ["Logs", "read_logs"]

# CloudWatch Logs shows a line some seconds after it was written; the local runtime shows it at once.
_LOCAL_PAUSES_S: Final = (0.2, 0.4, 0.8)
_AWS_PAUSES_S: Final = (2.0, 2.0, 3.0, 5.0)


class Logs(NamedTuple):
    """An execution's log lines; ``lines`` is ``None`` if they cannot be read, and ``problem`` says why."""

    group: str | None = None
    lines: Sequence[LogLine] | None = None
    problem: str = ""


def read_logs(client: Client, execution: Execution, target: Target, *, log_group: str | None) -> Logs:
    """Read the logs. Credentials that can follow executions may not read logs, which is no failure.

    Args:
        client: The account and region, or the endpoint.
        execution: An execution that has ended.
        target: The function.
        log_group: Name of its log group. Defaults to the one that Lambda names.
    """
    group: str | None = None
    start_ms = int(execution.started.timestamp() * 1000)
    try:
        group = name = log_group or client.log_group(target)
        lines = settled_lines(
            lambda: client.log_lines(name, pattern=log_pattern(execution.arn), start_ms=start_ms),
            pauses_s=_LOCAL_PAUSES_S if client.is_loopback else _AWS_PAUSES_S,
        )
    except OperatorError as error:
        return Logs(group=group, problem=str(error))
    return Logs(group=group, lines=lines)
