"""Calls that read and write files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.lint.code.taints import NONE, TaintKind
from durable_mi.lint.code.values import Constant, Library, Made, Value, alternatives
from durable_mi.lint.mistakes.temporary_files import temporary_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.lint.code.call import Call
    from durable_mi.lint.reading.run import Run

__all__ = ["is_packaged", "note_files", "open_file", "opened"]

_WRITES: Final = ("copy", "download", "dump", "extract", "mkdir", "save", "to_", "urlretrieve", "write")
_READS: Final = ("from_file", "load", "parse", "read", "upload")
_CHANGES: Final = re.compile(
    r"pathlib\.Path\(\)(?:\.\w+\(\)|\.parent)*\.(?:write_text|write_bytes|unlink|rename|replace)"
    r"|shutil\.(?:copy|copy2|copyfile|copytree|move|rmtree)|os\.(?:remove|unlink|rename|replace|rmdir|removedirs)"
)
_DEEPEST: Final = 5


def open_file(run: Run, call: Call) -> Value:
    """Return what ``open`` returns, and note what it is opened for."""
    return opened(run, "open()", call.value(0, "file"), call.value(1, "mode"), call)


def opened(run: Run, what: str, file: Value | None, mode: Value | None, call: Call) -> Value:
    """Return an open file, and note what it is opened for.

    Args:
        run: The run.
        what: The call, as a path.
        file: The name of the file.
        mode: How it is opened.
        call: The call.
    """
    writes = isinstance(mode, Constant) and any(letter in str(mode.value) for letter in "wax+")
    path = None if file is None else temporary_path(file)
    if path is not None and writes:
        run.files.write(path, call.frame)
    elif path is not None:
        run.files.read(path, call.frame, call.node)
    run.unknown_call(call.frame.zone)
    if writes:
        _change(run, what, (file,) if file is not None else (), call)
        return Made(what)
    is_read = call.frame.zone.is_replayed and (file is None or not is_packaged(file))
    return Made(what, taints=frozenset((run.taint(TaintKind.READ, what, call),)) if is_read else NONE)


def note_files(run: Run, path: str, values: tuple[Value, ...], call: Call) -> None:
    """Note the files that a call of a library reads, writes or changes."""
    if _CHANGES.fullmatch(path):
        _change(run, f"{path}()", values, call)
    method = path.rpartition(".")[2]
    if not method.startswith((*_WRITES, *_READS)):
        return
    for each in values:
        file = temporary_path(each)
        if file is not None and method.startswith(_WRITES):
            run.files.write(file, call.frame)
        elif file is not None:
            run.files.read(file, call.frame, call.node)


def _change(run: Run, what: str, files: tuple[Value, ...], call: Call) -> None:
    """Note that a file is changed. What is in ``/tmp`` is of this execution environment alone."""
    if call.frame.zone.is_replayed and not run.guards and not any(_is_temporary(each) for each in files):
        run.writes.append((call.frame, call.node, what.removesuffix("()").replace("pathlib.Path().", "Path.")))


def _is_temporary(value: Value, depth: int = _DEEPEST) -> bool:
    if temporary_path(value) is not None:
        return True
    return _is_made_of(value, lambda path: path.startswith("tempfile."), depth)


def is_packaged(value: Value) -> bool:
    """Return whether a path is made of ``__file__``: the file is of the function's package, and does not change."""
    return _is_made_of(value, lambda path: path == "__file__" or path.startswith("importlib.resources."), _DEEPEST)


def _is_made_of(value: Value, matches: Callable[[str], bool], depth: int) -> bool:
    for each in alternatives(value):
        inner: tuple[Value, ...] = ()
        match each:
            case Library(path=path, owner=owner):
                inner = () if owner is None else (owner,)
            case Made(path=path, arguments=arguments):
                inner = arguments
            case _:
                continue
        if matches(path) or (depth and any(_is_made_of(one, matches, depth - 1) for one in inner)):
            return True
    return False
