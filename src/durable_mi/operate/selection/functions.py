"""The durable functions that a command is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.operate.errors import UsageError
from durable_mi.operate.function_search import FunctionSearch
from durable_mi.operate.stack_functions import construct_of
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.client import Client

__all__ = ["DurableFunction", "durable_functions"]


@dataclass(frozen=True, slots=True)
class DurableFunction:
    """A function whose executions are meant.

    Attributes:
        name: Name or ARN, as the Lambda API takes it.
        label: What users call it: its construct path, if a stack has it, else its name.
    """

    name: str
    label: str


def durable_functions(client: Client, *, stack: str | None, function: str | None) -> Sequence[DurableFunction]:
    """Return one function, or all durable functions of a stack and of those nested in it.

    Args:
        client: The account and region, or the endpoint.
        stack: Name or ARN of a stack.
        function: Name or ARN of a function, or its construct path. With a stack also its logical id, or an
            output's key.

    Returns:
        The functions. With an endpoint on this machine and neither of both, all durable functions that run there.

    Raises:
        OperatorError: Neither is given on AWS, or there are no such functions.
    """
    if function is not None:
        return [_named(client, stack, function)]
    if stack is None and not client.is_loopback:
        msg = "--stack or --function must be given, got neither: pass one of them"
        raise UsageError(msg)
    where = client.address if stack is None else f"stack {stack}"
    every = client.every_function() if stack is None else client.stack_functions(stack)
    found = [DurableFunction(each.name, construct_of(each.path)) for each in every if client.is_durable(each.name)]
    if not found:
        msg = (
            f"{where} must have a durable function, got {len(every)} functions that are not durable: name another stack"
        )
        raise UsageError(msg)
    return found


def _named(client: Client, stack: str | None, function: str) -> DurableFunction:
    if stack is None and "/" not in function:
        target = Target.parse(function)
        known = FunctionSearch(client).construct(target)
        name = target.function if known is None else known.function
        return DurableFunction(name, target.name)
    target, _ = FunctionSearch(client, stack).target(function, qualifier=None)
    return DurableFunction(target.function, function.partition(":")[0])
