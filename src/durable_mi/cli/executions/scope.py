"""Where the executions of a command are, and which ones it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.operate.calls.caller import Caller
from durable_mi.operate.client import Client
from durable_mi.operate.connection import Connection
from durable_mi.operate.errors import UsageError
from durable_mi.operate.next_commands import NextCommands
from durable_mi.operate.selection.functions import DurableFunction, durable_functions
from durable_mi.operate.selection.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.options.where import Where
    from durable_mi.operate.selection.execution_arn import ExecutionArn
    from durable_mi.operate.selection.reference import Reference

__all__ = ["ExecutionScope"]


@dataclass(frozen=True, slots=True)
class ExecutionScope:
    """What a command works on.

    Attributes:
        where: What the user named.
        connection: The account and region, or the endpoint.
        client: The calls about one execution.
        caller: The calls about many, at the pace of the API.
    """

    where: Where
    connection: Connection
    client: Client
    caller: Caller
    _functions: list[DurableFunction] = field(default_factory=list)

    @classmethod
    def open(cls, where: Where, *references: Reference) -> ExecutionScope:
        """Prepare the calls.

        Args:
            where: What the user named.
            references: The executions that the user named; an ARN has its region in it.

        Raises:
            UsageError: The regions differ.
        """
        named = {each.arn.region for each in references if each.arn is not None}
        if len(named) > 1:
            msg = f"the ARNs must be of one region, got {' and '.join(sorted(named))}: pass those of one"
            raise UsageError(msg)
        region = next(iter(named), None)
        if region is not None and where.given_region not in {None, region}:
            msg = f"ARN is in {region} and --region is {where.given_region}: leave --region out"
            raise UsageError(msg)
        connection = Connection.open(
            endpoint=where.endpoint, profile=where.profile, region=where.given_region or region or where.region
        )
        return cls(where, connection, Client.over(connection), Caller(connection))

    def functions(self) -> Sequence[DurableFunction]:
        """Return the functions whose executions are meant; they are read once.

        Raises:
            OperatorError: There are none, or they cannot be read.
        """
        if not self._functions:
            found = durable_functions(self.client, stack=self.where.stack, function=self.where.function)
            self._functions.extend(found)
        return self._functions

    def selection(self) -> Selection:
        """Return the executions of these functions."""
        return Selection(self.caller, self.functions())

    def arn(self, reference: Reference) -> ExecutionArn:
        """Return the execution that a user means.

        Raises:
            OperatorError: There is none, or there are several.
        """
        return reference.resolve(self.selection)

    def next_commands(self) -> NextCommands:
        """Return the commands to run next, in the same place."""
        return NextCommands(
            endpoint=self.where.endpoint,
            profile=self.where.profile,
            # The AWS CLI needs a region even if the endpoint does not.
            region=self.where.region or (self.connection.region if self.connection.is_loopback else None),
        )
