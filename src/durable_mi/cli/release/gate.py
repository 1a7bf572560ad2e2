"""``durable-mi release gate``: replay the executions that run now on the code that is to be deployed."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from durable_mi.cli.new_build import new_build_options
from durable_mi.cli.options.output import output_option
from durable_mi.cli.release.options import where_options
from durable_mi.operate.errors import UsageError
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.new_build import NewBuild
    from durable_mi.cli.options.where import Where
    from durable_mi.cli.release.scope import Scope
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.operate.client import Client
    from durable_mi.testing.replay.verdict import HistoryVerdict

__all__ = ["command"]


@dataclass(frozen=True, slots=True)
class _Gate:
    """What was found for a function."""

    function: str
    versions: tuple[str, ...]
    found: Sequence[HistoryVerdict]
    has_more: bool

    @property
    def passed(self) -> bool:
        return all(each.replays for each in self.found)


@click.command("gate", short_help="Replay what runs now on the code to deploy.")
@new_build_options
@click.option(
    "--executions",
    "limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    metavar="COUNT",
    help="Replay at most so many running executions of each function, the newest first.",
)
@click.option("--alias", metavar="NAME", default="live", show_default=True, help="The alias whose versions are live.")
@output_option
@where_options
def command(*, where: Where, build: NewBuild, limit: int, alias: str, output: str) -> None:
    """Replay the executions that run on the live version on the code that is to be deployed.

    The histories are read with their payloads, kept in memory, and replayed on the new code: whole, and cut off after
    each of their events. No step runs, and nothing is changed. An execution stays on its version, so a failed gate
    loses nothing; it says that what is in flight would not go on on the new code, as after `release rollback`, or
    after a restart.

    The exit status is 0 if all executions replay, 1 if one does not or cannot be read, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.release.scope import Scope  # noqa: PLC0415

    scope = Scope.open(where)
    apps = build.functions()
    names = scope.functions()
    if build.handler is not None and len(names) > 1:
        msg = f"--handler is that of one function, got {', '.join(names)}: pass --function, or --app"
        raise UsageError(msg)
    client = scope.history_client()
    logical_ids = _logical_ids(client, where) if apps else {}
    gates = []
    for name in names:
        function = _in_app(apps, name, logical_ids.get(name)) if apps else None
        gates.append(_gate(scope, client, build, function, name, alias, limit))
    _print(gates, output)
    sys.exit(0 if all(each.passed for each in gates) else 1)


def _gate(  # noqa: PLR0913, PLR0917 - one function
    scope: Scope,
    client: Client,
    build: NewBuild,
    function: AppFunction | None,
    name: str,
    alias: str,
    limit: int,
) -> _Gate:
    from durable_mi.testing.replay import RecordedHistory  # noqa: PLC0415

    live = next((each for each in scope.client.aliases(name) if each.name == alias), None)
    if live is None:
        msg = f"{name} must have the alias {alias}, got none: pass --alias"
        raise UsageError(msg)
    versions = (live.version, *live.weights)
    arns: list[str] = []
    for version in versions:
        # One more than is read says whether there are more.
        wanted = limit + 1 - len(arns)
        arns += client.executions(name, qualifier=version, status="RUNNING", limit=wanted) if wanted else []
    read = [RecordedHistory.parse(client.history_document(arn, include_data=True), arn) for arn in arns[:limit]]
    # One that has ended meanwhile needs no code any more.
    histories = [each for each in read if each.status == "RUNNING"]
    if not histories:
        return _Gate(name, versions, (), has_more=False)
    with build.of(function) as code:
        return _Gate(name, versions, code.replay(histories), has_more=len(arns) > limit)


def _logical_ids(client: Client, where: Where) -> dict[str, str]:
    if where.stack is None:
        return {}
    return {each.name: each.logical_id for each in client.stack_functions(where.stack)}


def _in_app(apps: Sequence[AppFunction], name: str, logical_id: str | None) -> AppFunction:
    """Return the function of the app that a deployed one comes from: by name, by logical id, or the only one."""
    found = [each for each in apps if each.name == name]
    found = found or [each for each in apps if each.logical_id == logical_id]
    found = found or (list(apps) if logical_id is None else [])
    if len(found) != 1:
        listed = ", ".join(each.construct for each in apps)
        msg = f"--app must have one function that becomes {name}, got {listed}: pass --stack, or --handler"
        raise UsageError(msg)
    return found[0]


def _print(gates: Sequence[_Gate], output: str) -> None:
    if output == "json":
        functions = [
            {
                "function": each.function,
                "versions": list(each.versions),
                "passed": each.passed,
                "hasMore": each.has_more,
                "executions": [found.document() for found in each.found],
            }
            for each in gates
        ]
        click.echo(json.dumps({"passed": all(each.passed for each in gates), "functions": functions}, indent=2))
        return
    for each in gates:
        for found in each.found:
            click.echo(clean(str(found)))
        replays, count = sum(found.replays for found in each.found), len(each.found)
        versions = f"version{'s' if len(each.versions) > 1 else ''} {', '.join(each.versions)}"
        if not count:
            click.echo(clean(f"{each.function}: passed, no execution runs on {versions}"))
            continue
        more = ", and more run: raise --executions to replay them" if each.has_more else ""
        verdict = "passed" if each.passed else "failed"
        click.echo(clean(f"{each.function}: {verdict}, {replays} of {count} running on {versions} replay{more}"))
