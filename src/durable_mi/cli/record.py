"""``durable-mi record``: save the histories of durable executions."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.options.where import where_options
from durable_mi.operate.errors import OperatorError, UsageError
from durable_mi.operate.formatting import clean
from durable_mi.operate.private_file import private_opener
from durable_mi.operate.selection.filters import Filters
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from durable_mi.cli.executions.scope import ExecutionScope
    from durable_mi.cli.options.where import Where

__all__ = ["command"]

_STATUSES: Final = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED", "PAUSED")
_OF_FUNCTION: Final = "/durable-execution/"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")


@click.command("record", short_help="Save the histories of durable executions.")
@click.argument("arns", nargs=-1, metavar="[ARN]...")
@click.option(
    "--statuses",
    multiple=True,
    metavar="STATUS...",
    help=f"Of --stack and --function, those with these statuses: {', '.join(_STATUSES)}.  [default: RUNNING SUCCEEDED]",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    metavar="COUNT",
    help="Of --stack and --function, at most so many for each function and status, the newest first.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="histories",
    show_default=True,
    metavar="DIRECTORY",
    help="Where to write a file for each execution.",
)
@click.option(
    "--with-payloads",
    is_flag=True,
    help=(
        "Also save inputs, results and errors. Without them a history can be shown, and not replayed. From an endpoint "
        "on this machine they are always saved."
    ),
)
@where_options(
    stack="Record executions of all durable functions of this stack; with ARN, where a name is looked for.",
    function="Record executions of this function: its name or its ARN; with ARN, where a name is looked for.",
    region="that of ARN, else AWS_REGION",
)
def command(  # noqa: PLR0913 - click passes each option
    *,
    where: Where,
    arns: tuple[str, ...],
    statuses: tuple[str, ...],
    limit: int,
    output: Path,
    with_payloads: bool,
) -> None:
    """Save the histories of the durable executions ARN, or of those of a stack or a function.

    Each ARN can also be the execution's name, the beginning of its name or id, or latest.

    `durable-mi replay` replays them on other code. Only their owner can read the files. They are JSON with the ARN and
    the events, as GetDurableExecutionHistory returns them.

    The exit status is 0 if at least one history was saved, 1 if none was found or one cannot be read, and 2 for wrong
    usage.
    """
    # After --statuses RUNNING, a second status stands where an ARN would.
    wanted = _statuses((*statuses, *(each for each in arns if each in _STATUSES)))
    references = [Reference.parse(each) for each in arns if each not in _STATUSES]
    _check(references, where)
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.executions.scope import ExecutionScope  # noqa: PLC0415

    scope = ExecutionScope.open(where, *references)
    found = [scope.arn(each).text for each in references] or list(_listed(scope, wanted, limit))
    if not found:
        named = f"stack {where.stack}" if where.function is None else f"function {where.function}"
        msg = f"{named} must have executions that are {' or '.join(wanted)}, got none: pass other --statuses"
        raise OperatorError(msg)
    include_data = with_payloads or scope.connection.is_loopback
    _make(output)
    without = 0
    for arn in dict.fromkeys(found):
        document = scope.client.history_document(arn, include_data=include_data)
        without += not _has_payloads(document)
        click.echo(clean(str(_save(output, arn, document))))
    click.echo(_summary(len(found), without, include_data=include_data), err=True)


def _has_payloads(document: dict[str, Any]) -> bool:
    started: dict[str, Any] = next((each for each in document["Events"] if each["EventType"] == "ExecutionStarted"), {})
    return "Payload" in (started.get("ExecutionStartedDetails", {}).get("Input") or {})


def _summary(count: int, without: int, *, include_data: bool) -> str:
    saved = f"{count} {'history' if count == 1 else 'histories'} saved"
    if not include_data:
        return f"{saved}, without payloads: pass --with-payloads to replay them"
    # As of a function whose histories include no execution data.
    return f"{saved}, {without} of them without payloads, which the service did not return" if without else saved


def _statuses(given: Sequence[str]) -> list[str]:
    found = [each for text in given for each in re.split(r"[,\s]+", text.strip()) if each]
    unknown = [each for each in found if each not in _STATUSES]
    if unknown:
        msg = f"--statuses must be of {', '.join(_STATUSES)}, got {', '.join(unknown)}"
        raise UsageError(msg)
    return list(dict.fromkeys(found)) or ["RUNNING", "SUCCEEDED"]


def _check(references: Sequence[Reference], where: Where) -> None:
    given = [name for name, value in (("--stack", where.stack), ("--function", where.function)) if value]
    if not references and len(given) != 1:
        msg = f"one of ARN, --stack and --function must be given, got {' and '.join(given) or 'none'}"
        raise UsageError(msg)
    if given and references and all(each.arn is not None for each in references):
        msg = f"one of ARN, --stack and --function must be given, got ARN and {' and '.join(given)}"
        raise UsageError(msg)


def _listed(scope: ExecutionScope, statuses: Sequence[str], limit: int) -> Iterator[str]:
    from durable_mi.operate.selection.selection import Selection  # noqa: PLC0415 - imports boto3

    for function in scope.functions():
        of_function = Selection(scope.caller, [function])
        for status in statuses:
            for _, execution in of_function.select(Filters(statuses=frozenset({status})), limit=limit):
                yield execution.arn


def _make(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"--output must be a directory that can be written, got {str(output)!r}: {error.strerror}"
        raise UsageError(msg) from error


def _save(output: Path, arn: str, document: dict[str, Any]) -> Path:
    name = _UNSAFE.sub("-", arn.partition(_OF_FUNCTION)[2]).strip("-")
    file = output / f"{name}.json"
    try:
        with open(file, "w", encoding="utf-8", opener=private_opener) as opened:
            json.dump(document, opened, indent=1, default=_moment)
            opened.write("\n")
    except OSError as error:
        msg = f"--output must be a directory that can be written, got {str(output)!r}: {error.strerror}"
        raise UsageError(msg) from error
    return file


def _moment(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
