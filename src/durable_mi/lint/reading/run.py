"""The state of reading one project: where the code is, what came before, and what was found."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from durable_mi.lint.code.functions import Function, Kind
from durable_mi.lint.code.taints import NONE, Taint
from durable_mi.lint.code.values import NOTHING, Value
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.finding import Finding
from durable_mi.lint.mistakes.global_state import GlobalState
from durable_mi.lint.mistakes.temporary_files import TemporaryFiles

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from durable_mi.lint.code.call import Call
    from durable_mi.lint.code.frame import Frame
    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.project import Project
    from durable_mi.lint.code.taints import Steer, TaintKind, Taints
    from durable_mi.lint.code.values import Method
    from durable_mi.lint.code.zone import Zone

    Expression: TypeAlias = Callable[["Run", ast.AST, Frame], Value]
    Statement: TypeAlias = Callable[["Run", ast.AST, Frame], None]

__all__ = ["Attempt", "Run"]

_MOST_NODES: Final = 200_000
"""Where a handler's code branches into more than this, or a module has more, the rest is left alone."""

_OF_A_FLOW: Final = (
    *("operations", "attempts", "steers", "loops", "stack", "guards", "tested", "seeded", "globals", "writes", "files"),
    *("decided", "unused_results", "nodes"),
)
"""What is about the code that is being read now."""


@dataclass(eq=False, slots=True)
class Attempt:
    """The body of a ``try`` or ``suppress`` while it is read.

    Attributes:
        zone: Where it is.
        operations: How many durable operations came before it.
        runs: Whether an operation in it runs other code, such as a step.
        raised: What its code raised in the flow.
        calls: Whether its code calls what is not known in the flow.
    """

    zone: Zone
    operations: int
    runs: bool = False
    raised: list[Value] = field(default_factory=list)
    calls: bool = False


@dataclass(eq=False, slots=True)
class Run:
    """Reads a project by executing its syntax trees with values that are only partly known.

    Attributes:
        project: The modules.
        expressions: How each kind of expression is read.
        statements: How each kind of statement is read.
        import_module: Reads a module of the project.
        caller: Calls a value.
        operations: How many durable operations came so far.
        findings: What was found, by rule and place.
        handlers: The functions that the SDK's decorators wrap, in the order of their definition.
        called: The functions whose bodies were read in a handler.
        attempts: The ``try`` bodies that are being read, outermost first.
        steers: Branches that end a body early.
        loops: The loops that are being read.
        guards: How many branches on ``is_replaying`` are being read.
        tested: Names of module variables that the conditions around the code test.
        seeded: Whether the random generator was seeded.
        globals: Who changes and who reads module variables.
        files: Who writes and who reads files in ``/tmp``.
        writes: Calls in the flow that change something outside, and ``""`` for one that sleeps: a mistake if the
            handler has operations, so that it is replayed.
        decided: Why the code that is being read can run another number of times.
        unused_results: The ``callback.result`` that were not called so far, and where they are.
        nodes: How much was read.
        modules: The variables of the modules that were read.
    """

    project: Project
    expressions: Mapping[type[ast.AST], Expression]
    statements: Mapping[type[ast.AST], Statement]
    import_module: Callable[[Run, Path], Module | None]
    caller: Callable[[Run, Value, Call], Value]
    operations: int = 0
    findings: dict[tuple[str, Path, int, int], Finding] = field(default_factory=dict)
    handlers: list[Function] = field(default_factory=list)
    called: set[ast.AST] = field(default_factory=set)
    attempts: list[Attempt] = field(default_factory=list)
    steers: list[Steer] = field(default_factory=list)
    loops: list[ast.AST] = field(default_factory=list)
    stack: list[ast.AST] = field(default_factory=list)
    guards: int = 0
    tested: list[str] = field(default_factory=list)
    seeded: bool = False
    globals: GlobalState = field(default_factory=GlobalState)
    writes: list[tuple[Frame, ast.AST, str]] = field(default_factory=list)
    files: TemporaryFiles = field(default_factory=TemporaryFiles)
    decided: Taints = NONE
    unused_results: dict[Method, tuple[Frame, ast.AST]] = field(default_factory=dict)
    nodes: int = 0
    modules: dict[Module, Frame] = field(default_factory=dict)

    def variables(self, module: Module) -> Mapping[str, Value]:
        """Return the variables of a module, as far as it was read."""
        frame = self.modules.get(module)
        return {} if frame is None else frame.variables

    def variable(self, module: Module, name: str) -> Value | None:
        """Return a variable of a module, as far as it was read; an import of it is read now."""
        frame = self.modules.get(module)
        return None if frame is None else frame.get(name)

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Read a module, as if nothing else was being read: it runs once, before everything else."""
        before = {name: getattr(self, name) for name in _OF_A_FLOW}
        fresh = Run(self.project, self.expressions, self.statements, self.import_module, self.caller)
        for name in _OF_A_FLOW:
            setattr(self, name, getattr(fresh, name))
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    def evaluate(self, node: ast.AST | None, frame: Frame) -> Value:
        """Return what an expression can be."""
        if node is None:
            return NOTHING
        self.nodes += 1
        read = self.expressions.get(type(node))
        return NOTHING if read is None or self.nodes > _MOST_NODES else read(self, node, frame)

    def execute(self, body: list[ast.stmt], frame: Frame) -> None:
        """Read statements one after the other."""
        for statement in body:
            self.nodes += 1
            if self.nodes > _MOST_NODES:
                return
            read = self.statements.get(type(statement))
            if read is not None:
                read(self, statement, frame)

    def call(self, called: Value, call: Call) -> Value:
        """Return what a call of any value returns."""
        return self.caller(self, called, call)

    def taint(self, kind: TaintKind, what: str, call: Call) -> Taint:
        """Return why what a call returns can differ."""
        module, place = call.frame.site or (call.frame.module, call.node)
        return Taint(kind, what, module, place, self.operations, call.frame.zone.kind is ZoneKind.IMPORT)

    def report(self, rule: str, frame: Frame, node: ast.AST, message: str) -> None:
        """Report a place in the code that runs; where a followed call does it, the call in the flow is the place."""
        module, place = frame.site or (frame.module, node)
        also = None if frame.site is None else (frame.module.file, getattr(node, "lineno", 1))
        self.report_at(rule, module, place, message, also)

    def report_at(
        self, rule: str, module: Module, node: ast.AST, message: str, also: tuple[Path, int] | None = None
    ) -> None:
        """Report a place."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        if column:
            column = len(module.text_line(line).encode()[:column].decode("utf-8", "replace"))
        key = (rule, module.file, line, column)
        self.findings.setdefault(key, Finding(module.file, line, column + 1, rule, message, also))

    @contextmanager
    def decided_by(self, taints: Taints) -> Iterator[None]:
        """Read code that runs, or not, for reasons that can differ."""
        saved, self.decided = self.decided, self.decided | taints
        try:
            yield
        finally:
            self.decided = saved

    @contextmanager
    def attempt(self, zone: Zone) -> Iterator[Attempt]:
        """Read the body of a ``try``."""
        attempt = Attempt(zone, self.operations)
        self.attempts.append(attempt)
        try:
            yield attempt
        finally:
            self.attempts.pop()

    def runs_elsewhere(self, zone: Zone) -> None:
        """Note that an operation runs code whose exceptions arrive as other ones."""
        for attempt in self.attempts:
            attempt.runs |= attempt.zone is zone

    def unknown_call(self, zone: Zone) -> None:
        """Note that the flow calls what is not known, and can raise anything."""
        for attempt in self.attempts:
            attempt.calls |= attempt.zone is zone

    def created(self, function: Function) -> Function:
        """Note a function that the SDK calls by itself."""
        if function.kind is not Kind.PLAIN:
            self.handlers.append(function)
        return function
