"""Kills the local runtime and its processes at random moments under load, and counts what becomes of the executions."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil
from botocore.exceptions import BotoCoreError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["Count", "Soak"]

_IN_FLIGHT = 30
_PATIENCE_S = 120
"""Seconds without anything new after which what still runs is lost."""
_STEPS = ("first", "part", "last")


@dataclass(kw_only=True)
class Count:
    """What a run came to.

    Attributes:
        faults: How often each fault was injected.
        executions: How many were accepted, without those of chained invokes.
        lost: What was accepted and did not end with its result, and steps of which no line is there.
        doubled: Names with more than one execution, and chained invokes that started more than one.
        repeated: How many times a step ran again.
    """

    faults: Counter[str] = field(default_factory=Counter)
    executions: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    repeated: int = 0

    def __str__(self) -> str:
        """Return the figures in two lines."""
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.executions} executions, each with a chained one; faults: {faults or 'none'}\n"
            f"lost {len(self.lost)}, doubled {len(self.doubled)}, repeated {self.repeated} steps"
        )


class Soak:
    """One run: orders are started without a pause, while the runtime and its processes are killed.

    Args:
        start: Starts a runtime on the state file and returns it once it is ready.
        command: Starts one in the same way that is not waited for: it is killed while it starts.
        file: Where steps leave their lines.
        seed: Decides when what is killed.
    """

    def __init__(
        self, start: Callable[[], Any], command: Callable[[], subprocess.Popen[Any]], file: Path, seed: int
    ) -> None:
        self._start = start
        self._command = command
        self._file = file
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._count = Count()
        self._accepted: dict[str, set[str]] = {}
        self._stopped: dict[psutil.Process, float] = {}
        self._local = start()
        self._client: Any = self._local.client()

    def run(self, seconds: float) -> Count:
        """Start and kill for so many seconds, wait until all has ended, and count."""
        end = time.monotonic() + seconds
        wanted: list[str] = []
        number = 0
        while time.monotonic() < end:
            # The kill comes in the middle of a call, and of whatever the runtime does meanwhile.
            kill = threading.Timer(self._chance.uniform(0.2, 8), self._local.process.kill)
            kill.start()
            while self._local.process.poll() is None and time.monotonic() < end:
                with contextlib.suppress(BotoCoreError):
                    running = len(self._statuses("order", "RUNNING"))
                    wanted += [f"order-{number + more}" for more in range(_IN_FLIGHT - running - len(wanted))]
                    number = max([number, *(int(name.removeprefix("order-")) + 1 for name in wanted)])
                    while wanted:
                        self._begin(wanted[0])
                        wanted.pop(0)
                    self._disturb()
            kill.cancel()
            if self._local.process.poll() is not None:
                self._restart()
        for name in wanted:
            self._begin(name)
        self._until_all_have_ended()
        return self._counted()

    @property
    def output(self) -> str:
        """What the last runtime has printed."""
        return str(self._local.output)

    def _begin(self, name: str) -> None:
        """Start an order; one whose answer was lost is started again under its name, and must be found."""
        event = {"name": name, "maker": "part:live", "file": str(self._file), "seconds": self._seconds(name)}
        answer = self._client.invoke(
            FunctionName="order",
            Qualifier="live",
            InvocationType="Event",
            DurableExecutionName=name,
            Payload=json.dumps(event),
        )
        self._accepted.setdefault(name, set()).add(answer["DurableExecutionArn"])

    @staticmethod
    def _seconds(name: str) -> float:
        return (int(name.removeprefix("order-")) % 4) / 10

    def _disturb(self) -> None:
        """Kill, or stop for a while, one of the runtime's processes."""
        for process in [process for process, until in self._stopped.items() if until < time.monotonic()]:
            self._go_on(process)
        time.sleep(self._chance.uniform(0, 0.3))
        if self._chance.random() < 0.85:
            return
        found = [each for each in self._local.descendants() if each not in self._stopped]
        parents = {each for each in found if _has_children(each)}
        workers = [each for each in found if each not in parents]
        kind = self._chance.choices(["worker", "starting worker", "guard", "stopped worker"], [6, 2, 1, 2])[0]
        if not workers or not parents:
            return
        if kind == "guard":
            self._kill(kind, self._chance.choice(sorted(parents, key=lambda each: each.pid)))
        elif kind == "stopped worker":
            process = self._chance.choice(workers)
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
                self._stopped[process] = time.monotonic() + self._chance.uniform(0.1, 4)
                self._count.faults[kind] += 1
        else:
            self._kill("worker", self._chance.choice(workers))
            if kind == "starting worker":
                time.sleep(self._chance.uniform(0, 0.6))
                new = [each for each in self._local.descendants() if each not in found and not _has_children(each)]
                if new:
                    self._kill(kind, self._chance.choice(new))

    def _kill(self, kind: str, process: psutil.Process) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            self._count.faults[kind] += 1

    def _go_on(self, process: psutil.Process) -> None:
        del self._stopped[process]
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()

    def _restart(self) -> None:
        """Start the runtime again, now and then after one that is killed while it starts."""
        for process in list(self._stopped):
            self._go_on(process)
        self._local.stop()
        self._count.faults["server"] += 1
        if self._chance.random() < 0.3:
            with self._command() as starting:
                time.sleep(self._chance.uniform(0, 2))
                starting.kill()
            self._count.faults["starting server"] += 1
        self._local = self._start()
        self._client = self._local.client()

    def _statuses(self, function: str, *only: str) -> dict[str, str]:
        """Return the executions of a function, each with its status."""
        asked: dict[str, Any] = {"Statuses": list(only)} if only else {}
        lists = self._client.get_paginator("list_durable_executions_by_function")
        pages = lists.paginate(FunctionName=function, **asked)
        return {
            execution["DurableExecutionArn"]: execution["Status"]
            for page in pages
            for execution in page["DurableExecutions"]
        }

    def _until_all_have_ended(self) -> None:
        for process in list(self._stopped):
            self._go_on(process)
        news, seen = time.monotonic(), None
        while time.monotonic() - news < _PATIENCE_S:
            running = {**self._statuses("order", "RUNNING"), **self._statuses("part", "RUNNING")}
            if not running:
                return
            if seen != (now := (running, self._file.stat().st_size)):
                seen, news = now, time.monotonic()
            time.sleep(0.2)

    def _counted(self) -> Count:
        count = self._count
        statuses = self._statuses("order")
        count.executions = len(self._accepted)
        by_name = Counter(_name(arn) for arn in statuses)
        count.doubled += [f"{name}: {ways} executions" for name, ways in by_name.items() if ways > 1]
        count.doubled += [f"{name}: {sorted(arns)}" for name, arns in self._accepted.items() if len(arns) > 1]
        for name, arns in self._accepted.items():
            count.lost += [
                problem for arn in arns if (problem := self._problem(name, arn, statuses.get(arn, "missing")))
            ]
        parts = Counter(self._input(arn)["name"] for arn in self._statuses("part"))
        count.doubled += [f"{name}: {ways} chained executions" for name, ways in parts.items() if ways > 1]
        ran = Counter(self._file.read_text().split())
        count.lost += [
            f"{name}.{step} has not run" for name in self._accepted for step in _STEPS if not ran[f"{name}.{step}"]
        ]
        count.repeated = sum(times - 1 for times in ran.values())
        return count

    def _problem(self, name: str, arn: str, status: str) -> str | None:
        """Return what is wrong with the end of an order."""
        if status == "missing":
            return f"{name}: {arn} is not there"
        found: Mapping[str, Any] = self._client.get_durable_execution(DurableExecutionArn=arn)
        expected: Sequence[str] = [f"{name}.{step}" for step in _STEPS]
        if status == "SUCCEEDED" and expected == json.loads(found["Result"]):
            return None
        return f"{name}: {status} {found.get('Result') or found.get('Error')}"

    def _input(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._client.get_durable_execution(DurableExecutionArn=arn)["InputPayload"])
        return found


def _name(arn: str) -> str:
    return arn.split("/")[-2]


def _has_children(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.children())
    return False
