"""``durable-mi release drain``: one pass of the janitor by hand, or passes until everything is drained."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["STILL_DRAINING", "command"]

STILL_DRAINING = 3
"""Exit status while a version that no alias names is warm."""

_BETWEEN_PASSES_S = 60
"""Seconds between two passes. Two looks that prove a version empty are further apart."""


@click.command("drain", short_help="Run a pass: step down, park, wake, delete.")
@click.option("--wait", is_flag=True, help="Run passes until only live versions are warm.")
@click.option(
    "--timeout",
    type=click.IntRange(min=0),
    metavar="SECONDS",
    help="End --wait after so many seconds.  [default: no limit]",
)
@change_options
@output_option
@where_options
def command(  # noqa: PLR0913 - one parameter an option
    *, where: Where, wait: bool, timeout: int | None, dry_run: bool, yes: bool, output: str
) -> None:
    """Run a pass as the janitor does: step old versions down, park what is proven empty, wake, and delete.

    What a pass may do depends on the passes before it: nothing is lowered in the first one, and a version is parked
    after two looks at it. With --dry-run nothing is done and nothing is remembered.

    The exit status is 0 if only live versions are warm, 3 while something drains, 1 if something failed, and 2 for
    wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415
    from durable_mi.cli.release.version_status import drains  # noqa: PLC0415
    from durable_mi.operate.errors import ServiceError  # noqa: PLC0415
    from durable_mi.release.on_demand import changeable  # noqa: PLC0415
    from durable_mi.release.run_pass import look  # noqa: PLC0415

    scope = Scope.open(where)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    functions = scope.marked_functions()
    end = None if timeout is None else time.monotonic() + timeout
    is_agreed, failures = False, list[str]()
    while True:
        passes = [look(scope.client, scope.store(function), function) for function in functions]
        for seen in passes:
            changeable(seen.observed)
            for line in (*seen.failures, *seen.plan.notes):
                changes.say(f"{seen.plan.function}: {line}")
            failures += seen.failures
        has_work = [changes.proposed(seen.plan.function, seen.plan) for seen in passes]
        # The record of a pass that changes nothing counts as well, so that is not asked about.
        if any(has_work) and not is_agreed:
            is_agreed = changes.confirm("Do this?")
        if not any(has_work) and not wait:
            changes.say("nothing to do in this pass")
        if not dry_run:
            for seen in passes:
                changes.carry_out(scope, seen, seen.plan)
        after = passes if dry_run else [look(scope.client, scope.store(each), each) for each in functions]
        is_draining = any(drains(seen.observed) for seen in after)
        is_over = end is not None and time.monotonic() + scope.between(_BETWEEN_PASSES_S) > end
        if not (wait and is_draining) or dry_run or is_over:
            break
        time.sleep(scope.between(_BETWEEN_PASSES_S))
    changes.close()
    if failures:
        msg = "everything must be readable, but something was not: see above"
        raise ServiceError(msg)
    sys.exit(STILL_DRAINING if is_draining else 0)
