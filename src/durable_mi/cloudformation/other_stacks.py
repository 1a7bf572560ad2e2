"""Values that pass between the stacks of one app: arguments and outputs of nested stacks, exports, outputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, joined, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from durable_mi.cloudformation.assembly import Stack
    from durable_mi.cloudformation.resource import Resource

__all__ = ["CROSS_REGION_READER", "App", "OtherStacks", "StackResolver"]

CROSS_REGION_READER: Final = "Custom::CrossRegionExportReader"
"""The custom resource with which the CDK reads values of a stack in another Region; its attributes are their names."""
_CROSS_REGION_WRITER: Final = "Custom::CrossRegionExportWriter"
_SAME_FOR_BOTH: Final = frozenset({"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"})
"""What an export and its import have in common, whatever it is."""


class StackResolver(Protocol):
    """What the resolver of another stack is asked for; see :class:`Resolver`."""

    @property
    def facts(self) -> StackResolver:
        """The same without placeholders."""

    def resolve(self, value: object) -> object:
        """Return the value behind an intrinsic function, one level deep."""

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
        names: Where stacks are read as one, the name that a resource has in it, by the identity of its stack and its
            logical id.
        homes: The same the other way round: the stack of a name, and the resource.
        explored: The resolver of the stack about which something is assumed, ``None`` where nothing is.
    """

    resolvers: dict[int, StackResolver] = field(default_factory=dict)
    followed: set[tuple[int, str]] = field(default_factory=set)
    names: Mapping[tuple[int, str], str] = field(default_factory=dict)
    homes: Mapping[str, tuple[Stack, Resource]] = field(default_factory=dict)
    explored: StackResolver | None = None

    def apart(self) -> App:
        """Return the same without the resolvers, for a reading of the stacks under other assumptions."""
        return App(names=self.names, homes=self.homes)

    def name(self, stack: Stack, logical_id: str) -> str:
        """Return the name of a stack's resource."""
        return self.names.get((id(stack), logical_id), logical_id)


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
        return True if parent is None else self._of(parent).exists(parent.resources[self._stack.made_by])

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
        is_joined = (id(nested), "") in self.app.names
        return MISSING if isinstance(value, Unknown) or (isinstance(value, Text) and not is_joined) else value

    def export(self, name: object) -> object:
        """Return what a stack of the app exports under a name in this account and region; else :data:`MISSING`."""
        stack, output = self._exports.get(_export_name(name), (None, ""))
        return MISSING if stack is None else self._output(stack, output)

    def exporter(self, name: object) -> Stack | None:
        """Return the stack of the app that exports a name in this account and region."""
        return self._exports.get(_export_name(name), (None, ""))[0]

    def output(self, stack_name: object, name: object, region: object) -> object:
        """Return an output of a stack of the app; :data:`MISSING` where the app has no such stack or output."""
        stack = self.with_output(stack_name, name, region)
        return self._output(stack, str(name)) if stack is not None else MISSING

    def with_output(self, stack_name: object, name: object, region: object) -> Stack | None:
        """Return the stack of the app with a name in a region, if it has the output."""
        for stack in self._stack.neighbours:
            if (stack.name, stack.region) == (stack_name, region) and isinstance(name, str) and name in stack.outputs:
                return stack
        return None

    def from_other_region(self, name: str) -> object:
        """Return what the CDK's custom resource of another Region's stack hands over; else :data:`MISSING`.

        Args:
            name: The SSM parameter that the CDK makes for the value.
        """
        stack, value = self._handed_over.get(name, (None, None))
        return MISSING if stack is None else self._followed(stack, name, value)

    def with_handed_over(self, name: str) -> Stack | None:
        """Return the stack whose custom resource hands a value over to this Region."""
        return self._handed_over.get(name, (None, None))[0]

    @cached_property
    def _handed_over(self) -> Mapping[str, tuple[Stack, object]]:
        found: dict[str, tuple[Stack, object]] = {}
        for stack in self._stack.neighbours:
            for writer in stack.of_type(_CROSS_REGION_WRITER):
                match writer.properties.get("WriterProps"):
                    case {"region": region, "exports": dict(exports)} if region == self._stack.region:
                        found.update({name: (stack, value) for name, value in exports.items()})
        return found

    @cached_property
    def _exports(self) -> Mapping[str, tuple[Stack | None, str]]:
        # Empty while it is being made: a name that depends on another export is none of CloudFormation's.
        exports: dict[str, tuple[Stack | None, str]] = {}
        self.__dict__["_exports"] = exports
        for name, exported in self._read_exports():
            # Two templates with one export are two environments, or a deployment that fails: neither is known.
            exports[name] = exported if name not in exports else (None, "")
        return exports

    def _read_exports(self) -> Iterator[tuple[str, tuple[Stack, str]]]:
        for stack in self._stack.neighbours:
            if (stack.account, stack.region) != (self._stack.account, self._stack.region):
                continue
            facts = self._of(stack).facts
            for name, output in stack.outputs.items():
                export = _export_name(facts.at(output, "Export", "Name"))
                if export:
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
        return _abroad(answer, stack, is_joined=(id(stack), "") in self.app.names)

    def of(self, stack: Stack) -> StackResolver:
        """Return the resolver of one of the stacks."""
        return self._of(stack)

    def _of(self, stack: Stack) -> StackResolver:
        return self.app.resolvers.get(id(stack)) or self._make(stack)


def _export_name(value: object) -> str:
    """Return the name of an export, which may be written with what its import has in common; empty if not known."""
    parts = (value,) if isinstance(value, str | Unknown) else value.parts if isinstance(value, Text) else ()
    is_known = all(isinstance(part, str) or getattr(part, "what", "") in _SAME_FOR_BOTH for part in parts)
    return shown(value) if is_known and parts else ""


def _abroad(answer: object, stack: Stack, *, is_joined: bool) -> object:
    match answer:
        case Reference():
            if is_joined:
                return answer
            return Unknown(f"{shown(answer)} of stack {stack.name}")
        case Unknown(what, many):
            return answer if " of stack " in what else Unknown(f"{what} of stack {stack.name}", many)
        case Text(parts):
            return joined(_abroad(part, stack, is_joined=is_joined) for part in parts)
        case list():
            return [_abroad(part, stack, is_joined=is_joined) for part in answer]
    return answer
