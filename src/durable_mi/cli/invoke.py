"""``durable-mi invoke``: start a durable execution and follow it."""

from __future__ import annotations

import os
import sys
import uuid
from typing import TYPE_CHECKING

import click

from durable_mi.cli.failure import failing
from durable_mi.cli.invocation import Invocation
from durable_mi.cli.options.where import endpoint_options
from durable_mi.limits import EXECUTION_NAME
from durable_mi.operate.endpoint import Endpoint
from durable_mi.operate.errors import UsageError
from durable_mi.operate.payload import Payload
from durable_mi.operate.target import Target

if TYPE_CHECKING:
    from durable_mi.operate.function_search import FunctionSearch

__all__ = ["command"]


@click.command("invoke", short_help="Start a durable execution and follow it.")
@click.argument("function", required=False)
@click.option(
    "--stack",
    metavar="NAME",
    help=(
        "Find the function, its alias and its log group in the outputs of this CloudFormation stack. FUNCTION can then "
        "name one of the outputs, or a construct or logical id of the stack.  [default output: the one that is the ARN "
        "of an alias, else FunctionName]"
    ),
)
@click.option(
    "--payload",
    metavar="JSON|FILE",
    help="Input as JSON, a file with it, or - for standard input, at most 1 MiB.  [default: an empty object]",
)
@click.option("--follow", is_flag=True, help="Show history events as they arrive, then the logs and the outcome.")
@click.option(
    "--qualifier", metavar="NAME", help="Alias or version to invoke.  [default: that of FUNCTION, else the alias live]"
)
@click.option(
    "--execution-name",
    metavar="NAME",
    help=(
        "Name of the execution. The same name with the same payload returns the existing execution and does not "
        "start a new one.  [default: a new UUID]"
    ),
)
@endpoint_options(region="that of FUNCTION if it is an ARN, else AWS_REGION, else boto3's choice")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print text while the execution runs, or one JSON document at the end.",
)
@click.option("--verbose", is_flag=True, help="Also show the invocations of the handler between the durable events.")
def command(  # noqa: PLR0913 - one parameter an option
    *,
    function: str | None,
    stack: str | None,
    payload: str | None,
    follow: bool,
    qualifier: str | None,
    execution_name: str | None,
    endpoint_url: str | None,
    profile: str | None,
    region: str | None,
    output: str,
    verbose: bool,
) -> None:
    """Start a durable execution of FUNCTION asynchronously, and follow it.

    FUNCTION is a name, NAME:QUALIFIER, the ARN of a function, version or alias, or a construct path such as
    Orders/Workflow. With the endpoint of the local runtime the last part of the path is enough. With --stack FUNCTION
    is optional: the outputs of the stack name the function. The stack is a deployed one or, with the endpoint of the
    local runtime, one of the running app.

    The exit status is 0 if the execution succeeded (or started, without --follow), 1 if it did not succeed or the
    service cannot be used, 2 for wrong usage, and 130 after Ctrl-C. Ctrl-C does not stop the execution.
    """
    with failing():
        if execution_name is not None and not EXECUTION_NAME.fullmatch(execution_name):
            msg = f"--execution-name must be 1 to 64 letters, digits, - or _, got {execution_name!r}"
            raise UsageError(msg)
        body = Payload.empty() if payload is None else Payload.read(payload)
        endpoint = None if endpoint_url is None else Endpoint.parse(endpoint_url)
        # boto3 reads AWS_DEFAULT_REGION only; the other SDKs and the AWS CLI read both.
        usual_region = os.environ.get("AWS_REGION") or None
        log_group = None
        if stack is None and "/" not in (function or ""):
            target = _named(function, qualifier=qualifier, region=region)
        else:
            found = _find(stack, endpoint=endpoint, profile=profile, region=region or usual_region)
            target, log_group = found.target(function, qualifier=qualifier)
        invocation = Invocation(
            target=target,
            log_group=log_group,
            payload=body,
            execution_name=execution_name or str(uuid.uuid4()),
            endpoint=endpoint,
            profile=profile,
            region=region or target.region or usual_region,
            is_json=output == "json",
            verbose=verbose,
        )
        sys.exit(invocation.run(following=follow))


def _named(function: str | None, *, qualifier: str | None, region: str | None) -> Target:
    if function is None:
        msg = "FUNCTION or --stack must be given, got neither: pass one of them"
        raise UsageError(msg)
    target = Target.parse(function, qualifier=qualifier)
    if target.region and region and target.region != region:
        msg = f"FUNCTION is in {target.region} and --region is {region}: leave --region out"
        raise UsageError(msg)
    return target


def _find(stack: str | None, *, endpoint: Endpoint | None, profile: str | None, region: str | None) -> FunctionSearch:
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.operate.client import Client  # noqa: PLC0415
    from durable_mi.operate.function_search import FunctionSearch  # noqa: PLC0415

    return FunctionSearch(Client.connect(endpoint=endpoint, profile=profile, region=region), stack)
