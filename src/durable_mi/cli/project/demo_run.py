"""A run of ``durable-mi demo``: the local runtime as a process, one execution, and what is checked of it."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.executions.following import Following, interrupted
from durable_mi.local.workers.supervisor import supervised
from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import ServiceError, UsageError
from durable_mi.operate.formatting import clean
from durable_mi.operate.function_search import FunctionSearch
from durable_mi.operate.next_commands import NextCommands
from durable_mi.operate.private_file import private_opener
from durable_mi.operate.report.console_reporter import ConsoleReporter, terminal
from durable_mi.timeline.html import timeline_html
from durable_mi.timeline.local_document import local_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from durable_mi.cli.project.callback_answers import CallbackAnswers
    from durable_mi.cli.project.expectation import Expectation
    from durable_mi.operate.next_commands import NextCommand
    from durable_mi.operate.payload import Payload

__all__ = ["DemoRun"]

_PROGRAM: Final = "from durable_mi.cli import main; main()"
_READY: Final = re.compile(r"^Endpoint (http://\S+) is ready")


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoRun:
    """One execution in a local runtime that is there for it alone.

    Attributes:
        app: The cloud assembly.
        stack: The stack whose outputs name the function.
        function: The output or construct. ``None`` means the output that is the ARN of an alias.
        payload: The execution's input.
        answers: The answers to its callbacks.
        expected: The result that it must have. ``None`` means any.
        timeline: Where to write its timeline. ``None`` means nowhere.
        name: The execution's name.
    """

    app: Path
    stack: str
    function: str | None
    payload: Payload
    answers: CallbackAnswers
    expected: Expectation | None
    timeline: Path | None
    name: str

    def run(self) -> int:
        """Run it and return the exit status.

        Raises:
            OperatorError: The runtime did not start, or the execution could not be started or read.
        """
        try:
            return self._run()
        except KeyboardInterrupt:
            # No command to run next: all of them would need the endpoint.
            return interrupted("Interrupted: the local runtime has ended, and the execution with it.")

    def _run(self) -> int:
        with _local_runtime(self.app) as endpoint:
            connection = Connection.open(endpoint=endpoint, profile=None, region=None)
            client = Client.over(connection)
            target, log_group = FunctionSearch(client, self.stack).target(self.function, qualifier=None)
            output = _DemoReporter(terminal(), verbose=False)
            arn = client.start(target, self.payload.body, execution_name=self.name)
            if arn is None:
                msg = f"function {target} must be durable, the response names no durable execution: set DurableConfig"
                raise ServiceError(msg)
            with self.answers.sent(Caller(connection), arn):
                output.started(target, arn)
                Following(
                    client=client,
                    output=output,
                    commands=NextCommands(endpoint=endpoint, profile=None, region=client.region),
                    target=target,
                    log_group=log_group,
                    is_json=False,
                ).run_to_the_end(arn)
            if self.timeline is not None:
                self._write_timeline(self.timeline, endpoint, arn)
            return self._check(client, arn)

    def _check(self, client: Client, arn: str) -> int:
        execution = client.execution(arn, include_data=True)
        if not execution.has_succeeded:
            return 1
        problem = None if self.expected is None else self.expected.problem(execution.result)
        if problem is not None:
            raise ServiceError(problem)
        return 0

    def _write_timeline(self, file: Path, endpoint: Endpoint, arn: str) -> None:
        document = local_document(endpoint.url, arn)
        if document is None:
            msg = f"the local runtime must have the timeline of {arn}, it returned none"
            raise ServiceError(msg)
        try:
            with open(file, "w", encoding="utf-8", opener=private_opener) as out:
                out.write(timeline_html(document))
        except OSError as error:
            msg = f"--timeline must be a file that can be written, got {str(file)!r}: {error.strerror}"
            raise UsageError(msg) from error


class _DemoReporter(ConsoleReporter):
    def next_commands(self, commands: Sequence[NextCommand]) -> None:
        """Show none: their endpoint ends with the demo."""


@contextmanager
def _local_runtime(app: Path) -> Iterator[Endpoint]:
    """Serve the app on a free port; the runtime ends with this block, and with this process however it ends."""
    command = supervised(sys.executable, "-c", _PROGRAM, "local", "--app", str(app), "--port", "0", "--quiet")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            for line in process.stdout or ():
                click.echo(clean(line.rstrip("\n")))
                if ready := _READY.match(line):
                    yield Endpoint.parse(ready[1])
                    return
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
    msg = f"the local runtime must become ready, it ended with status {process.returncode}: see its message above"
    raise ServiceError(msg)
