"""`durable-mi record`, `replay` and `release gate`: what they read, write and print, and how they end."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from durable_mi.cli.executions.scope import ExecutionScope
from durable_mi.cli.group import durable_mi
from durable_mi.cli.release.scope import Scope
from durable_mi.operate.client import Client

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from click.testing import Result

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:orders"
CODE = """
from aws_durable_execution_sdk_python import durable_execution

print("imported")

@durable_execution
def handler(event, context):
    print("replayed")
    return context.step(lambda _: 1 / 0, name="{name}")

def plain(event, context):
    return 1
"""


def arn(name: str) -> str:
    """Return an execution's ARN."""
    return f"{FUNCTION}:1/durable-execution/{name}/id-1"


def history(name: str, *, ended: bool = True) -> dict[str, Any]:
    """Return a history with one step."""
    moment = datetime(2026, 5, 4, tzinfo=UTC)
    events: list[dict[str, Any]] = [
        {"EventType": "ExecutionStarted", "ExecutionStartedDetails": {"Input": {"Payload": "{}"}}},
        {"EventType": "StepStarted", "Id": ID, "Name": "charge", "SubType": "Step"},
        {
            "EventType": "StepSucceeded",
            "Id": ID,
            "Name": "charge",
            "SubType": "Step",
            "StepSucceededDetails": {"Result": {"Payload": "1"}},
        },
        {"EventType": "ExecutionSucceeded", "ExecutionSucceededDetails": {"Result": {"Payload": "1"}}},
    ]
    numbered = [{"EventId": n, "EventTimestamp": moment, **each} for n, each in enumerate(events, 1)]
    return {"DurableExecutionArn": arn(name), "Events": numbered if ended else numbered[:-1]}


ID = "1ced8f5be2db23a6513eba4d819c73806424748a7bc6fa0d792cc1c7d1775a97"
"""The SDK's id of the first operation of a handler."""


@dataclass
class Account:
    """What the commands read."""

    executions_of: dict[str, Sequence[str]] = field(default_factory=dict)
    durable: tuple[str, ...] = ("orders",)
    is_loopback: bool = False
    asked: list[Any] = field(default_factory=list)

    def stack_functions(self, _stack: str) -> Any:
        """Return two functions, of which one is durable."""
        return [SimpleNamespace(name=each, logical_id=each.title(), path=each) for each in ("orders", "plain")]

    def is_durable(self, function: str) -> bool:
        """Return whether a function is."""
        return function in self.durable

    def list_durable_executions_by_function(self, **request: Any) -> dict[str, Any]:
        """Return the executions of a status."""
        (status,) = request["Statuses"]
        self.asked.append((request["FunctionName"], request.get("Qualifier"), status))
        started = datetime(2026, 5, 4, tzinfo=UTC)
        found = [arn(each) for each in self.executions_of.get(status, ())]
        rows = [{"DurableExecutionArn": each, "Status": status, "StartTimestamp": started} for each in found]
        return {"DurableExecutions": rows}

    def executions(self, function: str, *, qualifier: str | None, status: str, limit: int) -> Sequence[str]:
        """Return the ARNs of the executions of a status."""
        self.asked.append((function, qualifier, status))
        return [arn(each) for each in self.executions_of.get(status, ())][:limit]

    def history_document(self, arn: str, *, include_data: bool) -> dict[str, Any]:
        """Return a history."""
        self.asked.append(include_data)
        name = arn.split("/")[-2]
        found = history(name, ended=not name.startswith("running"))
        if name == "excluded":
            found["Events"][0]["ExecutionStartedDetails"] = {"Input": {"Truncated": True}}
        return found


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """Replace AWS."""
    account = Account(executions_of={"RUNNING": ["running-1", "running-2"], "SUCCEEDED": ["done"]})
    monkeypatch.setattr(Client, "connect", lambda **_: account)
    caller: Any = SimpleNamespace(functions=account, lists=None, call=lambda *given: given[-1]())
    client: Any = account
    monkeypatch.setattr(ExecutionScope, "open", lambda where, *_: ExecutionScope(where, client, client, caller))
    return account


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Return a directory with the workflow, and with one whose step has another name."""
    (tmp_path / "orders.py").write_text(CODE.format(name="charge"))
    (tmp_path / "renamed.py").write_text(CODE.format(name="bill"))
    (tmp_path / "ends.py").write_text("import os; os._exit(3)")
    (tmp_path / "broken.py").write_text("raise ValueError('no\\nconfiguration')")
    return tmp_path


def run(*arguments: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(durable_mi, arguments)


def last(result: Result) -> str:
    """Return the last line."""
    return result.output.splitlines()[-1]


@pytest.mark.parametrize("statuses", [("--statuses", "RUNNING", "SUCCEEDED"), ("--statuses", "RUNNING,SUCCEEDED"), ()])
def test_the_executions_of_a_stack_are_recorded(account: Account, tmp_path: Path, statuses: tuple[str, ...]) -> None:
    """Without payloads, in files that only their owner can read."""
    result = run("record", "--stack", "Shop", *statuses, "--output", str(tmp_path / "new" / "histories"))
    assert 0 == result.exit_code, result.output
    assert [("orders", None, "RUNNING"), ("orders", None, "SUCCEEDED"), False, False, False] == account.asked
    files = sorted((tmp_path / "new" / "histories").iterdir())
    assert ["done-id-1.json", "running-1-id-1.json", "running-2-id-1.json"] == [each.name for each in files]
    assert {0o600} == {stat.S_IMODE(each.stat().st_mode) for each in files}
    assert "3 histories saved, without payloads" in last(result)


@pytest.mark.parametrize(("options", "loopback"), [(("--with-payloads",), False), ((), True)])
def test_payloads_are_recorded(account: Account, tmp_path: Path, options: tuple[str, ...], loopback: bool) -> None:  # noqa: FBT001
    """From an account only if that is said; from this machine always. An old file becomes private."""
    account.is_loopback = loopback
    (tmp_path / "done-id-1.json").write_text("")
    (tmp_path / "done-id-1.json").chmod(0o644)
    result = run("record", arn("done"), "--output", str(tmp_path), *options)
    assert [True] == account.asked
    assert 0o600 == stat.S_IMODE((tmp_path / "done-id-1.json").stat().st_mode)
    assert "1 history saved" == last(result)


def test_payloads_that_the_service_does_not_return_are_said(account: Account, tmp_path: Path) -> None:
    """The history cannot be replayed."""
    result = run("record", arn("done"), arn("excluded"), "--output", str(tmp_path), "--with-payloads")
    assert [True, True] == account.asked
    assert "2 histories saved, 1 of them without payloads, which the service did not return" == last(result)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "one of ARN, --stack and --function must be given, got none"),
        ((arn("a"), "--stack", "S"), 2, "one of ARN, --stack and --function must be given, got ARN and --stack"),
        (("orders/1",), 2, "ARN must be that of a durable execution"),
        (("orders",), 2, "--stack or --function must be given, got neither"),
        (("--stack", "S", "--statuses", "DONE"), 2, "--statuses must be of RUNNING, SUCCEEDED"),
        (("--stack", "S", "--statuses", "FAILED"), 1, "must have executions that are FAILED, got none"),
    ],
)
@pytest.mark.usefixtures("account")
def test_rejects_what_cannot_be_recorded(arguments: tuple[str, ...], status: int, message: str) -> None:
    """In one line."""
    result = run("record", *arguments)
    assert status == result.exit_code
    assert message in last(result)


def saved(directory: Path) -> str:
    """Save a history; returns its file."""
    file = directory / "history.json"
    file.write_text(json.dumps(history("done"), default=str))
    return str(file)


def test_a_history_is_replayed(code: Path) -> None:
    """In a process of its own, whose output is not ours; no step runs."""
    result = run("replay", saved(code), "--handler", "orders.handler", "--code", str(code))
    assert (0, "done (SUCCEEDED): replays\n1 of 1 history replays\n") == (result.exit_code, result.output)


def test_rejects_code_that_blocks(code: Path) -> None:
    """The line is named, and the next history is replayed."""
    source = CODE.format(name="charge").replace('print("replayed")', "event or __import__('time').sleep(3600)")
    (code / "blocks.py").write_text(source)
    other = history("other")
    other["Events"][0]["ExecutionStartedDetails"]["Input"]["Payload"] = "1"
    for name, each in {"a": history("blocked"), "b": other}.items():
        (code / f"{name}.json").write_text(json.dumps(each, default=str))
    result = run("replay", str(code), "--handler", "blocks.handler", "--code", str(code), "--timeout", "1")
    assert 1 == result.exit_code
    first, second, summary = result.stdout.splitlines()
    assert first.startswith("blocked (SUCCEEDED): does not end: neither the end nor a suspension came within 1 s (")
    assert "blocks.py:8)" in first
    assert ["other (SUCCEEDED): replays", "1 of 2 histories replay"] == [second, summary]


def test_the_operations_are_shown_side_by_side(code: Path) -> None:
    """With the first difference marked."""
    result = run("replay", saved(code), "--handler", "renamed.handler", "--code", str(code), "--verbose")
    assert "  > Step 'charge'  Step 'bill'" in result.output.splitlines()


def test_a_difference_ends_with_1(code: Path) -> None:
    """And is in the document of JSON."""
    result = run("replay", saved(code), "--handler", "renamed.handler", "--code", str(code), "--output", "json")
    assert 1 == result.exit_code
    document = json.loads(result.output)
    (found,) = document["histories"]
    assert (0, 1, "DIVERGES", 9) == (document["replay"], document["of"], found["verdict"], found["line"])
    assert ("Step 'charge'", "Step 'bill'") == (found["expected"], found["came"])


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ("missing.handler", "ModuleNotFoundError: No module named 'missing'"),
        ("orders.missing", "has no attribute 'missing'"),
        ("orders.CODE", "has no attribute 'CODE'"),
        ("broken.handler", "must be one that can be imported: ValueError: no configuration"),
        ("ends.handler", "the process that replays ends.handler must end by itself, got status 3: no message"),
        ("orders.plain", "must be decorated with @durable_execution, got one that returns int"),
        ("orders.__name__", "must be a function, got str"),
        ("handler", "--handler must be MODULE.FUNCTION, got 'handler'"),
    ],
)
def test_rejects_a_handler_that_cannot_be_used(code: Path, handler: str, message: str) -> None:
    """In one line, with status 2."""
    result = run("replay", saved(code), "--handler", handler, "--code", str(code))
    assert 2 == result.exit_code
    assert message in last(result)
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "one of --app and --handler must be given, got neither"),
        (("--app", "a", "--handler", "a.b"), "one of --app and --handler must be given, got both"),
        (("--app", "missing"), "no cloud assembly at missing"),
        (("--handler", "orders.handler", "--env", "A"), "--env must be NAME=VALUE, got 'A'"),
    ],
)
def test_rejects_options_of_the_code(code: Path, options: tuple[str, ...], message: str) -> None:
    """Before anything is replayed."""
    result = run("replay", saved(code), *options)
    assert 2 == result.exit_code
    assert message in last(result)


def gate(
    monkeypatch: pytest.MonkeyPatch, account: Account, code: Path, module: str, *options: str, names: Any = ("orders",)
) -> Result:
    """Run the gate on a handler."""
    alias = SimpleNamespace(name="live", version="7", weights={})
    scope = SimpleNamespace(
        functions=lambda: list(names),
        client=SimpleNamespace(aliases=lambda _: [alias]),
        history_client=lambda: account,
    )
    monkeypatch.setattr(Scope, "open", lambda _: scope)
    arguments = ("--function", "orders", "--handler", f"{module}.handler", "--code", str(code))
    return run("release", "gate", *arguments, *options)


def test_the_gate_opens_if_all_replay(monkeypatch: pytest.MonkeyPatch, account: Account, code: Path) -> None:
    """What runs on the live version, with payloads; nothing is saved."""
    before = set(code.iterdir())
    result = gate(monkeypatch, account, code, "orders")
    assert 0 == result.exit_code, result.output
    assert "orders: passed, 2 of 2 running on version 7 replay" == last(result)
    assert [("orders", "7", "RUNNING"), True, True] == account.asked
    assert before == {each for each in code.iterdir() if each.name != "__pycache__"}


def test_the_gate_closes_if_one_does_not(monkeypatch: pytest.MonkeyPatch, account: Account, code: Path) -> None:
    """By execution, and it says that there are more."""
    result = gate(monkeypatch, account, code, "renamed", "--executions", "1")
    assert 1 == result.exit_code
    assert "running-1 (RUNNING): diverges: expected Step 'charge', came Step 'bill'" in result.output
    assert "orders: failed, 0 of 1 running on version 7 replay, and more run" in last(result)


def test_the_gate_is_open_without_executions(monkeypatch: pytest.MonkeyPatch, account: Account, code: Path) -> None:
    """One that has ended since it was listed counts as none."""
    account.executions_of = {"RUNNING": ["done"]}
    result = gate(monkeypatch, account, code, "renamed", "--output", "json")
    assert 0 == result.exit_code
    assert json.loads(result.output)["functions"][0] == {
        "function": "orders",
        "versions": ["7"],
        "passed": True,
        "hasMore": False,
        "executions": [],
    }


def test_rejects_one_handler_for_two_functions(monkeypatch: pytest.MonkeyPatch, account: Account, code: Path) -> None:
    """And an alias that is not there."""
    result = gate(monkeypatch, account, code, "orders", names=("orders", "bills"))
    assert (2, True) == (result.exit_code, "--handler is that of one function, got orders, bills" in last(result))
    result = gate(monkeypatch, account, code, "orders", "--alias", "beta")
    assert (2, True) == (result.exit_code, "orders must have the alias beta, got none" in last(result))
