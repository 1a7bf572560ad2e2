"""``durable-mi release prune``: delete versions that nothing needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import WAKE_TIMEOUT_S, where_options
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where
    from durable_mi.cli.release.changes import Changes
    from durable_mi.cli.release.scope import Scope

__all__ = ["command"]


@click.command("prune", short_help="Delete versions that nothing needs any more.")
@click.option(
    "--orphans",
    is_flag=True,
    help="Delete at once what a rolled-back deployment left behind and nothing ever ran on, so that the same commit "
    "can be deployed again.",
)
@click.option(
    "--finished",
    is_flag=True,
    help="Also delete parked versions whose executions have all ended but are still listed. Their histories may go "
    "with them.",
)
@change_options
@output_option
@where_options
def command(*, where: Where, orphans: bool, finished: bool, dry_run: bool, yes: bool, output: str) -> None:  # noqa: PLR0913
    """Delete parked versions of which no execution is listed any more, but for the newest ones, which are kept.

    Before each deletion the aliases and executions are read again. A version is always deleted by its number.

    The exit status is 0 if everything was done, 1 if not, and 2 for wrong usage.
    """
    if orphans and finished:
        msg = "--orphans and --finished are about different versions, got both: run the command twice"
        raise UsageError(msg)
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415

    scope = Scope.open(where)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    for function in scope.marked_functions():
        if orphans:
            _prune_orphans(scope, changes, function)
        else:
            _prune(scope, changes, function, finished=finished)
    changes.close()


def _prune(scope: Scope, changes: Changes, function: str, *, finished: bool) -> None:
    from durable_mi.release.decision import DeleteVersion  # noqa: PLC0415
    from durable_mi.release.on_demand import changeable, only, prune_finished  # noqa: PLC0415
    from durable_mi.release.run_pass import look  # noqa: PLC0415

    seen = look(scope.client, scope.store(function), function)
    changeable(seen.observed)
    usual = [each for each in seen.plan.decisions if isinstance(each.action, DeleteVersion)]
    plan = prune_finished(seen.observed, seen.stored.record, seen.now) if finished else only(seen.plan, usual)
    changes.run(scope, seen, plan)


def _prune_orphans(scope: Scope, changes: Changes, function: str) -> None:
    from durable_mi.release.calls.wait import wait_for_state  # noqa: PLC0415
    from durable_mi.release.decision import SetScaling  # noqa: PLC0415
    from durable_mi.release.guards import DEACTIVATED  # noqa: PLC0415
    from durable_mi.release.on_demand import prune_orphans  # noqa: PLC0415
    from durable_mi.release.run_pass import look  # noqa: PLC0415

    seen = look(scope.client, scope.store(function), function)
    parking, deleting = prune_orphans(seen.observed, seen.stored.record, seen.now)
    if not changes.proposed(function, deleting):
        changes.say(f"{function}: nothing to do")
        return
    if not changes.confirm("Do this?"):
        return
    if parking.decisions:
        if not changes.carry_out(scope, seen, parking):
            return
        for decision in parking.decisions:
            assert isinstance(decision.action, SetScaling)  # noqa: S101 - what parking consists of
            wait_for_state(
                scope.client, function, decision.version, DEACTIVATED, timeout_s=WAKE_TIMEOUT_S, poll_s=scope.poll_s
            )
        # Executions may have come meanwhile, so everything is read and decided again.
        seen = look(scope.client, scope.store(function), function)
        _, deleting = prune_orphans(seen.observed, seen.stored.record, seen.now)
    changes.carry_out(scope, seen, deleting)
