"""What an operator sees, at any width."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from durable_mi.operate.execution import Event, Execution
from durable_mi.operate.follow import Update
from durable_mi.operate.logs import LogLine
from durable_mi.operate.next_commands import NextCommands
from durable_mi.operate.report.console_reporter import ConsoleReporter, terminal
from durable_mi.operate.report.history_table import event_style

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders:1/durable-execution/name/id"
T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(number: int, event_type: str, seconds: float, name: str = "", **details: Any) -> Event:
    """Return an event of the operation of that name."""
    return Event(
        id=number,
        type=event_type,
        timestamp=T0 + timedelta(seconds=seconds),
        operation_id=name or "execution",
        name=name or "execution-name",
        details=details,
    )


HISTORY = [
    event(1, "ExecutionStarted", 0, ExecutionTimeout=3600),
    event(2, "StepStarted", 0.1, "charge-card"),
    event(
        3,
        "StepFailed",
        0.2,
        "charge-card",
        Error={"Payload": {"ErrorType": "Busy", "ErrorMessage": "reader\nis \x1b[2Jbusy"}},
        RetryDetails={"CurrentAttempt": 1, "NextAttemptDelaySeconds": 2},
    ),
    event(4, "InvocationCompleted", 0.3),
    event(5, "StepStarted", 2.2, "charge-card"),
    event(6, "StepSucceeded", 2.45, "charge-card", Result={"Payload": '{"t":"m","v":{"paid":{"t":"b","v":true}}}'}),
    event(7, "WaitStarted", 2.5, "a long name for a wait", ScheduledEndTimestamp=T0 + timedelta(seconds=90)),
    event(8, "WaitSucceeded", 90, "a long name for a wait", Duration=88),
    event(9, "CallbackStarted", 91, "approval", CallbackId="Y2FsbGJhY2s="),
    event(10, "ChainedInvokeStarted", 92, "refund", FunctionName="refunds:live"),
    event(11, "ExecutionStopped", 93, Error={"Payload": {"ErrorMessage": "by hand"}}),
]
RUNNING = Execution(arn=ARN, name="name", status="RUNNING", started=T0)


def shown(*, width: int = 80, verbose: bool = False) -> tuple[ConsoleReporter, io.StringIO]:
    """Return an output, and the file that it writes to."""
    file = io.StringIO()
    return ConsoleReporter(Console(file=file, width=width, highlight=False), verbose=verbose), file


def test_follows_line_by_line() -> None:
    """Attempts, durations, results and errors, without a sign of the terminal."""
    output, file = shown(width=100)
    output.follow([Update(execution=RUNNING, events=HISTORY[:5]), Update(execution=RUNNING, events=HISTORY[5:])])

    assert [
        "",
        "Following",
        "     +0.00 s  ExecutionStarted                      times out after 1 h",
        "     +0.10 s  StepStarted         charge-card",
        "     +0.20 s  StepFailed          charge-card         100 ms",
        r"              Busy: reader is \x1b[2Jbusy; next attempt in 2 s",
        "     +2.20 s  StepStarted         charge-card       attempt 2",
        '     +2.45 s  StepSucceeded       charge-card         250 ms  attempt 2  {"paid": true}',
        "     +2.50 s  WaitStarted         a long name for a wait  until 12:01:30 UTC",
        "  +1 min 30 s  WaitSucceeded       a long name for a wait  1 min 28 s",
        "  +1 min 31 s  CallbackStarted     approval",
        "              callback id Y2FsbGJhY2s=",
        "  +1 min 32 s  ChainedInvokeStarted  refund            refunds:live",
        "  +1 min 33 s  ExecutionStopped                      1 min 33 s",
        "              by hand",
    ] == file.getvalue().splitlines()


def test_follows_deadlines_targets_polls_and_pauses() -> None:
    """Until when a callback must be answered, who was invoked in which version, what a condition saw."""
    poll = {"Result": {"Payload": '{"ready": false}'}}
    day = 86_400
    events = [
        event(1, "CallbackStarted", 1, "approval", CallbackId="Y2E=", Timeout=3600, HeartbeatTimeout=60),
        event(2, "CallbackStarted", 2, "contract", CallbackId="Y2E=", Timeout=30 * day),
        event(
            3, "ChainedInvokeStarted", 3, "refund", FunctionName="refunds:live", ExecutedVersion="7", TenantId="blue"
        ),
        event(4, "StepSucceeded", 4, "ready", **poll, RetryDetails={"CurrentAttempt": 1, "NextAttemptDelaySeconds": 5}),
        event(
            5, "StepFailed", 5, "charge", Error={"Payload": {"ErrorType": "Busy"}}, RetryDetails={"CurrentAttempt": 1}
        ),
        event(6, "ExecutionPaused", 6, Reason={"Payload": "an incident"}),
        replace(event(7, "InvocationCompleted", 7, Error={"Payload": {"ErrorType": "Sandbox.Timedout"}}), name=None),
    ]
    output, file = shown(width=100)
    output.follow([Update(execution=RUNNING, events=events)])

    assert [
        "",
        "Following",
        "     +0.00 s  CallbackStarted     approval",
        "              times out at 13:00:01 UTC; heartbeat every 1 min; callback id Y2E=",
        "     +1.00 s  CallbackStarted     contract",
        "              times out at 2026-12-23 12:00:02 UTC; callback id Y2E=",
        "     +2.00 s  ChainedInvokeStarted  refund            refunds:live (version 7, tenant blue)",
        '     +3.00 s  StepSucceeded       ready             {"ready": false}; next poll in 5 s',
        "     +4.00 s  StepFailed          charge",
        "              Busy",
        "     +5.00 s  ExecutionPaused                       an incident",
        "     +6.00 s  InvocationCompleted",
        "              Sandbox.Timedout",
    ] == file.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 71, 72, 80, 109, 110, 200])
def test_the_table_fits(width: int) -> None:
    """No line is wider than the terminal, and each durable event is named in full on a row of its own."""
    output, file = shown(width=width)
    output.history(HISTORY)
    lines = file.getvalue().splitlines()

    assert width >= max(len(line) for line in lines)
    for durable in (event.type for event in HISTORY if not event.is_invocation):
        assert any(durable in line.split() for line in lines)
    assert any("12:01:30.000" in line for line in lines) == (width >= 72)
    assert any('{"paid": true}' in line for line in lines) == (width >= 110)


def test_a_long_detail_takes_only_what_is_left() -> None:
    """It is cut rather than the columns before it."""
    output, file = shown(width=110)
    output.history([event(12, "StepSucceeded", 0, "charge-card", Result={"Payload": '"' + "x" * 300 + '"'})])
    row = file.getvalue().splitlines()[-1]

    assert ["12", "12:00:00.000", "StepSucceeded", "charge-card"] == row.split()[:4]
    assert 110 == len(row)
    assert row.endswith("x\u2026")


def test_the_table_shows_invocations_when_asked() -> None:
    """And those that failed always, since nothing else tells why it goes no further."""
    quiet, quiet_file = shown()
    verbose, verbose_file = shown(verbose=True)
    failed = event(4, "InvocationCompleted", 0.3, Error={"Payload": {"ErrorType": "Runtime.ImportModuleError"}})
    failing, failing_file = shown()
    quiet.history(HISTORY)
    verbose.history(HISTORY)
    failing.history([failed])

    assert "InvocationCompleted" not in quiet_file.getvalue()
    assert "InvocationCompleted" in verbose_file.getvalue()
    assert "InvocationCompleted" in failing_file.getvalue()


def test_dims_only_what_is_secondary() -> None:
    """A time is dim, what happened is not."""
    file = io.StringIO()
    output = ConsoleReporter(Console(file=file, width=80, force_terminal=True, color_system="standard"), verbose=False)
    output.logs([LogLine(timestamp=T0, message="charged", level="INFO")], log_group="/orders")

    assert "\x1b[2m  12:00:00.000  \x1b[0mINFO    charged" == file.getvalue().splitlines()[-1]


def test_shows_log_lines() -> None:
    """Time, level, message, the exception that came with it and the operation that logged it."""
    output, file = shown()
    output.logs(
        [
            LogLine(timestamp=T0, message="plain \x1b[31mred"),
            LogLine(
                timestamp=T0, message="cannot charge", level="ERROR", operation="charge-card", error="Busy: reader"
            ),
        ],
        log_group="/orders",
    )

    assert [
        "",
        "Logs  /orders",
        r"  12:00:00.000  plain \x1b[31mred",
        "  12:00:00.000  ERROR   cannot charge (Busy: reader)  [charge-card]",
    ] == file.getvalue().splitlines()


def test_says_that_log_lines_may_come_later() -> None:
    """No lines is no failure."""
    output, file = shown()
    output.logs([], log_group="/orders")

    assert "no log lines of this execution yet" in file.getvalue()


def test_shows_how_it_ended() -> None:
    """Status, times, input and error with its stack."""
    output, file = shown()
    output.outcome(
        Execution.from_api(
            {
                "DurableExecutionArn": ARN,
                "DurableExecutionName": "name",
                "Status": "FAILED",
                "StartTimestamp": T0,
                "EndTimestamp": T0 + timedelta(seconds=1),
                "InputPayload": "{}",
                "Error": {"ErrorType": "ValueError", "ErrorMessage": "no orderId", "StackTrace": ["  at handler"]},
            }
        )
    )

    assert [
        "",
        "Outcome",
        "  Status   FAILED",
        "  Started  2026-11-23 12:00:00.000 UTC",
        "  Ended    2026-11-23 12:00:01.000 UTC",
        "  Took     1.00 s",
        "  Input",
        "    {}",
        "  Error    ValueError: no orderId",
        "      at handler",
    ] == file.getvalue().splitlines()


def test_shortens_a_large_value() -> None:
    """A result of a thousand lines does not push the rest off the screen."""
    output, file = shown()
    output.outcome(
        Execution(arn=ARN, name="name", status="SUCCEEDED", started=T0, result="[" + ",".join("1" * 1000) + "]")
    )

    assert file.getvalue().endswith("  ... 962 more lines\n")


def test_never_breaks_a_command() -> None:
    """A line break inside of a word would be pasted too."""
    output, file = shown(width=40)
    command = NextCommands(endpoint=None, profile=None, region=None).history(ARN)
    output.next_commands([command, command])

    assert 2 == file.getvalue().count(f"--durable-execution-arn {ARN} \\\n")


def test_writes_wide_lines_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless COLUMNS says otherwise, and nothing at all where it shall be quiet."""
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.delenv("COLUMNS", raising=False)

    assert 120 == terminal().width
    monkeypatch.setenv("COLUMNS", "66")
    assert 66 == terminal().width
    assert terminal(quiet=True).quiet


def test_writes_what_the_encoding_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A character that cannot be written is spelt out rather than the end of the command."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    terminal().print("caf\u00e9")

    assert b"caf\\xe9\n" == written.getvalue()


def failed(number: int, seconds: float, **retry: int) -> Event:
    """Return a failed attempt at a step."""
    error = {"Payload": {"ErrorType": "ValueError", "ErrorMessage": "declined"}}
    return event(number, "StepFailed", seconds, "charge", Error=error, RetryDetails={"CurrentAttempt": number, **retry})


def test_follows_failures_with_their_tracebacks() -> None:
    """Each attempt at a step with its own; one of the history is preferred, and not repeated for the execution."""
    outside = {"ErrorType": "KeyError", "StackTrace": ['  File "app.py", line 3, in handler\n    raise KeyError\n']}
    events = [
        failed(1, 1, NextAttemptDelaySeconds=1),
        failed(2, 2),
        replace(event(3, "InvocationCompleted", 3, Error={"Payload": outside}), name=None),
        event(4, "ExecutionFailed", 4, Error={"Payload": outside}),
    ]
    output, file = shown(width=100)
    output.follow([Update(execution=RUNNING, events=events)], traceback_of=lambda each: [f"at\x1b attempt {each.id}"])

    assert [
        "     +0.00 s  StepFailed          charge",
        "              ValueError: declined; next attempt in 1 s",
        r"                at\x1b attempt 1",
        "     +1.00 s  StepFailed          charge            attempt 2",
        "              ValueError: declined",
        r"                at\x1b attempt 2",
        "     +2.00 s  InvocationCompleted",
        "              KeyError",
        '                  File "app.py", line 3, in handler',
        "                    raise KeyError",
        "     +3.00 s  ExecutionFailed",
        "              KeyError",
    ] == file.getvalue().splitlines()[2:]


def test_the_outcome_names_the_step_that_failed() -> None:
    """The SDK's own error hides the name and the type."""
    wrapped = Execution.from_api(
        {
            "DurableExecutionArn": ARN,
            "DurableExecutionName": "name",
            "Status": "FAILED",
            "StartTimestamp": T0,
            "Error": {"ErrorType": "sdk.StepError", "ErrorMessage": "declined"},
        }
    )
    for steps, expected in (
        ([failed(1, 1)], ["  Error    sdk.StepError: declined", "  Step     charge: ValueError: declined"]),
        ([failed(1, 1, NextAttemptDelaySeconds=1)], ["  Error    sdk.StepError: declined"]),
    ):
        output, file = shown()
        output.follow([Update(execution=RUNNING, events=steps)])
        output.outcome(wrapped)
        assert expected == file.getvalue().splitlines()[-len(expected) :]


def test_follows_callbacks_with_the_command_that_answers_them() -> None:
    """Once for each that is waited for; not for one that was answered meanwhile, nor at the end."""
    opened = event(1, "CallbackStarted", 0, "approval", CallbackId="a b", Timeout=3600)
    answered = [
        event(2, "CallbackStarted", 1, "quick", CallbackId="q"),
        event(3, "CallbackSucceeded", 1, "quick"),
    ]
    ended = replace(RUNNING, status="STOPPED")
    commands = NextCommands(endpoint=None, profile=None, region=None)
    output, file = shown(width=120)
    output.follow(
        [
            Update(execution=RUNNING, events=[opened, *answered]),
            Update(execution=RUNNING, events=[]),
            Update(execution=ended, events=[event(4, "CallbackStarted", 2, "late", CallbackId="l")]),
        ],
        answer=commands.callback_success,
    )
    lines = [line for line in file.getvalue().splitlines() if line.startswith("              ")]
    assert [
        "              times out at 13:00:00 UTC; callback id a b",
        "              callback id q",
        "              # answer the callback (for a result, add --result fileb://FILE), until 13:00:00 UTC",
        "              aws lambda send-durable-execution-callback-success \\",
        "                --callback-id 'a b'",
        "              callback id l",
    ] == lines


def test_follows_what_the_local_runtime_reports() -> None:
    """Between the events, whatever it says."""
    output, file = shown()
    output.follow([Update(execution=RUNNING, events=HISTORY[:1], notices=["no \x1b worker is free"])])
    assert r"              no \x1b worker is free" == file.getvalue().splitlines()[-1]


def test_shows_the_traceback_of_a_log_line_unless_it_was_shown() -> None:
    """Where the log comes later than the event, as on AWS."""
    line = LogLine(timestamp=T0, message="failed", stack_trace=("  at charge",))
    output, file = shown()
    output.logs([line], log_group="group")
    assert "                  at charge" == file.getvalue().splitlines()[-1]
    output, file = shown()
    output.follow([Update(execution=RUNNING, events=[failed(1, 1)])], traceback_of=lambda _: ["  at charge"])
    output.logs([line], log_group="group")
    assert "  12:00:00.000  failed" == file.getvalue().splitlines()[-1]


def test_a_failed_invocation_is_red() -> None:
    """Its type does not say that it failed."""
    error = {"Payload": {"ErrorType": "Kind"}}
    assert "red" == event_style(event(1, "InvocationCompleted", 0, Error=error))
    assert "" == event_style(event(1, "InvocationCompleted", 0))


def test_the_table_names_a_next_attempt_only_where_there_was_one() -> None:
    """Not after the last attempt of an execution that was stopped meanwhile."""
    attempts = [failed(1, 1, NextAttemptDelaySeconds=60), failed(2, 61, NextAttemptDelaySeconds=60)]
    for end, expected in (([], [True, True]), ([event(3, "ExecutionStopped", 70)], [True, False])):
        output, file = shown(width=140)
        output.history([*attempts, *end])
        rows = [line for line in file.getvalue().splitlines() if "StepFailed" in line]
        assert expected == ["next attempt in 1 min" in row for row in rows]
