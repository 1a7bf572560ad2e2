"""Module variables that code changes while an execution runs: another process, which resumes it, does not have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from durable_mi.lint.code.functions import Class, Instance, Namespace
from durable_mi.lint.code.values import Collection, Constant, Value, alternatives
from durable_mi.lint.code.zone import ZoneKind

if TYPE_CHECKING:
    import ast

    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.reporting import Reporter
    from durable_mi.lint.code.zone import Zone

__all__ = ["GlobalState"]


_Key: TypeAlias = "tuple[object, str]"
"""What has the variable, a module, a class or an object, and its name."""


def _shared(owner: Value, name: str) -> _Key | None:
    match owner:
        case Namespace(module=module):
            return module, name
        case Class(node=node):
            return node, name
        case Instance(born=born) if born.kind is ZoneKind.IMPORT:
            return owner, name
    return None


def _is_state(value: Value) -> bool:
    return any(isinstance(each, (Collection, Constant)) for each in alternatives(value))


@dataclass(frozen=True, slots=True)
class _Use:
    module: Module
    function: ast.AST | None
    zone: Zone
    node: ast.AST
    is_cache: bool


@dataclass(eq=False, slots=True)
class GlobalState:
    """Who changes and who reads the module variables."""

    writes: dict[_Key, list[_Use]] = field(default_factory=dict)
    reads: dict[_Key, list[_Use]] = field(default_factory=dict)

    def write(self, name: str, frame: Frame, node: ast.AST, run: Reporter) -> None:
        """Note that code of an execution changes a variable."""
        self._note(self.writes, (frame.outermost().module, name), frame, node, run)

    def read(self, name: str, frame: Frame, run: Reporter) -> None:
        """Note that code of an execution reads a variable that holds a plain value or a collection."""
        found, key = frame.find(name), (frame.outermost().module, name)
        if (found is not None and _is_state(found[0])) or key in self.writes:
            self._note(self.reads, key, frame, frame.function or frame.module.tree, run)

    def write_attribute(self, owner: Value, name: str, frame: Frame, node: ast.AST, run: Reporter) -> None:
        """Note that code of an execution changes an attribute of what was made when a module was imported."""
        if (key := _shared(owner, name)) is not None:
            self._note(self.writes, key, frame, node, run)

    def read_attribute(self, owner: Value, name: str, value: Value, frame: Frame, run: Reporter) -> None:
        """Note that code of an execution reads such an attribute."""
        key = _shared(owner, name)
        if key is not None and (_is_state(value) or key in self.writes):
            self._note(self.reads, key, frame, frame.function or frame.module.tree, run)

    def _note(self, uses: dict[_Key, list[_Use]], key: _Key, frame: Frame, node: ast.AST, run: Reporter) -> None:
        if frame.zone.kind is ZoneKind.IMPORT:
            return
        use = _Use(frame.module, frame.function, frame.zone, node, key[1] in run.tested)
        uses.setdefault(key, []).append(use)

    def report(self, run: Reporter) -> None:
        """Report the variables that one body changes and another one reads."""
        for key, writes in self.writes.items():
            if all(write.is_cache for write in writes):
                continue  # Filled where it was found empty: another process fills its own.
            functions = {write.function for write in writes}
            bodies = {write.zone.body for write in writes}
            for read in self.reads.get(key, []):
                elsewhere = read.zone.body not in bodies and read.function not in functions
                if elsewhere or (read.zone.is_replayed and any(write.zone.is_replayed for write in writes)):
                    write = next(write for write in writes if not write.is_cache)
                    run.report_at(
                        "DMC106",
                        write.module,
                        write.node,
                        f"{key[1]} must not carry state of an execution: another process, with its own module "
                        "variables, "
                        "can run the rest; return the value from a step and pass it on",
                    )
                    break
