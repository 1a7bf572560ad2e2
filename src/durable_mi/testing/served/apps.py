"""The apps of a test session: one runtime for each app and its options."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from durable_mi.testing.served.handler_app import FUNCTION, write_handler_app
from durable_mi.testing.served.local_app import LocalApp

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LocalApps"]


class LocalApps:
    """Starts apps when they are first asked for; the fixture ``durable_local``."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._apps: dict[tuple[str, ...], LocalApp] = {}

    def __call__(
        self,
        app: str | Path | None = None,
        *,
        handler: str | None = None,
        source: str | Path = ".",
        function: str | None = None,
        options: Sequence[str] = (),
    ) -> LocalApp:
        """Return a running app, with waits and retry delays skipped.

        Args:
            app: The cloud assembly, such as ``cdk.out``. Exactly one of this and ``handler`` is needed.
            handler: A handler to serve without an app, such as ``loan.handler``, in this interpreter.
            source: The directory of the handler's code. Defaults to the current one.
            function: With an app: the function that ``start`` starts by default.
            options: More options of ``durable-mi local``.

        Raises:
            ValueError: Both or neither of ``app`` and ``handler`` are set, or one of them cannot be used.
            RuntimeError: The runtime ended before it was ready; the message has what it printed.
        """
        if (app is None) == (handler is None):
            msg = f"durable_local must have one of app and handler, got {'neither' if app is None else 'both'}"
            raise ValueError(msg)
        key = (str(app), str(handler), str(Path(source).resolve()), str(function), *options)
        if key not in self._apps:
            if handler is None:
                served = LocalApp(Path(str(app)), function=function, options=options)
            else:
                directory = Path(self._open.enter_context(TemporaryDirectory(prefix="durable-local-")))
                write_handler_app(directory, handler, Path(source))
                served = LocalApp(directory, function=FUNCTION, options=["--python", sys.executable, *options])
            self._apps[key] = self._open.enter_context(served)
        return self._apps[key]

    def close(self) -> None:
        """End all apps."""
        self._open.close()
