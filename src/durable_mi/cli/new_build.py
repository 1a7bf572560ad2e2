"""The code that histories are replayed on, as the options of a command name it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from durable_mi.local.app.functions import AppFunction
    from durable_mi.testing.replay.recorded_history import RecordedHistory
    from durable_mi.testing.replay.replay_code import ReplayCode

__all__ = ["NewBuild", "function_of", "new_build_options"]

_DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBuild:
    """Where the code is.

    Attributes:
        app: Directory that ``cdk synth`` wrote.
        handler: ``package.module.function``.
        code: Directory with the modules of ``handler``.
        variables: Environment variables, as ``NAME=VALUE``.
        timeout: How many seconds the replay of a history may take. ``None`` is the default of replay.
    """

    app: Path | None
    handler: str | None
    code: Path
    variables: Sequence[str]
    timeout: int | None = None

    def functions(self) -> list[AppFunction]:
        """Return the durable functions of the app; none if a handler is named.

        Raises:
            UsageError: The app cannot be read.
        """
        if self.app is None:
            return []
        # Imported here because they take longer to load than the checks of the input.
        from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly  # noqa: PLC0415
        from durable_mi.testing.replay.app_code import durable_functions  # noqa: PLC0415

        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
        try:
            found = durable_functions(CloudAssembly.read(self.app), region)
        except AssemblyError as error:
            raise UsageError(str(error)) from error
        if not found:
            msg = f"--app must have a durable function, got none in {self.app}"
            raise UsageError(msg)
        return found

    @contextmanager
    def of(self, function: AppFunction | None) -> Iterator[ReplayCode]:
        """Prepare the code of one of the functions, or that of the handler.

        Raises:
            UsageError: The code cannot be run here.
        """
        from durable_mi.testing.replay.app_code import app_code  # noqa: PLC0415
        from durable_mi.testing.replay.errors import ReplayError  # noqa: PLC0415
        from durable_mi.testing.replay.replay_code import ReplayCode  # noqa: PLC0415

        variables = self._variables()
        try:
            if function is None:
                yield self._limited(ReplayCode(str(self.handler), [self.code], variables))
            else:
                with app_code(function.with_variables(variables), lambda line: click.echo(line, err=True)) as code:
                    yield self._limited(code)
        except ReplayError as error:
            raise UsageError(str(error)) from error

    def _limited(self, code: ReplayCode) -> ReplayCode:
        return code if self.timeout is None else replace(code, timeout=self.timeout)

    def _variables(self) -> dict[str, str]:
        for each in self.variables:
            if not each.partition("=")[1]:
                msg = f"--env must be NAME=VALUE, got {each!r}"
                raise UsageError(msg)
        return {name: value for name, _, value in (each.partition("=") for each in self.variables)}


def function_of(history: RecordedHistory, functions: Sequence[AppFunction], named: str | None) -> AppFunction:
    """Return the function of an app that a history is replayed on.

    Args:
        history: The history.
        functions: The durable functions of the app.
        named: A function that was chosen. Defaults to the one that the history names, or else the only one.

    Raises:
        UsageError: There is no such function.
    """
    if named is not None:
        found = [each for each in functions if each.is_called(named)]
    else:
        own = history.arn.partition(":function:")[2].partition(":")[0]
        found = [each for each in functions if each.name == own] or list(functions)
    if len(found) != 1:
        listed = ", ".join(each.construct for each in functions)
        msg = f"--function must name one function of the app for {history.name}, got {named or 'none'}: it has {listed}"
        raise UsageError(msg)
    return found[0]


def new_build_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name the code; the command gets them as ``build``."""

    @click.option(
        "--app",
        type=click.Path(path_type=Path),
        metavar="DIRECTORY",
        help="Replay on the handlers of this app, a directory that `cdk synth` wrote.",
    )
    @click.option(
        "--handler", metavar="MODULE.FUNCTION", help="Replay on this handler, such as orders.workflow.handler."
    )
    @click.option(
        "--code",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        show_default=True,
        metavar="DIRECTORY",
        help="Directory with the modules of --handler.",
    )
    @click.option(
        "--env",
        "variables",
        multiple=True,
        metavar="NAME=VALUE",
        help="Environment variable of the handler. With --app it replaces one that the function has. May be repeated.",
    )
    @click.option(
        "--timeout",
        type=click.IntRange(min=1),
        metavar="SECONDS",
        help=(
            "Give up on a history whose replay takes longer, and go on with the others. Code that blocks does not "
            "replay.  [default: 60]"
        ),
    )
    @wraps(command)
    def with_build(
        *,
        app: Path | None,
        handler: str | None,
        code: Path,
        variables: tuple[str, ...],
        timeout: int | None,
        **options: Any,  # noqa: ANN401 - the command's own
    ) -> Any:  # noqa: ANN401 - the command's own
        if (app is None) is (handler is None):
            message = f"one of --app and --handler must be given, got {'neither' if app is None else 'both'}"
            raise click.UsageError(message)
        if handler is not None and not handler.replace("/", ".").rpartition(".")[0]:
            message = f"--handler must be MODULE.FUNCTION, got {handler!r}"
            raise click.UsageError(message)
        build = NewBuild(app=app, handler=handler, code=code, variables=variables, timeout=timeout)
        return command(build=build, **options)

    return with_build
