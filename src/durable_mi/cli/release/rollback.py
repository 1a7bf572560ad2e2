"""``durable-mi release rollback``: move the alias back to a version that was live before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import alias_option, wake_timeout_option, where_options

if TYPE_CHECKING:
    from durable_mi.cli.options.where import Where

__all__ = ["command"]


@click.command("rollback", short_help="Move the alias back to a version.")
@click.argument("version")
@wake_timeout_option
@alias_option
@change_options
@output_option
@where_options
def command(  # noqa: PLR0913 - one parameter an option
    *, where: Where, version: str, timeout: int, alias: str, dry_run: bool, yes: bool, output: str
) -> None:
    """Let the alias name VERSION: new executions start on it from then on.

    Within the rollback window that takes a second. A version that was stepped down or parked gets its execution
    environments back first, and the alias moves once it is active. The alias moves only if nobody has changed it since
    the command has read it. Weights of the alias go.

    Executions that run stay on their versions. CloudFormation moves the alias again at the next deployment.

    The exit status is 0 if the alias was moved, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.alias_move import AliasMove  # noqa: PLC0415
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415

    scope = Scope.open(where)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    move = AliasMove.read(scope, changes, alias)
    if move.alias.version == version and not move.alias.weights:
        changes.say(f"{move.function}: alias {alias} names version {version} already")
        changes.close()
        return
    move.run(
        warm=version,
        version=version,
        weights={},
        what=f"move alias {alias} from version {move.alias.version} to version {version}",
        timeout_s=timeout,
    )
    changes.say(
        "New executions start on it; those that run stay on their versions. CloudFormation moves the alias again at "
        "the next deployment: deploy the code that you want to keep."
    )
    changes.close()
