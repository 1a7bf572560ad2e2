"""The variables of a function call, a class body or a module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from durable_mi.lint.code.values import NOTHING, Unread, Value, join

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.zone import Zone

__all__ = ["Frame"]


@dataclass(eq=False, slots=True)
class Frame:
    """The variables of one call.

    Attributes:
        module: Where its code is.
        zone: Where it runs.
        parent: The frame that the function was defined in; ``None`` for a module.
        variables: Its variables.
        globals: Names that are the module's.
        nonlocals: Names that are of an outer function.
        site: The call that leads here, in the outermost function of the zone; ``None`` in that function itself.
        function: The function that it is a call of; ``None`` for a module.
        returned: What it returned so far.
        changes: The variables that other zones set: by name, the zone, module and node.
        loops: How many loops are around the call.
        is_class: Whether it is the body of a class, whose variables functions in it do not see.
    """

    module: Module
    zone: Zone
    parent: Frame | None = None
    variables: dict[str, Value] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    site: tuple[Module, ast.AST] | None = None
    function: ast.AST | None = None
    returned: list[Value] = field(default_factory=list)
    changes: dict[str, tuple[Zone, Module, ast.AST]] = field(default_factory=dict)
    is_class: bool = False
    loops: int = 0

    def get(self, name: str) -> Value | None:
        """Return one of its own variables; an import of it is read now."""
        value = self.variables.get(name)
        if isinstance(value, Unread):
            found = value.value()
            # Unless reading it bound the name again.
            if self.variables.get(name) is value:
                self.variables[name] = found
            return found
        return value

    def find(self, name: str) -> tuple[Value, Frame] | None:
        """Return a variable and the frame that has it; ``None`` if no frame has it."""
        frame: Frame | None = self
        if name in self.globals:
            frame = self.outermost()
        while frame is not None:
            if name in frame.variables and (frame is self or not frame.is_class):
                return frame.get(name) or NOTHING, frame
            frame = frame.parent
        return None

    def outermost(self) -> Frame:
        """Return the frame of the module."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame

    def owner(self, name: str) -> Frame:
        """Return the frame that an assignment to a name goes to."""
        if name in self.globals:
            return self.outermost()
        if name in self.nonlocals:
            frame = self.parent
            while frame is not None:
                if name in frame.variables and frame.parent is not None:
                    return frame
                frame = frame.parent
        return self

    def merge(self, *branches: dict[str, Value]) -> None:
        """Take over what the variables are after one of several branches."""
        names = {name for branch in branches for name in branch}
        first, *others = branches
        for name in names:
            value = first.get(name, NOTHING)
            if all(branch.get(name, NOTHING) is value for branch in others):
                self.variables[name] = value
            else:
                self.variables[name] = join(*(branch[name] for branch in branches if name in branch))
