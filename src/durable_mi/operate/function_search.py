"""Finding the function that a user means by a construct path or by a stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from durable_mi.operate.errors import OperatorError, UsageError
from durable_mi.operate.stack_functions import candidate_stacks, construct_of, function_called, split_qualifier
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.operate.client import Client
    from durable_mi.operate.stack_functions import StackFunction

__all__ = ["FunctionSearch"]


@dataclass(frozen=True, slots=True)
class FunctionSearch:
    """Looks for functions in stacks.

    Attributes:
        client: The account and region, or the endpoint.
        stack: The stack to look in. Without it, a construct path leads to the stack, and all stacks of the local
            runtime are looked through.
    """

    client: Client
    stack: str | None = None

    def target(self, function: str | None, *, qualifier: str | None) -> tuple[Target, str | None]:
        """Return the function to invoke, and the name of its log group where an output of the stack names it.

        Args:
            function: With a stack, key of an output, or a function of the stack by its construct path or the end of it,
                by its logical id or its name; ``None`` for the output that names a function. Without a stack, a
                construct path. ``PATH:QUALIFIER`` names the qualifier too.
            qualifier: Alias or version. Defaults to that of ``function``, then as in :class:`Target`.

        Raises:
            OperatorError: There is no such function, or there are several.
        """
        if self.stack is None:
            return self._of_construct(str(function), self._functions(str(function)), qualifier), None
        outputs = self.client.stack_outputs(self.stack)
        if function is None or function in outputs.values:
            return outputs.target(output=function, qualifier=qualifier), outputs.log_group()
        functions = self.client.stack_functions(self.stack)
        if not functions:
            return outputs.target(output=function, qualifier=qualifier), outputs.log_group()
        return self._of_construct(function, functions, qualifier), None

    def construct(self, target: Target) -> Target | None:
        """Return the function of the local runtime that is called so, if one is and the name is no function's own.

        Args:
            target: A target whose name is no function's.

        Raises:
            UsageError: Several functions are called so.
        """
        if not self.client.is_loopback or target.function != target.name:
            return None
        try:
            functions = self.client.every_function()
        except OperatorError:
            return None  # Another emulator, without stacks: what it says of the function is the error.
        found = function_called(functions, target.name)
        return None if found is None else Target.parse(found.name, qualifier=target.qualifier)

    def _functions(self, function: str) -> Sequence[StackFunction]:
        if self.client.is_loopback:
            return self.client.every_function()
        path, _ = split_qualifier(function)
        names = candidate_stacks(construct_of(path))
        for name in names:
            if self.client.has_stack(name):
                return self.client.stack_functions(name)
        msg = f"{path} must be in a stack that is called {' or '.join(names)}, but there is none: name it with --stack"
        raise UsageError(msg)

    def _of_construct(self, function: str, functions: Sequence[StackFunction], qualifier: str | None) -> Target:
        path, named = split_qualifier(function)
        found = function_called(functions, path)
        if found is None:
            known = ", ".join(sorted(construct_of(each.path) for each in functions)) or "no functions"
            where = self.client.address if self.stack is None else f"stack {self.stack}"
            msg = f"no output or function is called {path}; {where} has the functions {known}"
            raise UsageError(msg)
        return Target.parse(found.name if named is None else f"{found.name}:{named}", qualifier=qualifier)
