"""Commands to run next, of this tool and of the AWS CLI, ready to paste."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.operate.logs import log_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from durable_mi.operate.endpoint import Endpoint
    from durable_mi.operate.target import Target

__all__ = ["NextCommand", "NextCommands"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NextCommand:
    """The purpose of a command, and its words in groups, one for each line."""

    purpose: str
    groups: Sequence[Sequence[str]]

    @property
    def words(self) -> list[str]:
        """The command's words, unquoted."""
        return [word for group in self.groups for word in group]

    @property
    def line(self) -> str:
        """The command for a POSIX shell on one line."""
        return shlex.join(self.words)

    def __str__(self) -> str:
        """Return the command for a POSIX shell, with one group on each line."""
        return " \\\n  ".join(shlex.join(group) for group in self.groups)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextCommands:
    """Commands for the same account, region or endpoint as the client.

    Attributes:
        endpoint: The endpoint that was given.
        profile: The profile that was given.
        region: The region that was given, or the one that the AWS CLI needs with the local endpoint.
    """

    endpoint: Endpoint | None
    profile: str | None
    region: str | None

    def execution(self, arn: str) -> NextCommand:
        """Read the state, input and result of an execution."""
        return self._command(
            "state, input and result", "lambda", "get-durable-execution", ("--durable-execution-arn", arn)
        )

    def history(self, arn: str) -> NextCommand:
        """Read its history with the results of its operations."""
        arguments = (("--durable-execution-arn", arn), ("--include-execution-data",))
        return self._command("history", "lambda", "get-durable-execution-history", *arguments)

    def logs(self, log_group: str, arn: str, *, started: datetime) -> NextCommand:
        """Read its log lines."""
        arguments = (
            ("--log-group-name", log_group),
            ("--start-time", str(int(started.timestamp() * 1000))),
            ("--filter-pattern", log_pattern(arn)),
        )
        return self._command("log lines", "logs", "filter-log-events", *arguments)

    def executions(self, target: Target, *, name: str | None = None) -> NextCommand:
        """List the executions of a function, or those with one name."""
        arguments = [("--function-name", target.function), ("--qualifier", target.qualifier)]
        if name is not None:
            arguments.append(("--durable-execution-name", name))
        purpose = "executions of the function" if name is None else "the execution, if it started"
        return self._command(purpose, "lambda", "list-durable-executions-by-function", *arguments)

    def stop(self, arn: str) -> NextCommand:
        """Stop a running execution."""
        return self._command("stop it", "lambda", "stop-durable-execution", ("--durable-execution-arn", arn))

    def callback_success(self, callback_id: str) -> NextCommand:
        """Answer a callback with success.

        Without a payload: the AWS CLI takes one as text in version 1, as base64 in version 2, and from a file in both.
        """
        purpose = "answer the callback (for a result, add --result fileb://FILE)"
        operation = "send-durable-execution-callback-success"
        return self._command(purpose, "lambda", operation, ("--callback-id", callback_id))

    def follow(self, arn: str, *, again: bool = True) -> NextCommand:
        """Follow it, again or for the first time."""
        return self._own("follow it again" if again else "follow it", "follow", arn)

    def why(self, arn: str) -> NextCommand:
        """Explain where it is."""
        return self._own("where it is, why, and what to run next", "why", arn)

    def _own(self, purpose: str, command: str, arn: str) -> NextCommand:
        where = [("--endpoint-url", None if self.endpoint is None else self.endpoint.url), ("--profile", self.profile)]
        given = tuple(word for option, value in where if value is not None for word in (option, value))
        groups = [("durable-mi", command, arn), *([given] if given else [])]
        return NextCommand(purpose=purpose, groups=groups)

    def _command(self, purpose: str, service: str, operation: str, *arguments: Sequence[str]) -> NextCommand:
        where: list[str] = []
        is_loopback = self.endpoint is not None and self.endpoint.is_loopback
        if self.endpoint is not None and (is_loopback or service == "lambda"):
            where += ["--endpoint-url", self.endpoint.url]
        if self.region is not None:
            where += ["--region", self.region]
        if self.profile is not None:
            where += ["--profile", self.profile]
        if is_loopback:
            where.append("--no-sign-request")  # the local runtime needs no credentials, the AWS CLI would
        groups = [("aws", service, operation), *arguments]
        if where:
            groups.append(tuple(where))
        return NextCommand(purpose=purpose, groups=tuple(tuple(group) for group in groups))
