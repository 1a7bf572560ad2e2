"""``durable-mi restart``: start executions again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from durable_mi.cli.changing.options import changing_options
from durable_mi.limits import EXECUTION_NAME
from durable_mi.operate.errors import UsageError
from durable_mi.operate.payload import Payload

if TYPE_CHECKING:
    from durable_mi.cli.changing.options import Request
    from durable_mi.cli.executions.scope import ExecutionScope

__all__ = ["command"]


@click.command("restart", short_help="Start executions again that have ended.")
@changing_options
@click.option("--payload", metavar="JSON|FILE|-", help="The new input.  [default: that of the old execution]")
@click.option("--edit", is_flag=True, help="Edit the old input in $EDITOR first; of one EXECUTION.")
@click.option("--qualifier", metavar="NAME", help="Alias or version to start them on.  [default: live]")
@click.option("--new-name", metavar="NAME", help="Name of the new execution; of one EXECUTION.")
def command(*, request: Request, payload: str | None, edit: bool, qualifier: str | None, new_name: str | None) -> None:
    """Start each EXECUTION again, or those that the filters select, with the same input or another.

    EXECUTION is an ARN, a name, the beginning of a name or id, or latest. It must have ended. The name of the new
    execution begins with that of the old one; it is the same each time, so nothing is started twice if the command is
    run again. Pass --new-name to start one execution once more.

    The exit status is 0 if all were started, now or before, 1 if not, and 2 for wrong usage.
    """
    for option, is_given in (("--edit", edit), ("--new-name", new_name is not None)):
        if is_given and len(request.references) != 1:
            msg = f"{option} must go with one EXECUTION, got {len(request.references) or 'filters'}: name one"
            raise UsageError(msg)
    if new_name is not None and not EXECUTION_NAME.fullmatch(new_name):
        msg = f"--new-name must be 1 to 64 letters, digits, - or _, got {new_name!r}"
        raise UsageError(msg)
    if edit and payload is not None:
        msg = "one of --payload and --edit must be given, got both: leave one of them out"
        raise UsageError(msg)
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.changing.change import Change  # noqa: PLC0415
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415
    from durable_mi.operate.bulk.restart import Restart  # noqa: PLC0415
    from durable_mi.operate.bulk.verb import RESTART  # noqa: PLC0415

    scope = ExecutionScope.open(request.where, *request.references)
    body = None if payload is None else Payload.read(payload).body
    if edit:
        body = _edited(scope, request)
    restart = Restart(caller=scope.caller, payload=body, qualifier=qualifier, name=new_name)
    detail = "" if body is None else f" with an input of {len(body)} bytes"
    sys.exit(Change(verb=RESTART, request=request, scope=scope, detail=detail).run(restart))


def _edited(scope: ExecutionScope, request: Request) -> bytes:
    from durable_mi.operate.bulk.chosen import read_chosen  # noqa: PLC0415 - as above
    from durable_mi.operate.bulk.restart import read_input  # noqa: PLC0415

    old = read_input(scope.caller, read_chosen(scope.caller, scope.arn(request.references[0])).execution).decode()
    edited = click.edit(old, extension=".json")
    if edited is None:
        msg = "the input must be saved in the editor, but it was not: leave --edit out for the same input"
        raise UsageError(msg)
    return Payload.parse(edited.encode(), source="the edited input").body
