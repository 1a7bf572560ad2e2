"""``durable-mi local``: Lambda Managed Instances on this machine."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from durable_mi.cli import local_options
from durable_mi.cli.local_options import FunctionOverrides
from durable_mi.cli.local_session import LocalSession
from durable_mi.cli.reports.local import LocalReport
from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.local.app.description import AppDescription
from durable_mi.local.app.function_filter import FunctionFilter, FunctionFilterError
from durable_mi.local.app.functions import app_functions
from durable_mi.local.app.watch import AppWatch
from durable_mi.local.durable._sdk import silence_log
from durable_mi.local.durable.faults import Fault, Faults
from durable_mi.local.durable.state.sqlite_store import SqliteExecutionStore, StateFileError
from durable_mi.local.http_server import PortError
from durable_mi.local.logs.store import LogStore
from durable_mi.local.notices.notices import Notices
from durable_mi.local.runtime_options import LocalRuntimeOptions
from durable_mi.local.workers.machine.host import Host, RuntimeClientName
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.machine.interpreter import InterpreterError
from durable_mi.local.workers.start_failure import InitError

__all__ = ["command"]

_DEFAULT_PORT = 3210
_DEFAULT_REGION = "us-east-1"
_BYTECODE = Path(".durable-mi", "bytecode")
"""Below the cloud assembly, so that it is deleted with the assembly."""


@click.command("local", short_help="Run a synthesized app on this machine.")
@click.option(
    "--app",
    "app_path",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    help="Cloud assembly: the directory that `cdk synth` wrote.",
)
@click.option(
    "--function",
    "names",
    multiple=True,
    metavar="NAME",
    help="Serve this function only: construct path or its last part, logical id or function name. May be repeated.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=_DEFAULT_PORT,
    show_default=True,
    help="TCP port of the endpoint on 127.0.0.1; 0 selects a free port.",
)
@click.option(
    "--environments",
    type=click.IntRange(1, 100),
    help="Execution environments of each function.  [default: the minimum that the template sets]",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 1600),
    help="Worker processes of each execution environment.  [default: the template's value]",
)
@click.option(
    "--state",
    "state_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="SQLite file that keeps the executions. The next start with this file resumes the running ones.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Publish a new version of a function when the app's source changes it. Running executions stay on their "
    "version.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    callback=local_options.variables,
    help="Override an environment variable of the template, such as a placeholder. AWS_ENDPOINT_URL_SNS and the like "
    "are given to every function: AWS SDKs send their calls there. May be repeated.",
)
@click.option(
    "--python",
    metavar="VERSION|PATH",
    help="Python that runs the handlers: a version such as 3.13, or the path of an interpreter or environment.  "
    "[default: the Python of this command]",
)
@click.option(
    "--worker",
    type=click.Choice(["awslambdaric", "stand-in"]),
    envvar="DURABLE_MI_WORKER",
    show_envvar=True,
    help="Runtime client: AWS's own (awslambdaric) or the fallback for systems without its wheels (stand-in).  "
    "[default: awslambdaric on Linux, stand-in elsewhere]",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND=RATE",
    callback=local_options.fault_rates,
    help=(
        "Apply a fault to checkpoints with this probability, such as kill-worker=0.05; fail-start applies to the "
        "starts of execution environments that replace others. Kinds: "
        f"{', '.join(fault.value for fault in Fault)}. May be repeated."
    ),
)
@click.option("--fault-seed", type=int, metavar="N", help="Seed for the random choice of faults, to repeat a run.")
@click.option(
    "--skip-time", is_flag=True, help="Skip waits and retry delays; the history still shows their full duration."
)
@click.option(
    "--no-limits",
    is_flag=True,
    help="Leave out Lambda's limits on payloads, results, operations and the time of synchronous invocations.",
)
@click.option("--quiet", is_flag=True, help="Do not print the functions' log lines.")
def command(  # noqa: PLR0913 - one parameter an option
    *,
    app_path: Path,
    names: tuple[str, ...],
    port: int,
    environments: int | None,
    concurrency: int | None,
    state_path: Path | None,
    faults: dict[Fault, float],
    fault_seed: int | None,
    watch: bool,
    variables: dict[str, str],
    python: str | None,
    worker: RuntimeClientName | None,
    skip_time: bool,
    no_limits: bool,
    quiet: bool,
) -> None:
    """Run a synthesized app on this machine.

    Serves every function that has a capacity provider or a durable configuration, and the plain Python functions that
    they can invoke. The handlers run in worker processes of AWS's own runtime client, with AWS's own durable service.
    Use the endpoint with the --endpoint-url option of the AWS CLI and boto3. You need neither Docker nor an AWS
    account. Press Ctrl-C to stop the command and every process that it started.
    """
    report = LocalReport()
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    overrides = FunctionOverrides(environments=environments, concurrency=concurrency, variables=variables)
    try:
        watcher = AppWatch(app_path, region, overrides.apply, report.line, state_path) if watch else None
        assembly = CloudAssembly.read(app_path)
        selection = FunctionFilter.of([overrides.apply(each) for each in app_functions(assembly, region)], names)
        overrides.check(selection.functions)
        host = Host.of(python, worker, bytecode=app_path.resolve() / _BYTECODE, say=report.line)
    except (AssemblyError, FunctionFilterError, InterpreterError) as error:
        raise click.UsageError(str(error)) from error
    except HostPackagesError as error:
        raise click.ClickException(str(error)) from error
    # The service reports an execution's end to its caller; its own log would repeat it.
    silence_log()
    try:
        options = LocalRuntimeOptions(
            region=selection.region,
            account=selection.account,
            app=AppDescription.of(assembly, selection.region, selection.account),
            host=host,
            notices=Notices(report.notice),
            logs=LogStore(None if quiet else lambda _, event: report.event(event)),
            port=port,
            sqlite=SqliteExecutionStore(state_path) if state_path else None,
            faults=Faults(faults, fault_seed),
            skip_time=skip_time,
            limits=not no_limits,
        )
        report.cautions(host.cautions(function.runtime for function in selection.functions))
        session = LocalSession(functions=selection.functions, options=options, watcher=watcher, report=report)
        asyncio.run(session.run())
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
