"""Calls of libraries and of Python's own functions: what they return, and what they must not do in the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.lint.code import libraries
from durable_mi.lint.code.functions import Function, Partial
from durable_mi.lint.code.sdk import DECORATORS, sdk_name
from durable_mi.lint.code.taints import NONE, TaintKind
from durable_mi.lint.code.values import NOTHING, Constant, Library, Made, Value, alternatives
from durable_mi.lint.code.zone import ZoneKind
from durable_mi.lint.mistakes.payments import require_key
from durable_mi.lint.mistakes.qualifier import require_qualifier
from durable_mi.lint.reading.builtin_calls import BUILTINS
from durable_mi.lint.reading.file_calls import is_packaged, note_files, opened
from durable_mi.lint.reading.operations import run_branch
from durable_mi.lint.reading.threads import run_in_thread
from durable_mi.lint.reading.wrappers import decorate, wraps

if TYPE_CHECKING:
    from durable_mi.lint.code.call import Call
    from durable_mi.lint.code.taints import Taints
    from durable_mi.lint.reading.run import Run

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
_TIMEOUT_POSITIONS: Final = {
    "urllib.request.urlopen": 2,
    "http.client.HTTPConnection": 2,
    "http.client.HTTPSConnection": 2,
}
_SAME_EACH_TIME: Final = frozenset({"random.Random()", "numpy.random.default_rng()"})


def call_library(run: Run, called: Library | Made, call: Call) -> Value:
    """Return what a call of a library returns."""
    path = called.path
    if (name := sdk_name(path)) is not None:
        return _sdk(run, name, path, call)
    if isinstance(called, Library) and (builtin := BUILTINS.get(path)) is not None:
        return builtin(run, call)
    result = wraps(path, call) or run_in_thread(run, called, call)
    if result is not None:
        return result
    owner = called.owner if isinstance(called, Library) else None
    files = call.given if owner is None else (owner, *call.given)
    if owner is not None and path.startswith("pathlib.") and path.endswith(".open"):
        return opened(run, f"{path}()", owner, call.value(0, "mode"), call)
    _check(run, path, files, call)
    if not path.startswith(_HARMLESS):
        run.unknown_call(call.frame.zone)
    _call_back(run, call)
    is_seeded = f"{path}()" in _SAME_EACH_TIME and bool(call.given)
    taints = _taints(run, path, files, call) | call.taints()
    if not path.startswith("context."):
        taints |= called.taints
    made = f"{path}(seed)" if is_seeded else f"{path}()"
    return Made(made, call.arguments, dict(call.keywords), call.complete, taints=taints)


def _taints(run: Run, path: str, files: tuple[Value, ...], call: Call) -> Taints:
    if path == "random.seed":
        run.seeded |= bool(call.arguments)
    kind = _kind(run, path, call)
    if kind is TaintKind.READ and any(is_packaged(each) for each in files):
        return NONE
    imported = call.frame.zone.kind is ZoneKind.IMPORT
    if kind is None or call.frame.zone.kind is ZoneKind.STEP or (imported and kind is TaintKind.READ):
        return NONE
    return frozenset((run.taint(kind, f"{_shown(path)}()", call),))


def _kind(run: Run, path: str, call: Call) -> TaintKind | None:
    if libraries.nondeterministic(path):
        is_seeded = run.seeded and path.startswith("random.")
        is_of_argument = len(call.arguments) >= _CLOCK_OF_AN_ARGUMENT.get(path, len(call.arguments) + 1)
        return None if is_seeded or is_of_argument else TaintKind.DIFFERS
    if libraries.is_unordered(path):
        return TaintKind.UNORDERED
    return TaintKind.READ if libraries.is_read(path) else None


def _shown(path: str) -> str:
    """Return a path as people write it: without what made the object, where that is long."""
    head, _, tail = path.rpartition("()")
    if not head:
        return path
    return f"{head.split('.')[0].split('(')[0]} {tail.lstrip('.')}"


def _check(run: Run, path: str, files: tuple[Value, ...], call: Call) -> None:
    zone = call.frame.zone
    if zone.kind is ZoneKind.IMPORT:
        return
    if libraries.takes_no_timeout_by_default(path) and call.complete and not _has_timeout(path, call):
        run.report(
            "DMC503",
            call.frame,
            call.node,
            f"{_shown(path)}() must have a timeout: without one it can hold its worker process until the invocation "
            "times out; pass timeout=10",
        )
    keywords = call.keywords
    if path.endswith(".invoke") and "DurableExecutionName" in keywords and "Qualifier" not in keywords:
        require_qualifier(run, keywords.get("FunctionName", NOTHING), call.node, call.frame)
    if libraries.is_write(path):
        if zone.is_replayed and not run.guards:
            run.writes.append((call.frame, call.node, _shown(path)))
        elif zone.kind is ZoneKind.STEP and not zone.is_once:
            require_key(run, path, call)
    if libraries.is_sleep(path) and zone.kind is ZoneKind.FLOW:
        run.writes.append((call.frame, call.node, ""))
    note_files(run, path, files, call)


def _has_timeout(path: str, call: Call) -> bool:
    if "timeout" in call.keywords:
        given = call.keywords["timeout"]
        return not (isinstance(given, Constant) and given.value is None)
    return len(call.arguments) > _TIMEOUT_POSITIONS.get(path, len(call.arguments))


def _call_back(run: Run, call: Call) -> None:
    """Read the functions that are handed to a library, which calls them, here and now as far as is known."""
    if call.frame.zone.kind is ZoneKind.IMPORT:
        return
    for each in call.given:
        for one in alternatives(each):
            if isinstance(one, (Function, Partial)):
                run.call(one, call.having())


def _sdk(run: Run, name: str, path: str, call: Call) -> Value:
    if name in DECORATORS:
        return decorate(run, name, call)
    if name == "with_retry":
        return _retry(run, call)
    return Made(f"{path}()", call.arguments, dict(call.keywords), call.complete, taints=call.taints())


def _retry(run: Run, call: Call) -> Value:
    """Read ``with_retry``, which runs a function in a child context unless it is told otherwise."""
    run.operations += 1
    function = call.value(1, "func") or NOTHING
    config = call.value(2, "config")
    given = config.keywords.get("wrap_with_run_in_child_context") if isinstance(config, Made) else None
    if isinstance(given, Constant) and not given.value:
        return run.call(function, call.having(call.value(0, "context") or NOTHING, NOTHING))
    return run_branch(run, function, (NOTHING,), call)
