"""``durable-mi local``: Lambda Managed Instances on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from durable_mi.cloudformation.assembly import AssemblyError, CloudAssembly
from durable_mi.local.app.capacity_providers import capacity_providers
from durable_mi.local.app.function_filter import FunctionFilter, FunctionFilterError
from durable_mi.local.app.functions import app_functions, stack_outputs
from durable_mi.local.app.watch import AppWatch
from durable_mi.local.durable._sdk import silence_log
from durable_mi.local.durable.faults import Fault, Faults
from durable_mi.local.durable.sqlite_store import SqliteExecutionStore, StateFileError
from durable_mi.local.logs.store import LogStore
from durable_mi.local.runtime import LocalRuntime
from durable_mi.local.runtime_options import LocalRuntimeOptions
from durable_mi.local.workers.machine.host import Host, RuntimeClientName
from durable_mi.local.workers.machine.host_packages import HostPackagesError
from durable_mi.local.workers.machine.interpreter import InterpreterError
from durable_mi.local.workers.start_failure import InitError
from durable_mi.operate.logs import LogLine

if TYPE_CHECKING:
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.local.logs.store import LogEvent

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
    callback=lambda _ctx, _param, values: _variables(values),
    help="Override an environment variable of the template, such as a placeholder. May be repeated.",
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
    callback=lambda _ctx, _param, values: _fault_rates(values),
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
    quiet: bool,
) -> None:
    """Run a synthesized app on this machine.

    Serves every function that has a capacity provider or a durable configuration, and the plain Python functions that
    they can invoke. The handlers run in worker processes of AWS's own runtime client, with AWS's own durable service.
    Use the endpoint with the --endpoint-url option of the AWS CLI and boto3. You need neither Docker nor an AWS
    account. Press Ctrl-C to stop the command and every process that it started.
    """
    console = Console(highlight=False, soft_wrap=True)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    try:
        adapt = partial(_adapted, environments=environments, concurrency=concurrency, variables=variables)
        watcher = AppWatch(app_path, region, adapt, console.print, state_path) if watch else None
        assembly = CloudAssembly.read(app_path)
        selection = FunctionFilter.of([adapt(each) for each in app_functions(assembly, region)], names)
        _check_variables(variables, selection)
        say = partial(console.print, markup=False)
        host = Host.of(python, worker, bytecode=app_path.resolve() / _BYTECODE, say=say)
    except (AssemblyError, FunctionFilterError, InterpreterError) as error:
        raise click.UsageError(str(error)) from error
    except HostPackagesError as error:
        raise click.ClickException(str(error)) from error
    # The service reports an execution's end to its caller; its own log would repeat it.
    silence_log()
    logs = LogStore(None if quiet else lambda _, event: _print_event(console, event))
    try:
        options = LocalRuntimeOptions(
            region=selection.region,
            account=selection.account,
            capacity_providers=capacity_providers(assembly, region),
            outputs=list(stack_outputs(assembly, selection.region)),
            host=host,
            logs=logs,
            port=port,
            sqlite=SqliteExecutionStore(state_path) if state_path else None,
            faults=Faults(faults, fault_seed),
            skip_time=skip_time,
        )
        for caution in host.cautions(function.runtime for function in selection.functions):
            console.print(caution, style="yellow" if caution.startswith("Warning") else None)
        asyncio.run(_serve(console, selection, assembly, options, watcher))
    except (StateFileError, HostPackagesError) as error:
        raise click.ClickException(str(error)) from error
    except InitError as error:
        message = f"every function must start, as in a deployment, but one failed: {error}"
        raise click.ClickException(message) from error
    except OSError as error:
        message = f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): select another one with --port"
        raise click.ClickException(message) from error


async def _serve(
    console: Console,
    selection: FunctionFilter,
    assembly: CloudAssembly,
    options: LocalRuntimeOptions,
    watcher: AppWatch | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    runtime = LocalRuntime(selection.functions, options)
    workers = sum(each.environments * each.concurrency for each in selection.functions if not each.starts_on_demand)
    console.print(f"Starting {_count(workers, 'worker process', 'es')} ...")
    starting = asyncio.ensure_future(runtime.__aenter__())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
        return
    starting.result()
    try:
        _print_banner(console, runtime, selection, assembly)
        releasing = asyncio.ensure_future(_release(console, runtime, watcher, selection)) if watcher else None
        await asyncio.wait({each for each in (stopping, releasing) if each}, return_when=asyncio.FIRST_COMPLETED)
        if releasing is not None and releasing.done():
            releasing.result()
        console.print("Stopping ...")
    finally:
        await runtime.__aexit__(None, None, None)


async def _release(console: Console, runtime: LocalRuntime, watcher: AppWatch, selection: FunctionFilter) -> None:
    async for function in watcher.changes(selection.functions):
        try:
            released = await runtime.publish(function)
        except InitError as error:
            watcher.failed(function)
            console.print(f"{function.name} cannot be loaded, the previous version stays: {error}")
        else:
            watcher.published(function)
            console.print(f"{released.name}: {_qualifiers(released)}")


def _print_banner(console: Console, runtime: LocalRuntime, selection: FunctionFilter, assembly: CloudAssembly) -> None:
    for function in selection.functions:
        kind = "durable" if function.durable else "plain"
        console.print(f"\n{function.name}", style="bold")
        console.print(f"  {kind}, {function.runtime}, {_processes(function)}, {_qualifiers(function)}")
        console.print(f"  logs in {function.log_group}")
        for name, what in function.made_up.items():
            value = function.environment[name]
            why = f"placeholder for {what}, known only after deployment; override with --env {name}=..."
            console.print(f"  {name}={value} ({why})")
    outputs = list(stack_outputs(assembly, selection.region))
    if outputs:
        console.print("\nOutputs")
        for output in outputs:
            console.print(f"  {output.stack}.{output.name} = {output.value}")
    if runtime.resumed:
        console.print(f"\nResumed {_count(runtime.resumed, 'execution')} from the previous run.")
    console.print(f"\nEndpoint {runtime.endpoint_url} is ready, region {selection.region}. Press Ctrl-C to stop.")
    console.print("Open it in a browser to watch the executions.")


def _adapted(
    function: AppFunction, *, environments: int | None, concurrency: int | None, variables: dict[str, str]
) -> AppFunction:
    return replace(
        function.with_variables(variables),
        # A version that the template turns off still runs here: the user wants to try it.
        environments=environments or max(1, function.environments),
        concurrency=(concurrency if function.capacity else None) or function.concurrency,
    )


def _variables(values: tuple[str, ...]) -> dict[str, str]:
    variables = {}
    for value in values:
        name, equals, content = value.partition("=")
        if not name or not equals:
            message = f"must be NAME=VALUE, got {value}"
            raise click.BadParameter(message)
        variables[name] = content
    return variables


def _check_variables(variables: dict[str, str], selection: FunctionFilter) -> None:
    known = sorted({name for function in selection.functions for name in function.environment})
    for name in variables:
        if name not in known:
            message = f"--env {name}: no function has this environment variable; they have {', '.join(known) or 'none'}"
            raise click.UsageError(message)


def _fault_rates(values: tuple[str, ...]) -> dict[Fault, float]:
    rates = {}
    for value in values:
        kind, _, rate = value.partition("=")
        try:
            rates[Fault(kind)] = float(rate)
        except ValueError as error:
            kinds = ", ".join(fault.value for fault in Fault)
            message = f"must be KIND=RATE with a kind of {kinds} and a rate from 0 to 1, got {value}"
            raise click.BadParameter(message) from error
        if not 0 <= rates[Fault(kind)] <= 1:
            message = f"the rate must be from 0 to 1, got {rate}"
            raise click.BadParameter(message)
    return rates


def _processes(function: AppFunction) -> str:
    if function.starts_on_demand:
        return "starts when it is invoked"
    environments = _count(function.environments, "execution environment")
    return f"{environments} of {_count(function.concurrency, 'process', 'es')}"


def _qualifiers(function: AppFunction) -> str:
    aliases = [f"alias {name} of version {version}" for name, version in function.aliases.items()]
    return ", ".join(aliases) or f"version {function.version}"


def _print_event(console: Console, event: LogEvent) -> None:
    line = LogLine.parse(event.message, timestamp_ms=event.timestamp)
    time = line.timestamp.astimezone().strftime("%H:%M:%S")
    message = f"{line.message}: {line.error}" if line.error else line.message
    console.out(f"{time}  {event.stream.rpartition('/')[2]:>7}  {line.level or '':<8}{message}", highlight=False)


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"
