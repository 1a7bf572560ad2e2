"""``durable-mi release shift``: send a share of new executions to a version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import alias_option, wake_timeout_option, where_options
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_mi.cli.options.where import Where

__all__ = ["command"]

_FORM: Final = re.compile(r"(?P<version>[0-9]{1,19})=(?P<weight>[0-9]{1,3}(?:\.[0-9]{1,6})?)(?P<percent>%?)", re.ASCII)


@click.command("shift", short_help="Send a share of new executions to a version.")
@click.argument("version_weight", metavar="VERSION=WEIGHT")
@wake_timeout_option
@alias_option
@change_options
@output_option
@where_options
def command(  # noqa: PLR0913 - one parameter an option
    *, where: Where, version_weight: str, timeout: int, alias: str, dry_run: bool, yes: bool, output: str
) -> None:
    """Send a share of new executions to a version beside the one that the alias names.

    WEIGHT is from 0 to 1, or a percentage: 3=0.1 and 3=10% are the same. 0 ends the shift. A version that was stepped
    down or parked gets its execution environments back first.

    The version of an execution is decided when it starts; it stays on that version, also when the weight changes. So a
    canary's executions need the canary until they end, and both versions count as live while the weight is set.

    The exit status is 0 if the weight was set, 1 if not, and 2 for wrong usage.
    """
    version, weight = _parse(version_weight)
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.alias_move import AliasMove  # noqa: PLC0415
    from durable_mi.cli.release.changes import Changes  # noqa: PLC0415
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415

    scope = Scope.open(where)
    changes = Changes(is_json=output == "json", dry_run=dry_run, yes=yes)
    move = AliasMove.read(scope, changes, alias)
    if move.alias.version == version:
        msg = f"VERSION must be another one than that which alias {alias} names, got {version}: name the canary"
        raise UsageError(msg)
    if not weight and version not in move.alias.weights:
        changes.say(f"{move.function}: nothing to do: alias {alias} sends nothing to version {version}")
        changes.close()
        return
    weights: Mapping[str, float] = {version: weight} if weight else {}
    main = f"version {move.alias.version}"
    shares = f"{weight:.0%} of new executions of alias {alias} to version {version}, the rest to {main}"
    move.run(
        warm=version if weight else None,
        version=move.alias.version,
        weights=weights,
        what=f"send {shares if weight else f'all new executions of alias {alias} to {main}'}",
        timeout_s=timeout,
    )
    changes.say(
        "The version is decided when an execution starts; executions that run stay on their versions. CloudFormation "
        "removes the weight at the next deployment that moves the alias."
    )
    changes.close()


def _parse(text: str) -> tuple[str, float]:
    match = _FORM.fullmatch(text)
    weight = -1.0 if match is None else float(match["weight"]) / (100 if match["percent"] else 1)
    if match is None or not 0 <= weight <= 1:
        msg = f"VERSION=WEIGHT must be like 3=0.1 or 3=10%, got {text!r}"
        raise UsageError(msg)
    return match["version"], weight
