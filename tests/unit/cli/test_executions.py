"""The commands about executions, on an account whose answers have botocore's shapes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from durable_mi.cli.executions.console import console_link
from durable_mi.cli.group import durable_mi
from durable_mi.operate.connection import Connection
from durable_mi.operate.logs import LogLine, log_patterns
from durable_mi.operate.selection.execution_arn import ExecutionArn
from tests.unit.operate.account import Account, arn, at, event, failed

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = {"RetryDetails": {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 0}}
START = event(1, "ExecutionStarted", Input={"Payload": '{"id": 1}'}, ExecutionTimeout=60)
CHECK = [
    event(2, "StepStarted", "1", "check"),
    event(3, "StepSucceeded", "1", "check", Result={"Payload": "1"}, **LAST),
]
PAY = [
    event(4, "StepStarted", "2", "pay"),
    event(5, "StepFailed", "2", "pay", **failed("CardError", "declined", **LAST)),
]
WAITS = event(4, "CallbackStarted", "2", "approve", CallbackId="QQ==", Timeout=600)
ENDED = event(8, "ExecutionFailed", **failed("StepError", "declined"))
ORDERS = ("--function", "orders")


@pytest.fixture
def account() -> Account:
    """Return an account with one execution of each kind."""
    made = Account()
    made.add("good-1", "SUCCEEDED", START, *CHECK, event(6, "ExecutionSucceeded", Result={"Payload": "2"}), started=1)
    bad = made.add("bad-2", "FAILED", START, *CHECK, *PAY, ENDED, started=2)
    held = made.add("held-3", "RUNNING", START, *CHECK, WAITS, started=3)
    made.details[made.executions[0]["DurableExecutionArn"]] = {
        "InputPayload": '{"id": 1}',
        "Result": "2",
        "Version": "1",
    }
    made.details[bad] = {
        "InputPayload": '{"id": 1}',
        "Error": {"ErrorType": "StepError", "ErrorMessage": "declined", "StackTrace": ["File pay.py, line 3"]},
    }
    made.details[held] = {"InputPayload": '{"id": 1}', "ExpectedExecutionTimeoutTimestamp": at(100_000)}
    return made


@pytest.fixture
def run(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return what runs ``durable-mi`` on this account, as on AWS."""
    connection = replace(account.connection(), is_loopback=False, address="us-east-1")
    monkeypatch.setattr(Connection, "open", lambda **_: connection)
    # The account has nothing but Lambda, and a client of each other service takes a tenth of a second.
    monkeypatch.setattr(Connection, "logs", lambda _: connection.functions)
    monkeypatch.setattr(Connection, "stacks", lambda _: connection.functions)
    monkeypatch.setattr("durable_mi.operate.function_search.FunctionSearch.construct", lambda *_: None)

    def run(*arguments: str, columns: int = 140) -> Result:
        return CliRunner(env={"COLUMNS": str(columns), "AWS_ENDPOINT_URL": None}).invoke(durable_mi, [*arguments])

    return run


def document(result: Result) -> Any:
    """Return the JSON that a command printed."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def test_list_shows_where_executions_are(run: Callable[..., Result]) -> None:
    """One row each, the newest first."""
    done = run("list", *ORDERS)
    assert 0 == done.exit_code, done.output
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [["RUNNING", "held-3"], ["FAILED", "bad-2"], ["SUCCEEDED", "good-1"]] == [[row[0], row[3]] for row in rows]
    assert "callback approve until" in done.stdout
    assert "step pay: CardError: declined" in done.stdout


def test_a_narrow_terminal_loses_nothing(run: Callable[..., Result]) -> None:
    """Each thing has its line."""
    done = run("list", *ORDERS, columns=44)
    assert max(len(line) for line in done.stdout.splitlines()) <= 44
    for said in ("held-3", "orders:1", "callback approve until", "step pay: CardError:"):
        assert said in done.stdout


def test_list_as_json_and_filtered(run: Callable[..., Result]) -> None:
    """The keys of the API, and where it is."""
    (found,) = document(run("list", *ORDERS, "--status", "failed,running", "--error", "CARD", "--output", "json"))[
        "Executions"
    ]
    assert ("bad-2", "FAILED", "1", 60.0) == (
        found["DurableExecutionName"],
        found["Status"],
        found["Version"],
        found["DurationSeconds"],
    )
    assert ("FAILED", "step", "pay", "CardError") == tuple(
        found["Place"][key] for key in ("State", "Kind", "Name", "ErrorType")
    )


def test_an_empty_list_is_no_failure(run: Callable[..., Result]) -> None:
    """And says so."""
    done = run("list", *ORDERS, "--version", "99")
    assert (0, "No executions.\n") == (done.exit_code, done.stdout)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("--status", "DONE"), "--status must be of RUNNING, SUCCEEDED"),
        (("--status", ""), "--status must be of"),
        (("--version", "live"), "--version must be a version number"),
        (("--name", " "), "--name must have a text"),
        (("--error", ""), "--error must have a text"),
        (("--since", "soon"), "--since must be so long ago"),
        (("--since", "1h", "--until", "2h"), "--since must be before --until, got 1h and 2h"),
        (("--watch",), "--watch must have a terminal"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_rejects_options_that_select_nothing(run: Callable[..., Result], given: tuple[str, ...], expected: str) -> None:
    """Before anything is called."""
    done = run("list", *ORDERS, *given)
    assert 2 == done.exit_code
    assert expected in done.stderr


def test_rejects_a_list_of_a_whole_account(run: Callable[..., Result]) -> None:
    """It has too many functions."""
    done = run("list")
    assert 2 == done.exit_code
    assert "--stack or --function must be given, got neither" in done.stderr


def test_rejects_a_missing_permission_with_the_grant(run: Callable[..., Result], account: Account) -> None:
    """The action, what it is on, and what of the construct gives it."""
    account.refused = ("AccessDeniedException", "User: u is not authorized")
    done = run("list", *ORDERS)
    assert 1 == done.exit_code
    assert "must allow lambda:ListDurableExecutionsByFunction on function" in done.stderr
    assert "add that permission, as workflow.grants.observe(...) of the construct does" in done.stderr


def test_show_has_the_step_that_failed(run: Callable[..., Result]) -> None:
    """With the original type of its error, which the SDK hides behind its own."""
    done = run("show", "bad", *ORDERS, "--history")
    assert 0 == done.exit_code, done.output
    for said in (
        "step pay: CardError: declined",
        "StepError: declined",
        "File pay.py, line 3",
        "StepFailed",
        '"id": 1',
    ):
        assert said in done.stdout


@pytest.mark.parametrize("columns", [40, 72, 100, 140])
def test_operations_keep_their_names_beside_long_details(run: Callable[..., Result], columns: int) -> None:
    """However narrow the terminal is."""
    done = run("show", "held-3", *ORDERS, columns=columns)
    operations = done.stdout.partition("Operations")[2]
    for said in ("check", "approve", "SUCCEEDED", "STARTED"):
        assert said in operations


def test_show_as_json(run: Callable[..., Result]) -> None:
    """What an open execution waits for, and until when."""
    found = document(run("show", "latest", *ORDERS, "--output", "json"))
    assert "held-3" == found["DurableExecutionName"]
    assert (at(604).isoformat(), at(100_000).isoformat()) == (
        found["NextWake"],
        found["ExpectedExecutionTimeoutTimestamp"],
    )
    assert ("IN", "callback", "QQ==") == tuple(found["Place"][key] for key in ("State", "Kind", "CallbackId"))
    assert ["check", "approve"] == [each["Name"] for each in found["Operations"]]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["good-1"], 0),
        (["good-1", "bad-2"], 1),
        (["held-3"], 3),
        (["held-3", "bad-2"], 1),
        (["held-3", "nothing"], 1),
    ],
)
def test_wait_has_an_exit_status_for_scripts(run: Callable[..., Result], names: list[str], expected: int) -> None:
    """All succeeded, one did not, or one is open still."""
    assert expected == run("wait", *names, "--timeout", "0", *ORDERS).exit_code


def test_diff_names_the_first_difference(run: Callable[..., Result]) -> None:
    """An operation by its name, and what differs."""
    done = run("diff", "good-1", "bad-2", *ORDERS)
    assert 1 == done.exit_code, done.output
    assert "First difference: pay: only in B" in done.stdout
    found = document(run("diff", "good-1", "bad-2", *ORDERS, "--output", "json"))
    assert ["pay: only in B", "outcome: SUCCEEDED and FAILED"] == found["Differences"]
    assert [None, "only in B"] == [each["Difference"] for each in found["Operations"]]


def test_an_execution_does_not_differ_from_itself(run: Callable[..., Result]) -> None:
    """Nor from another one that did the same."""
    done = run("diff", "bad-2", "bad", *ORDERS)
    assert 0 == done.exit_code
    assert "No differences beside times." in done.stdout


@pytest.mark.parametrize(
    ("partition", "region", "expected"),
    [
        ("aws", "eu-central-1", "https://eu-central-1.console.aws.amazon.com/lambda/home?region=eu-central-1#/"),
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1#/"),
        ("aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/"),
        ("aws-eusc", "eusc-de-east-1", "https://eusc-de-east-1.console.amazonaws-eusc.eu/lambda/"),
    ],
)
def test_the_console_is_that_of_the_partition(partition: str, region: str, expected: str) -> None:
    """With the function and its version."""
    text = arn("x").replace("arn:aws:", f"arn:{partition}:").replace("us-east-1", region)
    link = console_link(ExecutionArn.parse(text))
    assert link.startswith(expected)
    assert link.endswith("#/functions/orders/versions/1?tab=durableExecutions")


def test_rejects_an_unknown_partition(run: Callable[..., Result]) -> None:
    """A link that leads nowhere is none."""
    done = run("console", arn("x").replace("arn:aws:", "arn:aws-new:"))
    assert 2 == done.exit_code
    assert "got aws-new" in done.stderr


def test_rejects_arns_of_two_regions(run: Callable[..., Result]) -> None:
    """One command has one region."""
    done = run("diff", arn("x"), arn("x").replace("us-east-1", "eu-west-1"))
    assert 2 == done.exit_code
    assert "must be of one region, got eu-west-1 and us-east-1" in done.stderr


@pytest.mark.parametrize("command", ["show", "follow", "logs", "timeline", "console", "wait", "record"])
def test_rejects_what_names_no_execution(run: Callable[..., Result], command: str) -> None:
    """Wherever an ARN is taken."""
    done = run(command, "arn:aws:lambda:us-east-1:1:function:f")
    assert 2 == done.exit_code
    assert "ARN must be that of a durable execution" in done.stderr


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"message": "m", "logger": "botocore.credentials", "level": "INFO"}', True),
        ('{"message": "m", "logger": "aws_durable_execution_sdk_python.state", "level": "DEBUG"}', True),
        ('{"message": "m", "logger": "aws_durable_execution_sdk_python", "level": "ERROR"}', False),
        ('{"message": "m", "logger": "botocore", "level": "WARNING"}', False),
        ('{"message": "m", "logger": "botocoreless", "level": "INFO"}', False),
        ('{"message": "m", "logger": "root", "level": "INFO"}', False),
        ("START RequestId: 1 Version: 1", True),
        ("REPORT RequestId: 1 Duration: 2 ms", True),
        ('{"time": "t", "type": "platform.start", "record": {}}', True),
        ("STARTED the engine", False),
        ("a printed line", False),
    ],
)
def test_noise_is_of_the_runtime_and_libraries(line: str, expected: bool) -> None:  # noqa: FBT001 - of the table
    """Never a warning, and never a line of the workflow."""
    assert expected is LogLine.parse(line, timestamp_ms=0).is_noise


def test_patterns_have_room_for_their_request_ids() -> None:
    """A pattern has at most 1024 characters."""
    patterns = list(log_patterns("arn", [f"{number:036}" for number in range(1000)]))
    assert 11 == len(patterns)
    assert max(map(len, patterns)) <= 1024
