"""How handlers run on this machine: by which interpreter, under which runtime client, with which packages."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from durable_mi.local import runtime_client
from durable_mi.local.workers import _awslambdaric, _durable_sdk
from durable_mi.local.workers.machine.host_packages import HostCode, HostPackagesError, fit
from durable_mi.local.workers.machine.interpreter import Interpreter
from durable_mi.local.workers.machine.isolation import is_possible
from durable_mi.packaging.cache import cache_directory
from durable_mi.packaging.host import HostInstallError, installed_for_interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Host", "RuntimeClientName"]

RuntimeClientName = Literal["awslambdaric", "stand-in"]

_RUNTIME_BRINGS: Final = (
    *("aws-durable-execution-sdk-python", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six"),
    "urllib3",
)
"""What a handler may import without bringing it, as it does beside this command: boto3, which Lambda's Python runtimes
have (DG [lambda-python]), and the durable execution SDK."""


@dataclass(frozen=True, slots=True)
class Host:
    """What the worker processes of every function have in common.

    Attributes:
        interpreter: The one that runs the handlers.
        client: The runtime client: AWS's own, or the fallback.
        packages: Directory with what the interpreter lacks; ``None`` where everything is installed for it.
        bytecode: Directory that keeps the bytecode of handlers from one start to the next; ``None`` keeps none.
        isolates: Whether execution environments can have a ``/tmp`` of their own, with code that they cannot change.
        say: Takes one line about what was done to a function's code.
    """

    interpreter: Interpreter
    client: RuntimeClientName
    packages: Path | None = None
    bytecode: Path | None = None
    isolates: bool = False
    say: Callable[[str], None] = print

    @classmethod
    def of(
        cls,
        python: str | None = None,
        client: RuntimeClientName | None = None,
        *,
        bytecode: Path | None = None,
        say: Callable[[str], None] = print,
    ) -> Host:
        """Prepare this machine; the first use of another interpreter installs packages into the cache.

        Args:
            python: Version or path. Defaults to the interpreter of this process.
            client: Defaults to ``awslambdaric`` on Linux and to the fallback elsewhere, where the former has no wheels.
            bytecode: Directory that keeps the handlers' bytecode, made when it is needed. Defaults to none.
            say: Takes one line about what was done to a function's code. Defaults to printing it.

        Raises:
            InterpreterError: There is no such interpreter, or it cannot run handlers.
            HostPackagesError: What the interpreter lacks cannot be installed.
        """
        common = partial(cls, bytecode=bytecode, isolates=is_possible(), say=say)
        interpreter = Interpreter.find(python) if python else Interpreter.running()
        client = client or ("awslambdaric" if interpreter.system == "linux" else "stand-in")
        if interpreter.is_running and client == "awslambdaric" and interpreter.runtime_client is None:
            # The command line knows which extra brings it.
            raise ModuleNotFoundError(name=_awslambdaric.DISTRIBUTION)
        if interpreter.is_running:
            return common(interpreter, client)
        lacks_client = client == "awslambdaric" and interpreter.runtime_client is None
        pins = list(_pins((*_awslambdaric.PACKAGES, *_RUNTIME_BRINGS) if lacks_client else _RUNTIME_BRINGS))
        try:
            packages = installed_for_interpreter(pins, interpreter.executable, str(interpreter))
        except HostInstallError as error:
            msg = f"the packages that handlers need on {interpreter} could not be installed: {error}"
            msg += "; try --worker stand-in" if lacks_client else ""
            raise HostPackagesError(msg) from error
        return common(interpreter, client, packages)

    def command(self, handler: str) -> list[str]:
        """Return the command line of the process that forks the workers.

        Args:
            handler: ``module.function``.
        """
        python = self.interpreter.executable
        if self.client == "awslambdaric":
            return _awslambdaric.command(python, handler)
        return [os.fspath(python), "-u", os.fspath(Path(runtime_client.__file__).parent), handler]

    def python_path(self, code: Path) -> str:
        """Return the processes' ``PYTHONPATH``: the function's code before everything else.

        Args:
            code: Directory with the function's code.
        """
        return os.pathsep.join(os.fspath(each) for each in (code, self.packages) if each)

    def reads(self, code: Path) -> list[Path]:
        """Return what the processes read beside the system's own files.

        Args:
            code: Directory with the function's code.
        """
        python = self.interpreter.executable
        scripts = (Path(runtime_client.__file__), Path(_durable_sdk.__file__))
        paths = (code, python.parent, python.resolve(), self.packages, self.bytecode, *scripts)
        installed = (Path(entry) for entry in sys.path if entry)
        return [path for path in (*paths, *installed) if path is not None]

    def read_only(self, *code: Path) -> list[Path]:
        """Return what the processes cannot change: their function's code, and installed packages that others use too.

        Args:
            code: Directories with the function's code, as it was synthesized and as it runs here.
        """
        packages = cache_directory() / "host"
        return [*dict.fromkeys(code), *([packages] if packages.is_dir() else [])]

    def fit(self, code: Path, into: Path) -> HostCode:
        """Make a function's code run here; see :func:`durable_mi.local.workers.machine.host_packages.fit`."""
        return fit(code, self.interpreter, into)

    def cautions(self, runtimes: Iterable[str]) -> Iterator[str]:
        """Yield how a run here differs from Lambda's, one line each.

        Args:
            runtimes: The functions' runtimes, such as ``python3.13``.
        """
        here = f"python{self.interpreter.python}"
        whose = "the Python of this command" if self.interpreter.is_running else "which --python selected"
        for runtime in sorted(set(runtimes) - {here}):
            wanted = runtime.removeprefix("python")
            yield f"Warning: {runtime} functions run on {here} here, {whose}; use --python {wanted} for {runtime}"
        if not self.isolates:
            yield (
                "Note: this machine allows no mount namespaces, so the functions use its own /tmp and can change their "
                "code; TMPDIR is a separate directory for each execution environment"
            )
        if self.client == "stand-in":
            yield "Note: a fallback runtime client runs the handlers, not AWS's awslambdaric"


def _pins(names: tuple[str, ...]) -> list[str]:
    """Return the versions that are installed beside this command; without what is not installed."""
    pins = []
    for name in names:
        try:
            pins.append(f"{name}=={version(name)}")
        except PackageNotFoundError:
            continue
    return pins
