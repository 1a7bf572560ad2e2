"""AWS's durable execution SDK in the worker processes: with time skipped, an invocation ends without the SDK's pause.

The SDK's checkpoint thread looks every 0.1 seconds whether it should stop, and each invocation waits for that. It does
so on Lambda, so only a run that skips time anyway wakes the thread. The names that this takes are not documented:
``tests/unit/local/workers/test_durable_sdk_contract.py`` checks each and says which one moved. Run as a script, it uses
the standard library only, since the handlers may run in another interpreter.
"""

from __future__ import annotations

import os
import runpy
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["MODULE", "awakened", "wake"]

MODULE = "aws_durable_execution_sdk_python.state"


def awakened(command: Sequence[str]) -> list[str]:
    """Return the command line that runs Python code with an SDK that wakes its thread.

    Args:
        command: An interpreter, its options, and ``-m`` with a module, or a path; then the arguments.
    """
    python, *arguments = command
    options = [each for each in arguments[:1] if each == "-u"]
    return [python, *options, os.fspath(__file__), *arguments[len(options) :]]


def wake(state: ModuleType) -> None:
    """Let the checkpoint thread see at once that it should stop.

    An SDK without these names, as a function's code may bring one, stays as it was released.

    Args:
        state: The SDK's module of that name.
    """
    try:
        signal, execution = state._Signal.REFRESH_WAKE, state.ExecutionState  # noqa: SLF001 - see above
        stop = execution.stop_checkpointing
    except AttributeError:
        return

    def stop_checkpointing(self: Any) -> None:  # noqa: ANN401 - the SDK may not be installed here
        stop(self)
        # It makes the thread look again, also whether to stop.
        self._checkpoint_queue.put(signal)

    execution.stop_checkpointing = stop_checkpointing


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        wake(module)


class _Finder(MetaPathFinder):
    """Finds the one module where Python finds it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name == MODULE else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def main(arguments: list[str]) -> None:
    """Run a module or a path as Python itself would, with the finder in place."""
    sys.meta_path.insert(0, _Finder())
    # As for `python -m`: the handler's code comes first, and this directory is not on the path.
    sys.path[0] = os.getcwd()  # noqa: PTH109 - pathlib would be imported for this alone
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
