"""An execution that is followed to its end and reported, as ``invoke`` and ``follow`` do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.executions.read_logs import read_logs
from durable_mi.cli.failure import INTERRUPTED
from durable_mi.cli.step_tracebacks import StepTracebacks
from durable_mi.operate.document import execution_document
from durable_mi.operate.follow import PollingPolicy, follow, read_history
from durable_mi.operate.formatting import clean
from durable_mi.operate.local_notices import LocalNotices

if TYPE_CHECKING:
    from durable_mi.operate.client import Client
    from durable_mi.operate.next_commands import NextCommand, NextCommands
    from durable_mi.operate.report.console_reporter import ConsoleReporter
    from durable_mi.operate.target import Target

__all__ = ["Following", "interrupted"]

# No other client shares the local runtime's request rate.
_LOCAL_PACE: Final = PollingPolicy(first_s=0.2, longest_s=1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    """Follows an execution and reports it.

    Attributes:
        client: The account and region, or the endpoint.
        output: Where to report.
        commands: The commands to run next.
        target: The function.
        log_group: Name of its log group; read from Lambda if it is ``None``.
        is_json: Whether to print one JSON document instead of text.
    """

    client: Client
    output: ConsoleReporter
    commands: NextCommands
    target: Target
    log_group: str | None
    is_json: bool

    def run(self, arn: str) -> int:
        """Follow an execution to its end, and return the exit status.

        Raises:
            OperatorError: It cannot be followed to its end.
        """
        try:
            self._follow(arn)
        except KeyboardInterrupt:
            commands = self.commands
            return interrupted(
                f"Interrupted: the execution continues.\n\n{arn}",
                commands.follow(arn),
                commands.history(arn),
                commands.stop(arn),
            )
        return self._report(arn)

    def run_to_the_end(self, arn: str) -> int:
        """Follow an execution to its end as ``run`` does, but leave an interrupt to the caller."""
        self._follow(arn)
        return self._report(arn)

    def _follow(self, arn: str) -> None:
        client, output, answer = self.client, self.output, self.commands.callback_success
        if not client.is_loopback:
            # CloudWatch Logs shows a traceback too late to wait for it: it is shown with the log lines.
            output.follow(follow(client, arn), answer=answer)
            return
        updates = follow(client, arn, pace=_LOCAL_PACE, notices=LocalNotices(client.address, arn).new)
        output.follow(updates, traceback_of=StepTracebacks(client.address, arn).of, answer=answer)

    def _report(self, arn: str) -> int:
        client, output, commands = self.client, self.output, self.commands
        execution = client.execution(arn, include_data=True)
        # Read again as a whole: the events shown live may have been numbered before a late event was inserted.
        events = read_history(client, arn)
        output.history(events)
        with output.busy("reading the log lines"):
            logs = read_logs(client, execution, self.target, log_group=self.log_group)
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


def interrupted(said: str, *commands: NextCommand) -> int:
    """Print on standard error which commands to run next, and return the exit status."""
    click.echo(f"\n{said}\n", err=True)
    for command in commands:
        click.echo(clean(f"# {command.purpose}\n{command}\n"), err=True)
    return INTERRUPTED
