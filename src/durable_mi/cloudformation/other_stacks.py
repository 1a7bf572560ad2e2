"""Values that pass between the stacks of one app: arguments and outputs of nested stacks, exports, outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, joined, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Resource, Stack

__all__ = ["App", "OtherStacks", "StackResolver"]


class StackResolver(Protocol):
    """What the resolver of another stack is asked for; see :class:`Resolver`."""

    @property
    def facts(self) -> StackResolver:
        """The same without placeholders."""

    def tree(self, value: object) -> object:
        """Return a value with every intrinsic function in it resolved."""

    def at(self, value: object, *path: str | int) -> object:
        """Return the resolved value at a path."""

    def condition(self, name: str) -> bool | None:
        """Evaluate a condition."""

    def exists(self, resource: Resource) -> bool | None:
        """Return whether a resource of the stack is created."""


@dataclass(slots=True)
class App:
    """What the resolvers of one app share.

    Attributes:
        resolvers: The resolvers by the identity of their stack.
        followed: Stack and name of the values that are being followed: broken templates lead in circles.
    """

    resolvers: dict[int, StackResolver] = field(default_factory=dict)
    followed: set[tuple[int, str]] = field(default_factory=set)

    def apart(self) -> App:
        """Return the same without the resolvers, for a reading of the stacks under other assumptions."""
        return App()


class OtherStacks:
    """The stacks around one stack.

    Args:
        stack: The stack.
        app: What its resolver shares with those of other stacks.
        make: Makes the resolver of another stack.
    """

    def __init__(self, stack: Stack, app: App, make: Callable[[Stack], StackResolver]) -> None:
        self._stack = stack
        self.app = app
        self._make = make

    def exists(self) -> bool | None:
        """Return whether the stack is created, which for a nested one its parent's conditions decide."""
        parent = self._stack.parent
        if parent is None:
            return True
        logical_id = next((key for key, nested in parent.nested.items() if nested is self._stack), None)
        return True if logical_id is None else self._of(parent).exists(parent.resources[logical_id])

    def argument(self, name: str) -> object:
        """Return what the parent stack gives for a parameter; :data:`MISSING` where it gives nothing."""
        parent = self._stack.parent
        if parent is None or name not in self._stack.arguments:
            return MISSING
        return self._followed(parent, f"argument {name} of {self._stack.name}", self._stack.arguments[name])

    def nested_output(self, logical_id: str, name: str) -> object:
        """Return an output of a nested stack, where its template makes it a plain value; else :data:`MISSING`."""
        nested = self._stack.nested.get(logical_id)
        if nested is None or name not in nested.outputs:
            return MISSING
        value = self._output(nested, name)
        return MISSING if isinstance(value, Unknown | Text) else value

    def export(self, name: str) -> object:
        """Return what a stack of the app exports under a name in this account and region; else :data:`MISSING`."""
        stack, output = self._exports.get(name, (None, ""))
        return MISSING if stack is None else self._output(stack, output)

    def output(self, stack_name: object, name: object, region: object) -> object:
        """Return an output of a stack of the app; :data:`MISSING` where the app has no such stack or output."""
        for stack in self._stack.neighbours:
            if (stack.name, stack.region) == (stack_name, region) and isinstance(name, str) and name in stack.outputs:
                return self._output(stack, name)
        return MISSING

    @cached_property
    def _exports(self) -> Mapping[str, tuple[Stack, str]]:
        # Empty while it is being made: a name that depends on another export is none of CloudFormation's.
        exports: dict[str, tuple[Stack, str]] = {}
        self.__dict__["_exports"] = exports
        exports.update(self._read_exports())
        return exports

    def _read_exports(self) -> Iterator[tuple[str, tuple[Stack, str]]]:
        for stack in self._stack.neighbours:
            if (stack.account, stack.region) != (self._stack.account, self._stack.region):
                continue
            facts = self._of(stack).facts
            for name, output in stack.outputs.items():
                export = facts.at(output, "Export", "Name")
                if isinstance(export, str):
                    yield export, (stack, name)

    def _output(self, stack: Stack, name: str) -> object:
        output = stack.outputs[name]
        condition = output.get("Condition") if isinstance(output, dict) else None
        if isinstance(condition, str) and self._of(stack).condition(condition) is False:
            return MISSING
        return self._followed(stack, f"output {name}", output.get("Value") if isinstance(output, dict) else None)

    def _followed(self, stack: Stack, what: str, value: object) -> object:
        """Return a value of another stack, in terms that mean something outside of it."""
        key = (id(stack), what)
        if key in self.app.followed:
            return Unknown(what)
        self.app.followed.add(key)
        try:
            answer = self._of(stack).tree(value)
        finally:
            self.app.followed.remove(key)
        return _abroad(answer, stack)

    def _of(self, stack: Stack) -> StackResolver:
        return self.app.resolvers.get(id(stack)) or self._make(stack)


def _abroad(answer: object, stack: Stack) -> object:
    match answer:
        case Reference():
            return Unknown(f"{shown(answer)} of stack {stack.name}")
        case Unknown(what, many):
            return answer if " of stack " in what else Unknown(f"{what} of stack {stack.name}", many)
        case Text(parts):
            return joined(_abroad(part, stack) for part in parts)
        case list():
            return [_abroad(part, stack) for part in answer]
    return answer
