"""The process that replays: it reads the request from standard input, and writes lines of JSON.

The first line says that the handler is loaded, and each one after that is the verdict on a history.

It is run as a script and not imported: the directories of the handler's code come before anything else, so that the
durable execution SDK that the code brings is the one that replays it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Answer a request."""
    request = json.load(sys.stdin)
    # What the code prints is no part of the answer.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # The first entry is the directory of this file.
    sys.path[:1] = request["directories"]
    try:
        for each in _replayed(request):
            print(json.dumps(each), file=answer, flush=True)
    except _Unusable as error:
        print(json.dumps({"error": " ".join(str(error).split())}), file=answer, flush=True)
    # Threads that a module started are not waited for.
    os._exit(0)


class _Unusable(Exception):  # noqa: N818 - it ends in the answer
    """Nothing can be replayed, in one line."""


def _replayed(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    handler = _handler(request["handler"])
    try:
        replay = importlib.import_module("durable_mi.testing.replay")
    except (ImportError, AttributeError) as error:
        msg = f"the code must use a version of the durable execution SDK that can be replayed here: {error}"
        raise _Unusable(msg) from error
    yield {"loaded": True}
    chosen = {"timeout": request["timeout"], "with_operations": request["withOperations"]}
    for each in request["histories"]:
        try:
            history = replay.RecordedHistory.parse(each["document"], each["name"])
            verdict = replay.replay_history(history, handler, **chosen)
        except replay.ReplayError as error:
            raise _Unusable(error) from error
        yield {"verdict": verdict.document() | {"history": each["name"]}}


def _handler(name: str) -> Any:  # noqa: ANN401 - whatever the module has
    module, _, function = name.replace("/", ".").rpartition(".")
    try:
        found = getattr(importlib.import_module(module), function)
    except (Exception, SystemExit) as error:
        msg = f"the handler {name} must be one that can be imported: {type(error).__name__}: {error}"
        raise _Unusable(msg) from error
    if not callable(found):
        msg = f"the handler {name} must be a function, got {type(found).__name__}"
        raise _Unusable(msg)
    return found


if __name__ == "__main__":
    main()
