"""Starts the fallback runtime client: ``python -u PATH/OF/PACKAGE module.function``, with Lambda's variables set.

``-u`` keeps what a handler writes from waiting in a buffer.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_PACKAGE = "durable_mi_stand_in"


def main(handler: str) -> None:
    """Load the package without its surroundings, which belong to another interpreter, and run the workers."""
    directory = Path(__file__).parent
    # As for a module that was started with -m: the handler's code comes first, and this directory is not on the path.
    sys.path[0] = os.getcwd()  # noqa: PTH109 - pathlib would give the same
    spec = spec_from_file_location(
        _PACKAGE, directory / "__init__.py", submodule_search_locations=[os.fspath(directory)]
    )
    if spec is None or spec.loader is None:
        msg = f"the fallback runtime client must be in {directory}, got no package; install durable-mi-constructs again"
        raise ImportError(msg)
    package = module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    spec.loader.exec_module(package)
    import_module(f"{_PACKAGE}.processes").run(handler)


if __name__ == "__main__":
    main(sys.argv[1])
