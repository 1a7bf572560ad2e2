"""``durable-mi demo``: run one execution of a synthesized app on this machine, from start to end."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

import click

from durable_mi.cli.failure import failing
from durable_mi.operate.payload import Payload

__all__ = ["command"]


@click.command("demo", short_help="Run one execution on this machine, and end.")
@click.argument("function", required=False)
@click.option(
    "--app",
    "app",
    type=click.Path(path_type=Path),
    default=Path("cdk.out"),
    show_default=True,
    metavar="PATH",
    help="Cloud assembly: the directory that `cdk synth` wrote.",
)
@click.option("--stack", metavar="NAME", required=True, help="Find the function in the outputs of this stack.")
@click.option(
    "--payload",
    metavar="JSON|FILE",
    help="Input as JSON, a file with it, or - for standard input.  [default: an empty object]",
)
@click.option(
    "--answer",
    "answers",
    metavar="NAME=JSON",
    multiple=True,
    help="Complete the callback of this name with this result as soon as the execution waits for it. May be repeated.",
)
@click.option(
    "--expect",
    metavar="JSON|FILE",
    help="Exit with 1 unless the execution's result is this. An object may have more members than those given.",
)
@click.option(
    "--timeline",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the execution's timeline to a self-contained HTML file.",
)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    function: str | None,
    app: Path,
    stack: str,
    payload: str | None,
    answers: tuple[str, ...],
    expect: str | None,
    timeline: Path | None,
) -> None:
    """Run one execution of a synthesized app on this machine, and end.

    Starts the local runtime, starts an execution, follows it to its end and shows its history, logs and result. No
    process is left running. FUNCTION is the output of the stack that names the function, or a construct of the stack.
    Without it, the output that is the ARN of an alias names the function. For more than one execution, use `durable-mi
    local` and `durable-mi invoke`.

    The exit status is 0 if the execution succeeded with the expected result, 1 if not, 2 for wrong usage, and 130 after
    Ctrl-C.
    """
    # Imported here, so that the help needs no boto3.
    from durable_mi.cli.project.callback_answers import CallbackAnswers  # noqa: PLC0415
    from durable_mi.cli.project.demo_run import DemoRun  # noqa: PLC0415
    from durable_mi.cli.project.expectation import Expectation  # noqa: PLC0415

    with failing():
        run = DemoRun(
            app=app,
            stack=stack,
            function=function,
            payload=Payload.empty() if payload is None else Payload.read(payload),
            answers=CallbackAnswers.parse(answers),
            expected=None if expect is None else Expectation.read(expect),
            timeline=timeline,
            name=f"demo-{uuid.uuid4()}",
        )
        sys.exit(run.run())
