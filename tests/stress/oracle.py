"""What a program must come to: its result and the events of its history, computed without any durable execution."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stress.program import Node, Program

__all__ = ["Foreseen"]


class _FailedError(Exception):
    """A node whose failure ends its program."""


class Foreseen:
    """What an execution of a program must come to.

    Args:
        program: The program.
        fate: ``STOPPED`` or ``TIMED_OUT`` of an execution that waits for what never comes.

    Attributes:
        status: How it ends.
        result: What it returns; ``None`` unless it succeeds.
        events: How often each node's events are in the history, by node and event type.
        runs: How often each step runs, and each condition is looked at, where nothing interrupts it.
    """

    def __init__(self, program: Program, fate: str | None = None) -> None:
        self.events: Counter[tuple[str, str]] = Counter()
        self.runs: Counter[str] = Counter()
        self.result: Any = None
        try:
            self.result = self._sequence(program)
            self.status = fate or "SUCCEEDED"
        except _FailedError:
            self.status = "FAILED"
        if fate is not None:
            self.result = None

    def _sequence(self, program: Program) -> list[Any]:
        return [self._value(node) for node in program]

    def _value(self, node: Node) -> Any:
        value = getattr(self, f"_{node['do']}")(node)
        if value is not None:
            return value
        if node["raises"]:
            raise _FailedError(node["name"])
        return ["failed", node["name"]]

    def _saw(self, node: Node, event_type: str, count: int = 1) -> None:
        if count:
            self.events[node["name"], event_type] += count

    def _step(self, node: Node) -> Any:
        fails = min(node["fails"], node["attempts"])
        succeeds = node["fails"] < node["attempts"]
        self._attempts(node, fails + succeeds)
        self._saw(node, "StepFailed", fails)
        self._saw(node, "StepSucceeded", int(succeeds))
        return node["name"] if succeeds else None

    def _condition(self, node: Node) -> Any:
        succeeds = node["polls"] <= node["attempts"]
        looks = min(node["polls"], node["attempts"])
        self._attempts(node, looks)
        # A look that finds the condition unmet is a step that succeeded in the emulator's history.
        self._saw(node, "StepSucceeded", looks if succeeds else looks - 1)
        self._saw(node, "StepFailed", int(not succeeds))
        return node["polls"] if succeeds else None

    def _attempts(self, node: Node, count: int) -> None:
        self.runs[node["name"]] += count
        self._saw(node, "StepStarted", count)

    def _wait(self, node: Node) -> Any:
        self._saw(node, "WaitStarted")
        self._saw(node, "WaitSucceeded")
        return "waited"

    def _callback(self, node: Node) -> Any:
        self._saw(node, "CallbackStarted")
        between = self._sequence(node["between"])
        if node["ends"] == "Never":
            return "never"
        self._saw(node, f"Callback{node['ends']}")
        return [between, node["name"]] if node["ends"] == "Succeeded" else None

    def _invoke(self, node: Node) -> Any:
        self._saw(node, "ChainedInvokeStarted")
        match node["target"]:
            case "plain":
                status, result = ("FAILED", None) if node["fails"] else ("SUCCEEDED", node["name"])
            case "stopped":
                status, result = "STOPPED", None
            case "brief":
                status, result = "TIMED_OUT", None
            case _:
                child = Foreseen(node["program"])
                status, result = child.status, child.result
        ends = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "STOPPED": "Stopped", "TIMED_OUT": "TimedOut"}
        self._saw(node, f"ChainedInvoke{ends[status]}")
        return result

    def _child(self, node: Node) -> Any:
        (value,) = self._branches(node)
        failed = value == ["failed"]
        self._saw(node, "ContextFailed" if failed else "ContextSucceeded")
        return None if failed else value

    def _first(self, node: Node) -> Any:
        self._saw(node, "ContextStarted")
        self._saw(node, "ContextSucceeded")
        return "first"

    def _parallel(self, node: Node) -> Any:
        self._saw(node, "ContextSucceeded")
        return self._branches(node)

    _map = _parallel

    def _branches(self, node: Node) -> list[Any]:
        self._saw(node, "ContextStarted")
        values: list[Any] = []
        for branch in node["branches"]:
            try:
                values.append(self._sequence(branch))
            except _FailedError:
                values.append(["failed"])
        return values
