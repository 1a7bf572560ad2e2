"""``durable-mi replay``: replay recorded histories on code."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from durable_mi.cli.failure import failing
from durable_mi.cli.new_build import function_of, new_build_options
from durable_mi.operate.errors import UsageError
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from durable_mi.cli.new_build import NewBuild
    from durable_mi.local.app.functions import AppFunction
    from durable_mi.testing.replay.recorded_history import RecordedHistory
    from durable_mi.testing.replay.verdict import HistoryVerdict

__all__ = ["command"]


@click.command("replay", short_help="Replay recorded histories on code.")
@click.argument("histories", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@new_build_options
@click.option(
    "--function",
    metavar="NAME",
    help=(
        "With --app, the function whose handler replays all histories: its name, logical id or construct path.  "
        "[default: the one that the history names, else the only one]"
    ),
)
@click.option("--same-result", is_flag=True, help="Also fail if a succeeded execution now returns another result.")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print a line for each history, or one JSON document at the end.",
)
@click.option("--verbose", is_flag=True, help="Also show the recorded operations beside those of the code.")
def command(  # noqa: PLR0913 - click passes each option
    *,
    histories: tuple[Path, ...],
    build: NewBuild,
    function: str | None,
    same_result: bool,
    output: str,
    verbose: bool,
) -> None:
    """Replay histories that `durable-mi record` saved on the code of a workflow.

    PATH is a file, or a directory with files *.json. Each history is replayed whole, and cut off after each of its
    events, as an execution that has come so far would be after a deployment. No step runs, and nothing is sent
    anywhere: a handler that reaches the network between two operations does not replay.

    The exit status is 0 if all histories replay, 1 if one does not, and 2 if a path, the app or the handler cannot be
    used.
    """
    with failing():
        # Imported here because the SDK takes longer to load than the checks of the input.
        from durable_mi.testing.replay import ReplayError, read_histories  # noqa: PLC0415

        try:
            read = [each for path in histories for each in read_histories(path)]
        except ReplayError as error:
            raise UsageError(str(error)) from error
        found = _replayed(read, build, function)
    _print_verdicts(found, output, verbose=verbose)
    passed = all(each.replays and not (same_result and each.result_differs) for each in found)
    sys.exit(0 if passed else 1)


def _replayed(histories: Iterable[RecordedHistory], build: NewBuild, function: str | None) -> list[HistoryVerdict]:
    """Replay histories, each on the function that it is of.

    Args:
        histories: The histories.
        build: The code.
        function: The function of the app that all are replayed on. Defaults to the one that the history names.

    Raises:
        UsageError: The code cannot be used, or no function is that of a history.
    """
    functions = build.functions()
    groups: dict[int, tuple[AppFunction | None, list[RecordedHistory]]] = {}
    for each in histories:
        chosen = function_of(each, functions, function) if functions else None
        groups.setdefault(id(chosen), (chosen, []))[1].append(each)
    found: list[HistoryVerdict] = []
    for chosen, own in groups.values():
        with build.of(chosen) as code:
            found += code.replay(own)
    return found


def _print_verdicts(found: Sequence[HistoryVerdict], output: str, *, verbose: bool) -> None:
    """Print a line for each history and a summary, or a document of JSON."""
    replays = sum(each.replays for each in found)
    if output == "json":
        document = {"histories": [each.document() for each in found], "replay": replays, "of": len(found)}
        click.echo(json.dumps(document, indent=2))
        return
    for each in found:
        click.echo(clean(str(each)))
        for line in each.finding.side_by_side() if verbose else ():
            click.echo(clean(f"  {line}"))
    click.echo(f"{replays} of {len(found)} {'history replays' if len(found) == 1 else 'histories replay'}")
