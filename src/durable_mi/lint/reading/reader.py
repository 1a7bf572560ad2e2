"""Reads the files of a project and finds the mistakes in their workflows."""

from __future__ import annotations

import ast
import gc
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.call import Call
from durable_mi.lint.code.frame import Frame
from durable_mi.lint.code.functions import Function, Kind
from durable_mi.lint.code.sdk import SDK
from durable_mi.lint.code.values import NOTHING, Collection, Context, StepContext, Value
from durable_mi.lint.code.zone import Zone, ZoneKind
from durable_mi.lint.mistakes.steering import settle
from durable_mi.lint.mistakes.unwrapped import require_wrapped
from durable_mi.lint.reading.calls import call_function, call_value
from durable_mi.lint.reading.expressions import EXPRESSIONS
from durable_mi.lint.reading.operations import run_branch
from durable_mi.lint.reading.run import Run
from durable_mi.lint.reading.statements import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from durable_mi.lint.code.module import Module
    from durable_mi.lint.code.project import Project
    from durable_mi.lint.finding import Finding

__all__ = ["find_mistakes"]

_IMPORT: Final = Zone(ZoneKind.IMPORT)


def find_mistakes(project: Project, files: Iterable[Path]) -> list[Finding]:
    """Return what is wrong in the workflows of some files, and in the modules that they import, in order.

    Args:
        project: The modules.
        files: The files to look for workflows in.
    """
    with _kept():
        return _find_mistakes(project, files)


@contextmanager
def _kept() -> Iterator[None]:
    """Let the collector of garbage look at nothing: syntax trees are many objects, all of which stay."""
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def _find_mistakes(project: Project, files: Iterable[Path]) -> list[Finding]:
    found: dict[object, Finding] = {}
    readers = _Readers(project)
    for file in files:
        # Most files of a project have no workflow: they are read only if one imports them.
        module = project.module(file) if project.mentions(file, SDK) else None
        if module is None:
            continue
        for finding in readers.read(module):
            found.setdefault((finding.rule, finding.file, finding.line, finding.column), finding)
    return sorted(found.values())


@dataclass(slots=True)
class _Readers:
    """Reads modules one after the other; what one imports is executed once."""

    project: Project
    _run: Run | None = None
    _done: set[ast.AST] = field(default_factory=set)

    def read(self, module: Module) -> list[Finding]:
        """Return what is wrong in the workflows of a module."""
        try:
            return self._read(module)
        except RecursionError:
            self._run = None  # It was left in the middle.
            self.project.reject(module, "it is nested too deeply")
            return []

    def _read(self, module: Module) -> list[Finding]:
        run = self._run = self._run or Run(
            project=self.project,
            expressions=EXPRESSIONS,
            statements=STATEMENTS,
            import_module=_imported,
            caller=call_value,
        )
        run.findings.clear()
        run.nodes = 0
        _imported(run, module.file)
        own = [function for function in run.handlers if function.module is module and function.node not in self._done]
        for function in own:
            if function.kind is Kind.HANDLER:
                _run_handler(run, function)
        for function in own:
            if function.kind is not Kind.HANDLER and function.node not in run.called:
                _run_alone(run, function)
        self._done.update(function.node for function in own)
        require_wrapped(run, module)
        return list(run.findings.values())


def _imported(run: Run, file: Path) -> Module | None:
    module = run.project.module(file)
    if module is not None and module not in run.modules:
        frame = run.modules[module] = Frame(module=module, zone=_IMPORT)
        with run.importing():
            run.execute(module.tree.body, frame)
    return module


def _run_handler(run: Run, function: Function) -> None:
    """Read a workflow as the SDK runs it."""
    context = Context("handler")
    zone = Zone(ZoneKind.FLOW, context=context, body=function.node)
    frame = Frame(module=function.module, zone=zone, parent=function.frame)
    event = Collection("dict", [], {}, zone)
    _begin(run)
    if isinstance(function.node, ast.AsyncFunctionDef):
        run.report_at(
            "DMC604",
            function.module,
            function.node,
            f"{function.name} must not be async: the SDK calls handlers synchronously, and returns a coroutine that "
            "never runs; "
            "write def, and call asyncio.run inside a step",
        )
    plain = replace(function, kind=Kind.PLAIN)
    call_function(run, plain, Call(function.node, frame, (event, context), zone=zone))
    _end(run, frame)


def _run_alone(run: Run, function: Function) -> None:
    """Read a step or a branch that no workflow of the project was seen to use."""
    context = Context("caller")
    zone = Zone(ZoneKind.FLOW, context=context, body=None)
    frame = Frame(module=function.module, zone=zone, parent=function.frame)
    plain = replace(function, kind=Kind.PLAIN)
    _begin(run)
    if function.kind in {Kind.STEP, Kind.SUBMITTER}:
        step = Zone(ZoneKind.STEP, body=function.node, parent=zone)
        given: tuple[Value, ...] = (StepContext(),) if function.kind is Kind.STEP else (NOTHING, StepContext())
        call_function(run, plain, Call(function.node, frame, given, zone=step))
    else:
        run_branch(run, plain, (), Call(function.node, frame))
    _end(run, frame)


def _begin(run: Run) -> None:
    run.operations = 0
    run.seeded = False
    run.steers.clear()
    run.writes.clear()
    run.unused_results.clear()
    run.tested.clear()
    run.loops.clear()
    run.globals.reads.clear()
    run.globals.writes.clear()
    run.files.reads.clear()
    run.files.writes.clear()


def _end(run: Run, frame: Frame) -> None:
    settle(run, frame)
    run.globals.report(run)
    run.files.report(run)
    for where, node in run.unused_results.values():
        run.report(
            "DMC505",
            where,
            node,
            "callback.result must be called: without parentheses it is a method, which is always true, and the "
            "workflow goes "
            "on without the answer; write callback.result()",
        )
    if not run.operations:
        return
    for where, node, what in run.writes:
        if what:
            run.report(
                "DMC201",
                where,
                node,
                f"{what}() must run inside a step: in the flow it is repeated at each replay, after every wait, retry "
                "and crash; "
                "write context.step(lambda _: ...)",
            )
        else:
            run.report(
                "DMC202",
                where,
                node,
                "sleep() must not be called in the flow: it holds the worker process, and runs again at each replay; "
                "use "
                "context.wait(Duration.from_seconds(...)), which costs nothing",
            )
