"""The functions that a command is about, with the calls and the records that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.errors import UsageError
from durable_mi.operate.function_search import FunctionSearch
from durable_mi.operate.target import Target
from durable_mi.release.calls.wait import LOCAL_POLL_S, POLL_S
from durable_mi.release.client import ReleaseClient
from durable_mi.release.record_store import TableRecords
from durable_mi.release.records.file_records import FileRecords, state_directory
from durable_mi.release.records.memory_records import MemoryRecords
from durable_mi.release.tags import RECORDS, RELEASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.options.where import Where
    from durable_mi.release.record_store import RecordStore

__all__ = ["Scope"]

_FUNCTION = "AWS::Lambda::Function"
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a command works on.

    Attributes:
        where: What the user named.
        connection: The account and region, or the endpoint.
        client: The calls of a pass.
    """

    where: Where
    connection: Connection
    client: ReleaseClient
    _memory: MemoryRecords = field(default_factory=MemoryRecords)

    @classmethod
    def open(cls, where: Where) -> Scope:
        """Prepare the calls.

        Raises:
            UsageError: Neither a stack nor a function is named.
        """
        if where.stack is None and where.function is None:
            msg = "--stack or --function must be given, got neither: pass one of them"
            raise UsageError(msg)
        connection = Connection.open(endpoint=where.endpoint, profile=where.profile, region=where.region)
        return cls(where, connection, ReleaseClient(connection))

    @property
    def poll_s(self) -> float:
        """Seconds between two looks at something that changes."""
        return LOCAL_POLL_S if self.connection.is_loopback else POLL_S

    def between(self, seconds: float) -> float:
        """Return how long to pause between two passes: on this machine a second, since nothing is paid there."""
        return 1.0 if self.connection.is_loopback else seconds

    def functions(self) -> Sequence[str]:
        """Return the names of the functions.

        Raises:
            OperatorError: There are none, or they cannot be read.
        """
        if self.where.function is not None:
            return [self._named(self.where.function)]
        stack = str(self.where.stack)
        found = [name for name in self._of_stack(stack) if self.client.configuration(name).provider is not None]
        if not found:
            msg = f"stack {stack} must have a function on a capacity provider, got none: name another --stack"
            raise UsageError(msg)
        return found

    def marked_functions(self) -> Sequence[str]:
        """Return the names of the functions whose versions drain: of a stack, those that are marked.

        Raises:
            OperatorError: There are none, or they cannot be read.
        """
        found = self.functions()
        if self.where.function is not None:
            return found  # For a function that is named, each command reports why nothing is done to it.
        marked = [name for name in found if RELEASES in self.client.tags(self.client.configuration(name).arn)]
        if not marked:
            msg = f"stack {self.where.stack} must have a function with the tag {RELEASES}, got {', '.join(found)}"
            raise UsageError(msg)
        return marked

    def function(self) -> str:
        """Return the name of the one function.

        Raises:
            OperatorError: There are several, or none.
        """
        found = self.functions()
        if len(found) > 1:
            msg = f"one function must be named, got stack {self.where.stack} with {', '.join(found)}: pass --function"
            raise UsageError(msg)
        return found[0]

    def store(self, function: str) -> RecordStore:
        """Return where a function's record is kept.

        That is the table that its tags name; else this process with an endpoint on this machine, whose version numbers
        start anew with each run; else a private file of the user.
        """
        arn = self.client.configuration(function).arn
        table = self.client.tags(arn).get(RECORDS)
        if table is not None:
            return TableRecords(self.connection, table)
        if self.connection.is_loopback:
            return self._memory
        # arn:aws:lambda:REGION:ACCOUNT:function:NAME
        return FileRecords(state_directory() / "releases.sqlite3", ":".join(arn.split(":")[3:5]))

    def history_client(self) -> Client:
        """Return the client that reads histories."""
        return Client.over(self.connection)

    def _named(self, function: str) -> str:
        if self.where.stack is None and "/" not in function:
            return Target.parse(function).name
        target, _ = FunctionSearch(self.history_client(), self.where.stack).target(function, qualifier=None)
        return target.name

    def _of_stack(self, stack: str) -> list[str]:
        nested = self.client.stack_resources(stack, _STACK)
        return [
            *self.client.stack_resources(stack, _FUNCTION),
            *(name for each in nested for name in self._of_stack(each)),
        ]
