"""The checks of a stack by their ids, and what one of them found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from durable_mi.diagnosis.command import Command

__all__ = ["Check", "Finding", "Report"]


class Check(StrEnum):
    """What is checked. The values are the ids of the checks."""

    STACK_STATUS = "stack-status"
    ALIAS = "alias"
    ENVIRONMENTS = "environments"
    DRAINING = "draining"
    CAPACITY_PROVIDER = "capacity-provider"
    QUOTA = "quota"
    ROLE = "role"
    LOG_PERMISSION = "log-permission"
    NETWORK = "network"
    DEAD_LETTERS = "dead-letters"
    ALARMS = "alarms"
    ENCRYPTION_KEY = "encryption-key"

    @property
    def expected(self) -> str:
        """What must hold."""
        return _EXPECTED[self]

    @property
    def page(self) -> str:
        """The part of the documentation that has it."""
        return f"docs/{_PAGES[self]}"


_EXPECTED = {
    Check.STACK_STATUS: "the last deployment of the stack ended, and did not fail",
    Check.ALIAS: "the function has an alias, and every version that it names is Active",
    Check.ENVIRONMENTS: "a version with open executions has execution environments",
    Check.DRAINING: "old versions end, and are parked after that",
    Check.CAPACITY_PROVIDER: "the capacity provider is Active",
    Check.QUOTA: "the capacity provider has room for the versions of the next deployments",
    Check.ROLE: "the execution role allows the checkpoint calls on the function's executions",
    Check.LOG_PERMISSION: "the execution role may write the function's log",
    Check.NETWORK: "the instances reach the Lambda API and CloudWatch Logs",
    Check.DEAD_LETTERS: "the dead-letter queue exists and is empty",
    Check.ALARMS: "the stack has alarms, and none is in ALARM",
    Check.ENCRYPTION_KEY: "the key of the execution data is enabled",
}

_PAGES = {
    Check.STACK_STATUS: "how-to/failed-deployment.md",
    Check.ALIAS: "troubleshooting.md#its-version-is-turned-off",
    Check.ENVIRONMENTS: "troubleshooting.md#its-version-is-turned-off",
    Check.DRAINING: "explanation/releases.md#states-of-a-version",
    Check.CAPACITY_PROVIDER: "troubleshooting.md#the-capacity-provider-cannot-be-created",
    Check.QUOTA: "explanation/releases.md#how-many-deployments-fit",
    Check.ROLE: "troubleshooting.md#accessdenied-on-checkpointdurableexecution",
    Check.LOG_PERMISSION: "how-to/permissions.md#permissions-of-the-function",
    Check.NETWORK: "troubleshooting.md#stays-running",
    Check.DEAD_LETTERS: "how-to/failures.md#the-dead-letter-queue",
    Check.ALARMS: "how-to/alarms.md",
    Check.ENCRYPTION_KEY: "troubleshooting.md#lambda-may-not-use-the-key",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that is not as it must be.

    Attributes:
        check: The check.
        subject: What it is about: a stack, a function, a version.
        found: What was found, in one line.
        fix: How to fix it, in one line.
        commands: Commands that show more or fix it.
        is_note: Whether it is only worth knowing: the stack works, and the exit status does not count it.
    """

    check: Check
    subject: str
    found: str
    fix: str
    commands: tuple[Command, ...] = ()
    is_note: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was found of a stack.

    Attributes:
        stack: Its name.
        functions: The functions that were checked.
        findings: What is wrong, and what is worth knowing.
        unread: What could not be read, a line for each reason.
    """

    stack: str
    functions: tuple[str, ...]
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]

    @property
    def has_findings(self) -> bool:
        """Whether something is wrong."""
        return any(not each.is_note for each in self.findings)
