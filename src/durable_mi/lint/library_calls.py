"""Calls of libraries and of Python's own functions: what they return, and what they must not do in the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint import libraries
from durable_mi.lint.builtin_calls import BUILTINS
from durable_mi.lint.operations import run_branch
from durable_mi.lint.payments import require_key
from durable_mi.lint.qualifier import require_qualifier
from durable_mi.lint.sdk import DECORATORS, sdk_name
from durable_mi.lint.temporary_files import temporary_path
from durable_mi.lint.threads import run_in_thread
from durable_mi.lint.values import (
    NONE,
    Constant,
    Function,
    Library,
    Made,
    Partial,
    Taint,
    TaintKind,
    Value,
    alternatives,
    deep_taints,
)
from durable_mi.lint.wrappers import decorate, wraps
from durable_mi.lint.zone import ZoneKind

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from durable_mi.lint.frame import Frame
    from durable_mi.lint.run import Run
    from durable_mi.lint.values import Taints

__all__ = ["call_library"]

_HARMLESS: Final = (
    "logging.",
    "context.",
    "print",
    "aws_lambda_powertools.Logger",
    "aws_lambda_powertools.logging",
    "structlog.",
    "loguru.",
)
_CLOCK_OF_AN_ARGUMENT: Final = {
    "time.strftime": 2,
    "time.localtime": 1,
    "time.gmtime": 1,
    "time.ctime": 1,
    "time.asctime": 1,
}
_SAME_EACH_TIME: Final = frozenset({"random.Random()", "numpy.random.default_rng()"})


def call_library(  # noqa: C901, PLR0911, PLR0912, PLR0913 - the order in which calls are looked at
    run: Run,
    called: Library | Made,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    complete: bool,
) -> Value:
    """Return what a call of a library returns."""
    path = called.path
    if (name := sdk_name(path)) is not None:
        return _sdk(run, name, path, arguments, keywords, node, frame, complete=complete)
    if isinstance(called, Library) and (builtin := BUILTINS.get(path)) is not None:
        return builtin(run, arguments, keywords, node, frame)
    if (result := wraps(run, path, arguments, keywords)) is not None:
        return result
    if (result := run_in_thread(run, called, arguments, keywords, node, frame)) is not None:
        return result
    _check(run, called, arguments, keywords, node, frame, complete=complete)
    if not path.startswith(_HARMLESS):
        run.unknown_call(frame.zone)
    _call_back(run, arguments, keywords, node, frame)
    made = f"{path}()"
    if made in _SAME_EACH_TIME and (arguments or keywords):
        made = f"{path}(seed)"
    taints = _taints(run, path, arguments, node, frame)
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    if not path.startswith("context."):
        taints |= called.taints
    return Made(made, arguments, dict(keywords), complete, taints=taints)


def _taints(run: Run, path: str, arguments: tuple[Value, ...], node: ast.AST, frame: Frame) -> Taints:
    zone = frame.zone
    if zone.kind is ZoneKind.STEP:
        return NONE
    if path == "random.seed":
        run.seeded |= bool(arguments)
        return NONE
    if libraries.nondeterministic(path):
        if run.seeded and path.startswith("random."):
            return NONE
        if len(arguments) >= _CLOCK_OF_AN_ARGUMENT.get(path, len(arguments) + 1):
            return NONE
        kind = TaintKind.DIFFERS
    elif libraries.is_unordered(path):
        kind = TaintKind.UNORDERED
    elif libraries.is_read(path):
        kind = TaintKind.READ
    else:
        return NONE
    module, place = frame.site or (frame.module, node)
    imported = zone.kind is ZoneKind.IMPORT
    if imported and kind is TaintKind.READ:
        return NONE
    return frozenset((Taint(kind, f"{_shown(path)}()", module, place, run.operations, imported),))


def _shown(path: str) -> str:
    """Return a path as people write it: without what made the object, where that is long."""
    head, _, tail = path.rpartition("()")
    if not head:
        return path
    return f"{head.split('.')[0].split('(')[0]} {tail.lstrip('.')}"


def _check(  # noqa: PLR0913 - what a call is made of
    run: Run,
    called: Library | Made,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    complete: bool,
) -> None:
    zone, path = frame.zone, called.path
    if zone.kind is ZoneKind.IMPORT:
        return
    if libraries.takes_no_timeout_by_default(path) and complete and not _has_timeout(path, arguments, keywords):
        run.report(
            "DMC503",
            frame,
            node,
            f"{_shown(path)}() must have a timeout: without one it can hold its worker process until the invocation times out; pass "
            "timeout=10",
        )
    if (
        path.endswith(".invoke")
        and "boto3" in path
        and "DurableExecutionName" in keywords
        and "Qualifier" not in keywords
    ):
        require_qualifier(run, keywords.get("FunctionName", Value()), node, frame)
    if libraries.is_write(path):
        if zone.is_replayed and not run.guards:
            run.writes.append((frame, node, _shown(path)))
        elif zone.kind is ZoneKind.STEP:
            require_key(run, path, arguments, keywords, node, frame)
    if libraries.is_sleep(path) and zone.kind is ZoneKind.FLOW:
        run.writes.append((frame, node, ""))
    owner = called.owner if isinstance(called, Library) else None
    files = arguments if owner is None else (owner, *arguments)
    _note_files(run, path, (*files, *keywords.values()), node, frame)


def _has_timeout(path: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value]) -> bool:
    if "timeout" in keywords:
        given = keywords["timeout"]
        return not (isinstance(given, Constant) and given.value is None)
    positions = {"urllib.request.urlopen": 2, "http.client.HTTPConnection": 2, "http.client.HTTPSConnection": 2}
    return len(arguments) > positions.get(path, 99)


def _note_files(run: Run, path: str, values: tuple[Value, ...], node: ast.AST, frame: Frame) -> None:
    method = path.rpartition(".")[2]
    for each in values:
        if (file := temporary_path(each)) is not None:
            if method.startswith(
                ("download", "write", "save", "to_", "dump", "copy", "extract", "urlretrieve", "mkdir")
            ):
                run.files.write(file, frame)
            elif method.startswith(("upload", "read", "load", "parse", "from_file")):
                run.files.read(file, frame, node)


def _call_back(
    run: Run, arguments: tuple[Value, ...], keywords: Mapping[str, Value], node: ast.AST, frame: Frame
) -> None:
    """Read the functions that are handed to a library, which calls them, here and now as far as is known."""
    for each in (*arguments, *keywords.values()):
        for one in alternatives(each):
            if isinstance(one, (Function, Partial)) and frame.zone.kind is not ZoneKind.IMPORT:
                run.call(one, (), {}, node, frame)


def _sdk(  # noqa: PLR0913 - what a call is made of
    run: Run,
    name: str,
    path: str,
    arguments: tuple[Value, ...],
    keywords: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    *,
    complete: bool,
) -> Value:
    if name in DECORATORS:
        return decorate(run, name, arguments, keywords)
    if name == "with_retry":
        given = dict(zip(("context", "func", "config", "name"), arguments, strict=False)) | dict(keywords)
        run.operations += 1
        return run_branch(run, given.get("func", Value()), (Value(),), node, frame)
    taints = NONE
    for each in (*arguments, *keywords.values()):
        taints |= deep_taints(each)
    return Made(f"{path}()", arguments, dict(keywords), complete, taints=taints)
