"""The options that select executions."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.failure import failing
from durable_mi.cli.options.where import where_options
from durable_mi.operate.errors import UsageError
from durable_mi.operate.selection.filters import Filters, Sort
from durable_mi.operate.selection.moment import parse_moment
from durable_mi.operate.selection.summary import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["execution_where_options", "selecting_options"]

_LATEST: Final = "$LATEST"

_STATUS_HELP: Final = f"Those with this status: {', '.join(STATUSES)}. Repeatable, or with commas."
_SINCE_HELP: Final = "Those that started so long ago at most, such as 2h or 1d12h, or at this time or later."
_ERROR_HELP: Final = (
    "Those with this text in the type or message of their error, or of that of the operation where they are. Without "
    "--status, of those that failed, timed out or were stopped."
)


def execution_where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where executions are; the command gets them as ``where``."""
    return where_options(
        stack="All durable functions of this stack and of those nested in it.",
        function="One function: its name, its ARN, a construct path or, with --stack, a logical id.",
        region="that of an ARN, else AWS_REGION, else boto3's choice",
    )(command)


def selecting_options(*, limit: int | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that select executions; the command gets ``filters``, ``sort`` and ``limit``.

    Args:
        limit: The default of ``--limit``. Defaults to no limit.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(
            "--status",
            multiple=True,
            metavar="STATUS",
            help=_STATUS_HELP,
        )
        @click.option(
            "--since",
            metavar="TIME",
            help=_SINCE_HELP,
        )
        @click.option("--until", metavar="TIME", help="Those that started before this time, given as for --since.")
        @click.option("--name", metavar="NAME", help="Those of this name; * and ? are any characters.")
        @click.option("--version", metavar="NUMBER", help="Those that run on this version.")
        @click.option(
            "--error",
            metavar="TEXT",
            help=_ERROR_HELP,
        )
        @click.option(
            "--sort",
            type=click.Choice([str(each) for each in Sort]),
            default=str(Sort.NEWEST),
            show_default=True,
            help="Their order.",
        )
        @click.option(
            "--limit",
            type=click.IntRange(min=1),
            metavar="COUNT",
            default=limit,
            show_default=limit is not None,
            help="At most so many." + ("" if limit else "  [default: all]"),
        )
        @wraps(command)
        def with_filters(  # noqa: PLR0913 - one parameter an option
            *,
            status: Sequence[str],
            since: str | None,
            until: str | None,
            name: str | None,
            version: str | None,
            error: str | None,
            sort: str,
            limit: int | None,
            **options: Any,  # noqa: ANN401 - the command's own
        ) -> Any:  # noqa: ANN401 - the command's own
            with failing():
                filters = Filters(
                    statuses=_statuses(status),
                    since=None if since is None else parse_moment("--since", since),
                    until=None if until is None else parse_moment("--until", until),
                    name=_given("--name", name),
                    version=_version(version),
                    error=_given("--error", error),
                )
                if filters.since is not None and filters.until is not None and filters.since >= filters.until:
                    msg = f"--since must be before --until, got {since} and {until}"
                    raise UsageError(msg)
                return command(filters=filters, sort=Sort(sort), limit=limit, **options)

        return with_filters

    return add


def _statuses(given: Sequence[str]) -> frozenset[str]:
    found = {each.strip().upper().replace("-", "_") for text in given for each in text.split(",")}
    unknown = sorted(found.difference(STATUSES))
    if unknown:
        msg = f"--status must be of {', '.join(STATUSES)}, got {', '.join(each or repr(each) for each in unknown)}"
        raise UsageError(msg)
    return frozenset(found)


def _given(option: str, text: str | None) -> str | None:
    if text is not None and not text.strip():
        msg = f"{option} must have a text, got {text!r}"
        raise UsageError(msg)
    return text


def _version(text: str | None) -> str | None:
    if text is None or (text.isascii() and text.isdecimal()) or text in {_LATEST, f"{_LATEST}.PUBLISHED"}:
        return text
    msg = f"--version must be a version number, {_LATEST} or {_LATEST}.PUBLISHED, got {text!r}"
    raise UsageError(msg)
