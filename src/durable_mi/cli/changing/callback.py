"""``durable-mi callback``: answer the callbacks that executions wait for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from durable_mi.cli.changing.options import Request, changing_options
from durable_mi.operate.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from durable_mi.operate.calls.callbacks import Callbacks

__all__ = ["command"]


@click.group("callback", short_help="Answer callbacks that executions wait for.")
def command() -> None:
    """Answer the callback that each EXECUTION waits for, or each that the filters select.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest.
    """


def _answering(function: Callable[..., Any]) -> Callable[..., Any]:
    name = click.option(
        "--callback", metavar="NAME", help="Name of the callback; needed where an execution waits for several."
    )
    return name(changing_options(function))


@command.command("succeed")
@_answering
@click.option("--result", metavar="JSON|FILE|-", help="What the handler gets, as text.  [default: no result]")
def succeed(*, request: Request, callback: str | None, result: str | None) -> None:
    """Complete the callback.

    The handler gets the result as text; it parses JSON itself, or with a serdes.

    The exit status is 0 if all were answered, 1 if not, and 2 for wrong usage.
    """
    body = None if result is None else Payload.read(result).body
    _run(request, callback, lambda callbacks, id_: callbacks.succeed(id_, result=body))


@command.command("fail")
@_answering
@click.option("--error-type", metavar="NAME", default="CallbackError", show_default=True, help="Type of the error.")
@click.option("--message", metavar="TEXT", required=True, help="Message of the error.")
def fail(*, request: Request, callback: str | None, error_type: str, message: str) -> None:
    """Let the callback fail: the handler gets the error.

    The exit status is 0 if all were answered, 1 if not, and 2 for wrong usage.
    """
    from durable_mi.operate.execution import ExecutionError  # noqa: PLC0415 - with what needs boto3

    error = ExecutionError(type=error_type, message=message)
    _run(request, callback, lambda callbacks, id_: callbacks.fail(id_, error))


@command.command("heartbeat")
@_answering
def heartbeat(*, request: Request, callback: str | None) -> None:
    """Report that the work for the callback goes on.

    The exit status is 0 if all were reported, 1 if not, and 2 for wrong usage.
    """
    _run(request, callback, lambda callbacks, id_: callbacks.heartbeat(id_))


def _run(request: Request, callback: str | None, send: Callable[[Callbacks, str], None]) -> None:
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.open_callbacks import Answer  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import ANSWER  # noqa: PLC0415
    from durable_mi.operate.calls.callbacks import Callbacks  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    callbacks = Callbacks(scope.caller)
    answer = Answer(
        caller=scope.caller, send=lambda id_: send(callbacks, id_), name=callback, is_named=bool(request.references)
    )
    sys.exit(Change(verb=ANSWER, request=request, scope=scope).run(answer))
