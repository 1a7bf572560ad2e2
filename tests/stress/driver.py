"""Runs random workflows on a local runtime: starts them, answers their callbacks, and gets in their way."""

from __future__ import annotations

import json
import random
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.stress.program import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.stress.mode import Mode

__all__ = ["Driver", "Ended"]

_PATIENCE_S = 60
"""Seconds without anything new after which the executions that run are stuck."""


@dataclass(frozen=True)
class Ended:
    """An execution that has ended.

    Attributes:
        arn: Its ARN.
        event: Its input.
        status: How it ended.
        result: What it returned, ``None`` unless it succeeded.
        history: The events of its history.
        is_stopped: Whether the driver stopped it in between.
    """

    arn: str
    event: Mapping[str, Any]
    status: str
    result: Any
    history: list[Mapping[str, Any]]
    is_stopped: bool


class Driver:
    """One run of many workflows in one mode.

    Args:
        start: Starts the runtime.
        files: Directory in which the handlers leave what they did.
        mode: How they are run.
        seed: Decides the programs and what gets in their way.
    """

    def __init__(self, start: Callable[[], Any], files: Path, mode: Mode, seed: int) -> None:
        self._start = start
        self._files = files
        self._mode = mode
        self._seed = seed
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._local = start()
        self._client: Any = self._local.client()
        self._answers: dict[str, float] = {}
        self._answered: set[str] = set()
        self._paused: dict[str, float] = {}
        self._stopped: set[str] = set()
        self.stalls_s = 0.0
        """The longest time in which the driver itself got no turn beyond what its calls took."""

    def run(self, count: int, size: int) -> list[Ended]:
        """Run so many workflows of that size until all executions have ended, those of chained invokes included."""
        for number in range(count):
            self._begin(number, size)
        self._until_all_have_ended()
        ended = [self._ended(*each) for each in self._executions().items()]
        self._local.stop()
        return ended

    @property
    def output(self) -> str:
        """What the runtime printed until it was stopped."""
        return str(self._local.output)

    def _begin(self, number: int, size: int) -> None:
        seed = self._seed * 1000 + number
        event = {
            "name": f"flow-{seed}",
            "target": "flow",
            "files": str(self._files),
            "program": generate(seed, size=size, unit=self._mode.unit, is_calm=self._mode.is_calm),
        }
        self._client.invoke(
            FunctionName="flow",
            Qualifier="live",
            InvocationType="Event",
            DurableExecutionName=f"flow-{seed}",
            Payload=json.dumps(event),
        )

    def _until_all_have_ended(self) -> None:
        kills = sorted(self._chance.uniform(1, 8) for _ in range(self._mode.kills))
        began = news = turn = time.monotonic()
        seen: object = None
        while True:
            executions = self._executions()
            running = [arn for arn, status in executions.items() if status in ("RUNNING", "PAUSING", "PAUSED")]
            if not running:
                return
            if kills and time.monotonic() - began > kills[0]:
                kills.pop(0)
                self._kill()
            self._answer()
            if self._mode.pauses:
                self._disturb(running)
            traces = sorted((file.name, file.stat().st_size) for file in self._files.glob("*.runs"))
            if seen != (now := (executions, traces, len(self._answers), len(self._answered))):
                seen, news = now, time.monotonic()
            assert time.monotonic() - news < _PATIENCE_S, f"stuck: {running}"
            time.sleep(0.1)
            self.stalls_s = max(self.stalls_s, time.monotonic() - turn - 0.1)
            turn = time.monotonic()

    def _executions(self) -> dict[str, str]:
        """Every execution's status."""
        pages = (
            self._client.get_paginator("list_durable_executions_by_function").paginate(FunctionName=function)
            for function in ("flow", "brief")
        )
        listed = [execution for each in pages for page in each for execution in page["DurableExecutions"]]
        return {execution["DurableExecutionArn"]: execution["Status"] for execution in listed}

    def _kill(self) -> None:
        self._local.stop(signal.SIGKILL)
        self._local = self._start()
        self._client = self._local.client()

    def _answer(self) -> None:
        """Answer the callbacks that are due."""
        for file in self._files.glob("*.callback"):
            callback = json.loads(file.read_text())
            if callback["id"] in self._answered or callback["ends"] == "TimedOut":
                continue
            due = self._answers.setdefault(callback["id"], time.monotonic() + callback.get("after", 0))
            if time.monotonic() >= due:
                self._send(callback)
                self._answered.add(callback["id"])

    def _send(self, callback: Mapping[str, Any]) -> None:
        try:
            match callback["ends"]:
                case "Succeeded":
                    result = callback["name"].encode()
                    self._client.send_durable_execution_callback_success(CallbackId=callback["id"], Result=result)
                case "Failed":
                    error = {"ErrorType": "No", "ErrorMessage": callback["name"]}
                    self._client.send_durable_execution_callback_failure(CallbackId=callback["id"], Error=error)
                case "Never" if callback["target"] == "stopped":
                    self._client.stop_durable_execution(DurableExecutionArn=callback["arn"])
        except ClientError:
            # Answered by a call whose response the runtime's kill took, or over, since its execution is stopped.
            if not (self._mode.kills or self._stopped):
                raise

    def _disturb(self, running: list[str]) -> None:
        now = time.monotonic()
        for arn in [arn for arn, until in self._paused.items() if until < now]:
            del self._paused[arn]
            self._client.resume_durable_execution(DurableExecutionArn=arn)
        if self._chance.random() < 0.4:
            arn = self._chance.choice(running)
            self._client.pause_durable_execution(DurableExecutionArn=arn)
            self._paused[arn] = now + self._chance.choice([0, 0.3, 1.5])
        if self._chance.random() < 0.01:
            arn = self._chance.choice(running)
            self._client.stop_durable_execution(DurableExecutionArn=arn)
            self._stopped.add(arn)

    def _ended(self, arn: str, status: str) -> Ended:
        execution = self._client.get_durable_execution(DurableExecutionArn=arn)
        pages = self._client.get_paginator("get_durable_execution_history").paginate(DurableExecutionArn=arn)
        return Ended(
            arn=arn,
            event=json.loads(execution["InputPayload"]),
            status=status,
            result=json.loads(execution["Result"]) if "Result" in execution else None,
            history=[event for page in pages for event in page["Events"]],
            is_stopped=arn in self._stopped,
        )
