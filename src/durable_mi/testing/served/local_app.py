"""``durable-mi local`` in a process of its own, and a client for it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

from durable_mi.extras import missing_extra
from durable_mi.operate.target import Target

try:
    from durable_mi.operate.connection import Connection
    from durable_mi.operate.endpoint import Endpoint
    from durable_mi.operate.execution import Execution
except ModuleNotFoundError as error:
    raise missing_extra(error, "the fixture durable_local", "testing") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = ["LocalApp"]

_PROGRAM: Final = "from durable_mi.cli import main; main()"
_READY: Final = re.compile(r"^Endpoint (http://\S+) is ready", re.MULTILINE)
_START_S: Final = 120.0
_STOP_S: Final = 60.0
_TIMEOUT_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 0.2


class LocalApp:
    """An app that the local runtime serves; the fixture ``durable_local`` starts one and ends it.

    Args:
        app: The cloud assembly, which ``cdk synth`` writes to ``cdk.out``.
        function: The function that ``start`` starts by default: its name, or ``name:qualifier``. Defaults to none.
        options: More options of ``durable-mi local``, such as ``["--env", "TABLE=orders"]``.
    """

    def __init__(self, app: Path, *, function: str | None = None, options: Sequence[str] = ()) -> None:
        self._function = function
        self._output: list[str] = []
        command = [sys.executable, "-c", _PROGRAM, "local", "--app", str(app), "--port", "0", "--skip-time", *options]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        # In a thread, so that a runtime that prints nothing does not block the test.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.endpoint_url = self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        endpoint = Endpoint.parse(self.endpoint_url)
        self._lambda = Connection.open(endpoint=endpoint, profile=None, region=None).functions

    def __enter__(self) -> Self:
        """Return this app."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """End it."""
        self.close()

    @property
    def output(self) -> str:
        """What the runtime has printed so far."""
        return "".join(self._output)

    def start(self, event: object = None, *, function: str | None = None, name: str | None = None) -> str:
        """Start an execution and return its ARN.

        Args:
            event: Its input, in JSON types.
            function: Name or ``name:qualifier`` of the function; the qualifier defaults to ``live``. Defaults to the
                app's function.
            name: The execution's name. Defaults to one of its own.

        Raises:
            ValueError: Neither the call nor the app names a function.
            LookupError: The function is not durable.
        """
        chosen = function or self._function
        if chosen is None:
            msg = (
                'a function must be named, got none: start(event, function="name"), or durable_local(app, function=...)'
            )
            raise ValueError(msg)
        target = Target.parse(chosen)
        answer = self._lambda.invoke(
            FunctionName=target.function,
            Qualifier=target.qualifier,
            InvocationType="Event",
            DurableExecutionName=name or str(uuid4()),
            Payload=json.dumps(event).encode(),
        )
        arn = answer.get("DurableExecutionArn")
        if arn is None:
            msg = f"the function must be durable to have executions, {target} is not: set DurableConfig"
            raise LookupError(msg)
        return arn

    def result(self, arn: str, *, timeout_s: float = _TIMEOUT_S) -> Any:  # noqa: ANN401 - a workflow returns anything
        """Wait for the end of an execution and return what the workflow returned.

        Args:
            arn: The execution.
            timeout_s: How long to wait, in seconds. Defaults to 60.

        Raises:
            AssertionError: It failed.
            TimeoutError: It still runs, for example since it waits for a callback.
        """
        deadline = time.monotonic() + timeout_s
        pause = 0.01
        while True:
            answer = self._lambda.get_durable_execution(DurableExecutionArn=arn, IncludeExecutionData=True)
            execution = Execution.from_api(answer)
            if execution.has_succeeded:
                return json.loads(execution.result or "null")
            if execution.has_ended:
                msg = f"the execution must succeed, got {execution.status} ({execution.error or 'no error details'})"
                raise AssertionError(msg)
            if time.monotonic() > deadline:
                msg = f"the execution must end within {timeout_s:g} s, it still runs: {arn}"
                raise TimeoutError(msg)
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def history(self, arn: str) -> list[dict[str, Any]]:
        """Return the events that ``GetDurableExecutionHistory`` returns, with payloads, oldest first.

        Args:
            arn: The execution.
        """
        events: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        call = cast("Callable[..., dict[str, Any]]", self._lambda.get_durable_execution_history)
        while True:
            page = call(DurableExecutionArn=arn, IncludeExecutionData=True, **more)
            events += page["Events"]
            if not page.get("NextMarker"):
                return events
            more = {"Marker": page["NextMarker"]}

    def close(self) -> None:
        """End the runtime and its processes."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=_STOP_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join(timeout=_STOP_S)

    def _read(self) -> None:
        if self._process.stdout is not None:
            with self._process.stdout as output:
                self._output.extend(output)

    def _wait_until_ready(self) -> str:
        deadline = time.monotonic() + _START_S
        while True:
            if ready := _READY.search(self.output):
                return ready[1]
            if self._process.poll() is not None:
                self._reader.join(timeout=_STOP_S)
                status = self._process.returncode
                msg = f"the local runtime must become ready, it ended with status {status}:\n{self.output}"
                raise RuntimeError(msg)
            if time.monotonic() > deadline:
                msg = f"the local runtime must become ready within {_START_S:g} s, it printed:\n{self.output}"
                raise TimeoutError(msg)
            time.sleep(0.02)
