"""A run of ``durable-mi local``: from the options to the last line."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from durable_mi.cli.local_options import FunctionOverrides
from durable_mi.cli.local_session import LocalSession
from durable_mi.cli.page_replay import PageReplay
from durable_mi.cli.reports.local import LocalReport
from durable_mi.cli.ui.explained_executions import ExplainedExecutions
from durable_mi.cli.ui.released_versions import ReleasedVersions
from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.local.app.description import AppDescription
from durable_mi.local.app.function_filter import FunctionFilter, FunctionFilterError
from durable_mi.local.app.functions import app_functions
from durable_mi.local.app.watch import AppWatch
from durable_mi.local.durable.faults import Faults
from durable_mi.local.durable.state.state_file_error import StateFileError
from durable_mi.local.event_loop import new_event_loop
from durable_mi.local.http_server import PortError
from durable_mi.local.logs.store import LogStore
from durable_mi.local.notices.notices import Notices
from durable_mi.local.runtime_options import LocalRuntimeOptions
from durable_mi.local.workers.machine.host import Host
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.machine.interpreter import InterpreterError
from durable_mi.local.workers.start_failure import InitError

if TYPE_CHECKING:
    from durable_mi.cli.local_options import LocalArguments
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore

__all__ = ["run_local"]

_EMULATOR = "aws_durable_execution_sdk_python_testing"
_DEFAULT_REGION = "us-east-1"
_BYTECODE = Path(".durable-mi", "bytecode")
"""Below the cloud assembly, so that it is deleted with the assembly."""


def run_local(arguments: LocalArguments) -> None:
    """Run an app until Ctrl-C.

    Args:
        arguments: What the command line says.

    Raises:
        click.ClickException: The app cannot be run.
        ModuleNotFoundError: The extra for it is not installed.
    """
    _check_emulator()
    report = LocalReport()
    app_path, port = arguments.app_path, arguments.port
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    overrides = FunctionOverrides(
        environments=arguments.environments, concurrency=arguments.concurrency, variables=arguments.variables
    )
    try:
        watcher = (
            AppWatch(app_path, region, overrides.apply, report.line, arguments.state_path) if arguments.watch else None
        )
        assembly = CloudAssembly.read(app_path)
        functions = [overrides.apply(each) for each in app_functions(assembly, region)]
        selection = FunctionFilter.of(functions, arguments.names)
        overrides.check(selection.functions)
        bytecode = app_path.resolve() / _BYTECODE
        host = Host.of(arguments.python, arguments.worker, bytecode=bytecode, say=report.line)
    except (AssemblyError, FunctionFilterError, InterpreterError) as error:
        raise click.UsageError(str(error)) from error
    except HostPackagesError as error:
        raise click.ClickException(str(error)) from error
    try:
        options = LocalRuntimeOptions(
            region=selection.region,
            account=selection.account,
            app=AppDescription.of(assembly, selection.region, selection.account),
            host=host,
            notices=Notices(report.notice),
            logs=LogStore(None if arguments.quiet else lambda _, event: report.event(event)),
            port=port,
            sqlite=_opened(arguments.state_path) if arguments.state_path else None,
            faults=Faults(arguments.faults, arguments.fault_seed),
            skip_time=arguments.skip_time,
            limits=not arguments.no_limits,
            replay=partial(PageReplay, app_path, arguments.variables),
            releases=ReleasedVersions.of_endpoint,
            diagnoses=ExplainedExecutions.of_endpoint,
        )
        report.cautions(host.cautions(function.runtime for function in selection.functions))
        session = LocalSession(functions=selection.functions, options=options, watcher=watcher, report=report)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(session.run())
    except (StateFileError, HostPackagesError) as error:
        raise click.ClickException(str(error)) from error
    except InitError as error:
        failed = str(error).splitlines()
        count = "one" if len(failed) == 1 else str(len(failed))
        said = f" {failed[0]}" if len(failed) == 1 else "".join(f"\n  {line}" for line in failed)
        message = f"every function must start, as in a deployment, but {count} failed:{said}"
        raise click.ClickException(message) from error
    except PortError as error:
        message = f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): select another one with --port"
        raise click.ClickException(message) from error


def _check_emulator() -> None:
    """Find AWS's emulator before anything starts, since it is imported while the handlers' processes do.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    if find_spec(_EMULATOR) is None:
        msg = f"No module named {_EMULATOR!r}"
        raise ModuleNotFoundError(msg, name=_EMULATOR)


def _opened(path: Path) -> SqliteExecutionStore:
    """Open the state file.

    Raises:
        StateFileError: It cannot be used.
    """
    # It imports the emulator, which otherwise is imported while the handlers' processes start.
    from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore  # noqa: PLC0415

    return SqliteExecutionStore(path)
