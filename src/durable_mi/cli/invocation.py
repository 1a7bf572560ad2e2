"""The run of ``durable-mi invoke`` after its options were checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from durable_mi.cli.failure import INTERRUPTED
from durable_mi.cli.step_tracebacks import StepTracebacks
from durable_mi.operate.document import execution_document, started_document
from durable_mi.operate.errors import NotFoundError, OperatorError, ServiceError
from durable_mi.operate.follow import PollingPolicy, follow, read_history
from durable_mi.operate.formatting import clean
from durable_mi.operate.local_notices import LocalNotices
from durable_mi.operate.logs import log_pattern, settled_lines
from durable_mi.operate.next_commands import NextCommands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.client import Client
    from durable_mi.operate.endpoint import Endpoint
    from durable_mi.operate.execution import Execution
    from durable_mi.operate.logs import LogLine
    from durable_mi.operate.next_commands import NextCommand
    from durable_mi.operate.payload import Payload
    from durable_mi.operate.report.console_reporter import ConsoleReporter
    from durable_mi.operate.target import Target

__all__ = ["Invocation"]

# No other client shares the local runtime's request rate.
_LOCAL_PACE: Final = PollingPolicy(first_s=0.2, longest_s=1.0)

# CloudWatch Logs shows a line some seconds after it was written; the local runtime shows it at once.
_LOCAL_LOG_PAUSES_S: Final = (0.2, 0.4, 0.8)
_AWS_LOG_PAUSES_S: Final = (2.0, 2.0, 3.0, 5.0)


class _Logs(NamedTuple):
    """An execution's log lines, if they can be read."""

    group: str | None = None
    lines: Sequence[LogLine] | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation:
    """An asynchronous invocation of a durable function.

    Attributes:
        target: The function.
        log_group: Name of its log group; read from Lambda if it is ``None``.
        payload: The input.
        execution_name: Name of the execution. With a name, a request that is retried cannot start a second one.
        endpoint: Where to send requests. ``None`` means AWS.
        profile: Profile of the AWS configuration. ``None`` means boto3's choice.
        region: AWS Region. ``None`` means boto3's choice.
        is_json: Whether to print one JSON document instead of text.
        verbose: Whether to show the invocations of the handler.
    """

    target: Target
    log_group: str | None
    payload: Payload
    execution_name: str
    endpoint: Endpoint | None
    profile: str | None
    region: str | None
    is_json: bool
    verbose: bool

    def run(self, *, following: bool) -> int:
        """Start the execution, follow it if ``following`` is true, and return the exit status.

        Raises:
            OperatorError: The execution could not be started, or not be followed to its end.
        """
        # Imported here because boto3 and rich take longer to load than the checks of the input.
        from durable_mi.operate.client import Client  # noqa: PLC0415
        from durable_mi.operate.report.console_reporter import ConsoleReporter, terminal  # noqa: PLC0415

        client = Client.connect(endpoint=self.endpoint, profile=self.profile, region=self.region)
        output = ConsoleReporter(terminal(quiet=self.is_json), verbose=self.verbose)
        commands = self._commands(client)
        output.payload(self.payload)
        try:
            target, arn = self._start(client)
        except KeyboardInterrupt:
            command = commands.executions(self.target, name=self.execution_name)
            return _interrupted("Interrupted: the execution may have started. To check whether it started:", command)
        return replace(self, target=target).show(client, output, commands, arn, following=following)

    def show(
        self, client: Client, output: ConsoleReporter, commands: NextCommands, arn: str, *, following: bool
    ) -> int:
        """Show the started execution, to its end if ``following`` is true, and return the exit status."""
        output.started(self.target, arn)
        if not following:
            if self.is_json:
                click.echo(started_document(arn, self.execution_name))
            output.next_commands(
                [commands.execution(arn), commands.history(arn), commands.stop(arn), commands.executions(self.target)]
            )
            return 0
        try:
            self._follow(client, output, commands, arn)
        except KeyboardInterrupt:
            return _interrupted(
                f"Interrupted: the execution continues.\n\n{arn}", commands.history(arn), commands.stop(arn)
            )
        return self._report(client, output, commands, arn)

    def _follow(self, client: Client, output: ConsoleReporter, commands: NextCommands, arn: str) -> None:
        if not client.is_loopback:
            # CloudWatch Logs shows a traceback too late to wait for it: it is shown with the log lines.
            output.follow(follow(client, arn), answer=commands.callback_success)
            return
        updates = follow(client, arn, pace=_LOCAL_PACE, notices=LocalNotices(client.address, arn).new)
        tracebacks = StepTracebacks(client.address, arn)
        output.follow(updates, traceback_of=tracebacks.of, answer=commands.callback_success)

    def _start(self, client: Client) -> tuple[Target, str]:
        """Start the execution; returns the function too, which the user may have called by its construct."""
        from durable_mi.operate.function_search import FunctionSearch  # noqa: PLC0415 - as above

        target = self.target
        try:
            arn = client.start(target, self.payload.body, execution_name=self.execution_name)
        except NotFoundError:
            found = FunctionSearch(client).construct(target)
            if found is None or found == target:
                raise
            target = found
            arn = client.start(target, self.payload.body, execution_name=self.execution_name)
        if arn is None:
            msg = (
                f"function {target} must be durable, but the response names no durable execution: it was invoked "
                "as an ordinary function"
            )
            raise ServiceError(msg)
        return target, arn

    def _report(self, client: Client, output: ConsoleReporter, commands: NextCommands, arn: str) -> int:
        execution = client.execution(arn, include_data=True)
        # Read again as a whole: the events shown live may have been numbered before a late event was inserted.
        events = read_history(client, arn)
        output.history(events)
        with output.busy("reading the log lines"):
            logs = self._logs(client, execution)
        if logs.lines is None:
            output.no_logs(logs.problem)
        else:
            output.logs(logs.lines, log_group=logs.group or "")
        output.outcome(execution)
        further = [commands.execution(arn), commands.history(arn)]
        if logs.group is not None:
            further.append(commands.logs(logs.group, arn, started=execution.started))
        output.next_commands([*further, commands.executions(self.target)])
        if self.is_json:
            if logs.lines is None:
                click.echo(clean(f"Logs not read: {logs.problem}"), err=True)
            click.echo(execution_document(execution, events, logs.lines))
        return 0 if execution.has_succeeded else 1

    def _logs(self, client: Client, execution: Execution) -> _Logs:
        """Read the logs. Credentials that can follow executions may not read logs, which is no failure."""
        group: str | None = None
        start_ms = int(execution.started.timestamp() * 1000)
        try:
            group = name = self.log_group or client.log_group(self.target)
            lines = settled_lines(
                lambda: client.log_lines(name, pattern=log_pattern(execution.arn), start_ms=start_ms),
                pauses_s=_LOCAL_LOG_PAUSES_S if client.is_loopback else _AWS_LOG_PAUSES_S,
            )
        except OperatorError as error:
            return _Logs(group=group, problem=str(error))
        return _Logs(group=group, lines=lines)

    def _commands(self, client: Client) -> NextCommands:
        # The AWS CLI needs a region even if the endpoint does not.
        region = self.region or (client.region if client.is_loopback else None)
        return NextCommands(endpoint=self.endpoint, profile=self.profile, region=region)


def _interrupted(said: str, *commands: NextCommand) -> int:
    """Print on standard error which commands to run next."""
    click.echo(f"\n{said}\n", err=True)
    for command in commands:
        click.echo(clean(f"# {command.purpose}\n{command}\n"), err=True)
    return INTERRUPTED
