"""Why an execution is where it is: one paragraph, and what to run next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Command

__all__ = ["Diagnosis", "Kind"]


class Kind(StrEnum):
    """What holds an execution, or ended it. The values are the ids of the diagnoses."""

    CALLBACK = "callback"
    WAIT = "wait"
    RETRY = "retry"
    STEP_RUNS = "step-runs"
    HANDLER_RUNS = "handler-runs"
    CHAINED_INVOKE = "chained-invoke"
    PAUSED = "paused"
    PARKED_VERSION = "parked-version"
    VERSION_FAILED = "version-failed"
    INVOCATION_TIMEOUT = "invocation-timeout"
    INVOCATION_FAILS = "invocation-fails"
    NO_PERMISSION = "no-permission"
    NO_NETWORK_PATH = "no-network-path"
    WORKERS_BUSY = "workers-busy"
    THROTTLED = "throttled"
    QUOTA_NEAR = "quota-near"
    NOT_INVOKED = "not-invoked"
    NO_CHECKPOINT = "no-checkpoint"
    NO_PROGRESS = "no-progress"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    STOPPED = "stopped"
    DELETED = "deleted"

    @property
    def expected(self) -> str:
        """What must hold for an execution to go on, or to have ended well."""
        return _EXPECTED[self]

    @property
    def page(self) -> str:
        """The part of the documentation that has it."""
        return f"docs/troubleshooting.md#{_SYMPTOMS[self]}"


_EXPECTED = {
    Kind.CALLBACK: "somebody answers the callback before it times out",
    Kind.WAIT: "the end of the wait is reached",
    Kind.RETRY: "the step succeeds within its attempts",
    Kind.STEP_RUNS: "the step ends within the function's timeout",
    Kind.HANDLER_RUNS: "the handler reaches its next operation within the function's timeout",
    Kind.CHAINED_INVOKE: "the invoked function ends",
    Kind.PAUSED: "the execution is not paused",
    Kind.PARKED_VERSION: "the version has execution environments for as long as executions of it are open",
    Kind.VERSION_FAILED: "the version is Active",
    Kind.INVOCATION_TIMEOUT: "each step is shorter than the function's timeout",
    Kind.INVOCATION_FAILS: "the handler can be loaded, and its process does not end",
    Kind.NO_PERMISSION: "the execution role allows the checkpoint calls on its executions",
    Kind.NO_NETWORK_PATH: "the capacity provider's subnets reach the Lambda API",
    Kind.WORKERS_BUSY: "a worker is free for the invocation that is due",
    Kind.THROTTLED: "Lambda does not throttle the function",
    Kind.QUOTA_NEAR: "the quotas of executions leave room",
    Kind.NOT_INVOKED: "Lambda invokes the function when something is due",
    Kind.NO_CHECKPOINT: "the handler checkpoints its first operation soon after the start",
    Kind.NO_PROGRESS: "an operation begins soon after the one before it",
    Kind.STARTED: "the handler checkpoints its first operation soon after the start",
    Kind.SUCCEEDED: "the execution succeeds",
    Kind.FAILED: "no error leaves the handler",
    Kind.TIMED_OUT: "the execution ends before its timeout",
    Kind.STOPPED: "nobody stops the execution",
    Kind.DELETED: "the execution is not deleted",
}

_SYMPTOMS = {
    Kind.CALLBACK: "waits-and-does-not-go-on",
    Kind.WAIT: "waits-and-does-not-go-on",
    Kind.RETRY: "waits-and-does-not-go-on",
    Kind.STEP_RUNS: "times-out-silently",
    Kind.HANDLER_RUNS: "times-out-silently",
    Kind.CHAINED_INVOKE: "waits-and-does-not-go-on",
    Kind.PAUSED: "waits-and-does-not-go-on",
    Kind.PARKED_VERSION: "its-version-is-turned-off",
    Kind.VERSION_FAILED: "its-version-failed-or-its-process-ends",
    Kind.INVOCATION_TIMEOUT: "times-out-silently",
    Kind.INVOCATION_FAILS: "its-version-failed-or-its-process-ends",
    Kind.NO_PERMISSION: "stays-running",
    Kind.NO_NETWORK_PATH: "stays-running",
    Kind.WORKERS_BUSY: "something-is-due-and-nothing-happens",
    Kind.THROTTLED: "something-is-due-and-nothing-happens",
    Kind.QUOTA_NEAR: "something-is-due-and-nothing-happens",
    Kind.NOT_INVOKED: "something-is-due-and-nothing-happens",
    Kind.NO_CHECKPOINT: "stays-running",
    Kind.NO_PROGRESS: "times-out-silently",
    Kind.STARTED: "stays-running",
    Kind.SUCCEEDED: "ended",
    Kind.FAILED: "ended",
    Kind.TIMED_OUT: "ended",
    Kind.STOPPED: "ended",
    Kind.DELETED: "ended",
}
"""The heading of each in the page of symptoms, as an anchor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Why an execution is where it is.

    Attributes:
        kind: What holds it, or ended it.
        found: What was found, in sentences.
        fix: What to do, in a sentence; empty if there is nothing to do.
        commands: What to run next, the most likely first.
        also: What is worth to know besides.
        unread: What could not be read, a line for each reason.
        child: The diagnosis of the execution that it waits for.
    """

    kind: Kind
    found: str
    fix: str = ""
    commands: tuple[Command, ...] = ()
    also: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    child: Diagnosis | None = None

    @property
    def paragraph(self) -> str:
        """All sentences as one paragraph."""
        return " ".join(each for each in (self.found, *self.also, self.fix) if each)
