"""Log lines, and the commands for looking further."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime

import pytest

from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.logs import LogLine, log_pattern, settled_lines
from durable_mi.operate.next_commands import NextCommands
from durable_mi.operate.target import Target

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST.PUBLISHED/durable-execution/name/id"
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_reads_a_line_of_lambdas_json_format() -> None:
    """The line's own time is more exact than the time of its arrival."""
    raw = json.dumps(
        {
            "timestamp": "2026-11-23T12:00:00.250Z",
            "level": "ERROR",
            "message": "cannot charge",
            "operationName": "charge-card",
            "errorType": "RuntimeError",
            "errorMessage": "card reader is busy",
        }
    )
    expected = LogLine(
        timestamp=datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC),
        message="cannot charge",
        level="ERROR",
        operation="charge-card",
        error="RuntimeError: card reader is busy",
        raw=raw,
    )

    assert expected == LogLine.parse(raw + "\n", timestamp_ms=1)


@pytest.mark.parametrize("raw", ["plain text", '{"no": "message key"}', "[1, 2]", "{broken"])
def test_keeps_a_line_of_another_form(raw: str) -> None:
    """What is no log record is shown as it was written."""
    assert LogLine(timestamp=datetime.fromtimestamp(5, UTC), message=raw, raw=raw) == LogLine.parse(
        raw, timestamp_ms=5_000
    )


def test_reads_a_message_that_is_a_value() -> None:
    """Powertools logs objects as messages; a time without zone is not trusted."""
    line = LogLine.parse('{"message": {"a": 1}, "timestamp": "2026-11-23T12:00:00"}', timestamp_ms=5_000)

    assert ('{"a": 1}', 1970) == (line.message, line.timestamp.year)


@pytest.mark.parametrize("own", ["soon", "2026-11-23T12:00:00Z"])
def test_ignores_a_time_that_says_less(own: str) -> None:
    """CloudWatch's time stands in for one that is none, and for one in whole seconds as Lambda writes them."""
    line = LogLine.parse(json.dumps({"message": "m", "timestamp": own}), timestamp_ms=5_123)

    assert line.timestamp == datetime(1970, 1, 1, 0, 0, 5, 123_000, tzinfo=UTC)


class _Arriving:
    """Log lines of which more are there at each reading."""

    def __init__(self, *counts: int) -> None:
        self.counts = list(counts)
        self.slept: list[float] = []

    def read(self) -> list[LogLine]:
        count = self.counts.pop(0)
        return [LogLine.parse(str(number), timestamp_ms=number) for number in range(count)]

    def settled(self) -> int:
        """How many lines were there when it stopped to look."""
        return len(settled_lines(self.read, pauses_s=(1, 2, 3), sleep=self.slept.append))


@pytest.mark.parametrize(
    ("counts", "expected", "slept"),
    [
        ((5, 5), 5, [1]),
        ((2, 5, 5), 5, [1, 2]),
        ((0, 0, 5, 5), 5, [1, 2, 3]),
        ((0, 0, 0, 0), 0, [1, 2, 3]),
        ((1, 2, 3, 4), 4, [1, 2, 3]),
    ],
)
def test_waits_for_late_lines(counts: tuple[int, ...], expected: int, slept: list[float]) -> None:
    """Until the same lines come twice, and not forever."""
    arriving = _Arriving(*counts)

    assert expected == arriving.settled()
    assert slept == arriving.slept


def test_commands_survive_the_shell() -> None:
    """What is pasted arrives as it was meant, whatever is in a name."""
    commands = NextCommands(endpoint=None, profile="my profile; rm", region="eu-central-1")
    command = commands.history(ARN)
    where = ["--region", "eu-central-1", "--profile", "my profile; rm"]

    assert command.words == shlex.split(str(command).replace("\\\n", ""))
    assert [
        *("aws", "lambda", "get-durable-execution-history", "--durable-execution-arn", ARN),
        *("--include-execution-data", *where),
    ] == command.words


def test_commands_reach_the_local_endpoint() -> None:
    """Without credentials, and for the logs too."""
    local = Endpoint.parse("http://127.0.0.1:3210")
    commands = NextCommands(endpoint=local, profile=None, region="us-east-1")
    expected = ["--endpoint-url", "http://127.0.0.1:3210", "--region", "us-east-1", "--no-sign-request"]

    assert expected == commands.execution(ARN).words[-5:]
    assert expected == commands.stop(ARN).words[-5:]
    assert expected == commands.logs("group", ARN, started=T0).words[-5:]


def test_commands_reach_a_remote_endpoint_of_lambda() -> None:
    """An interface endpoint of Lambda does not serve the logs."""
    remote = Endpoint.parse("https://vpce-1.lambda.eu-central-1.vpce.amazonaws.com")
    commands = NextCommands(endpoint=remote, profile=None, region=None)

    assert ["--endpoint-url", remote.url] == commands.execution(ARN).words[-2:]
    assert [
        *("aws", "logs", "filter-log-events", "--log-group-name", "group"),
        *("--start-time", "1795435200000", "--filter-pattern", log_pattern(ARN)),
    ] == commands.logs("group", ARN, started=T0).words


def test_lists_the_executions_of_the_function() -> None:
    """Of one name where that is the question."""
    commands = NextCommands(endpoint=None, profile=None, region=None)
    target = Target.parse("orders")
    listing = [
        "aws",
        "lambda",
        "list-durable-executions-by-function",
        "--function-name",
        "orders",
        "--qualifier",
        "live",
    ]

    assert listing == commands.executions(target).words
    assert [*listing, "--durable-execution-name", "n"] == commands.executions(target, name="n").words
