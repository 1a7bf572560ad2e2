"""``durable-mi local``: Lambda Managed Instances on this machine."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import click

from durable_mi.cli import local_options
from durable_mi.cli.local_options import LocalArguments
from durable_mi.local.durable.faults import Fault

__all__ = ["command"]

_DEFAULT_PORT = 3210


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
def command(**arguments: Any) -> None:  # noqa: ANN401 - what the options say
    """Run a synthesized app on this machine.

    Serves every function that has a capacity provider or a durable configuration, and the plain Python functions that
    they can invoke. The handlers run in worker processes of AWS's own runtime client, with AWS's own durable service.
    Use the endpoint with the --endpoint-url option of the AWS CLI and boto3. You need neither Docker nor an AWS
    account. Press Ctrl-C to stop the command and every process that it started.
    """
    # Nothing that is imported becomes garbage, and to look for it among all of it is a tenth of the time. The session
    # lets Python look again once it is ready.
    gc.disable()
    try:
        # The help text is printed without what a run needs: the AWS SDK and the durable service.
        from durable_mi.cli.local_run import run_local  # noqa: PLC0415

        run_local(LocalArguments(**arguments))
    finally:
        gc.enable()
