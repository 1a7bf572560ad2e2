"""Commands to run next, ready to paste."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

__all__ = ["Command", "Commands"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command and its purpose.

    Attributes:
        purpose: What it does, in a few words.
        words: Its words, unquoted.
    """

    purpose: str
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command for a POSIX shell on one line."""
        return shlex.join(self.words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Commands:
    """Commands of ``durable-mi`` for the account, region or endpoint that was read.

    Attributes:
        endpoint_url: The endpoint that was given; ``None`` for AWS.
        profile: The profile that was given.
        region: The region that was given.
    """

    endpoint_url: str | None = None
    profile: str | None = None
    region: str | None = None

    def answer_callback(self, arn: str, name: str | None) -> Command:
        """Answer a callback of an execution with success; without a name it is the one that it waits for."""
        named = () if name is None else ("--callback", name)
        return self._command("answer the callback", "callback", "succeed", arn, *named)

    def resume(self, arn: str) -> Command:
        """Resume a paused execution."""
        return self._command("resume it", "resume", arn)

    def stop(self, arn: str) -> Command:
        """Stop an execution."""
        return self._command("stop it", "stop", arn)

    def restart(self, arn: str) -> Command:
        """Start an execution again with the same input."""
        return self._command("start it again with the same input", "restart", arn)

    def why(self, arn: str) -> Command:
        """Explain another execution."""
        return self._command("explain that execution", "why", arn)

    def timeline(self, arn: str) -> Command:
        """Show an execution's timeline."""
        return self._command("show its operations and log", "timeline", arn)

    def wake(self, function: str, version: str) -> Command:
        """Give a parked version its execution environments again."""
        return self._command("wake the version", "release", "wake", version, "--function", function)

    def status(self, function: str) -> Command:
        """Show the versions of a function."""
        return self._command("show the function's versions", "release", "status", "--function", function)

    def doctor(self, stack: str) -> Command:
        """Check a stack."""
        return self._command("check the stack", "doctor", "--stack", stack)

    def _command(self, purpose: str, *words: str) -> Command:
        where: list[str] = []
        for option, value in (
            ("--endpoint-url", self.endpoint_url),
            ("--region", self.region),
            ("--profile", self.profile),
        ):
            if value is not None:
                where += [option, value]
        return Command(purpose, ("durable-mi", *words, *where))
