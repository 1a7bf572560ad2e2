"""The run of ``durable-mi invoke`` after its options were checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from durable_mi.cli.executions.following import Following, interrupted
from durable_mi.operate.document import started_document
from durable_mi.operate.errors import NotFoundError, ServiceError
from durable_mi.operate.next_commands import NextCommands

if TYPE_CHECKING:
    from durable_mi.operate.client import Client
    from durable_mi.operate.endpoint import Endpoint
    from durable_mi.operate.payload import Payload
    from durable_mi.operate.report.console_reporter import ConsoleReporter
    from durable_mi.operate.target import Target

__all__ = ["Invocation"]


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
            return interrupted("Interrupted: the execution may have started. To check whether it started:", command)
        return replace(self, target=target).show(client, output, commands, arn, following=following)

    def show(
        self, client: Client, output: ConsoleReporter, commands: NextCommands, arn: str, *, following: bool
    ) -> int:
        """Show the started execution, to its end if ``following`` is true, and return the exit status."""
        output.started(self.target, arn)
        if not following:
            if self.is_json:
                click.echo(started_document(arn, self.execution_name))
            # The own ones first: who has this command has not always the AWS CLI.
            own = [commands.follow(arn, again=False), commands.why(arn)]
            others = [commands.execution(arn), commands.history(arn), commands.stop(arn)]
            output.next_commands([*own, *others, commands.executions(self.target)])
            return 0
        followed = Following(
            client=client,
            output=output,
            commands=commands,
            target=self.target,
            log_group=self.log_group,
            is_json=self.is_json,
        )
        return followed.run(arn)

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

    def _commands(self, client: Client) -> NextCommands:
        # The AWS CLI needs a region even if the endpoint does not.
        region = self.region or (client.region if client.is_loopback else None)
        return NextCommands(endpoint=self.endpoint, profile=self.profile, region=region)
