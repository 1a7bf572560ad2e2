"""The options of the commands that change executions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from durable_mi.cli.executions.options import execution_where_options, selecting_options
from durable_mi.cli.failure import failing
from durable_mi.cli.options.changes import change_options
from durable_mi.cli.options.output import output_option
from durable_mi.operate.errors import UsageError
from durable_mi.operate.selection.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cli.options.where import Where
    from durable_mi.operate.selection.filters import Filters, Sort

__all__ = ["Request", "changing_options"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Which executions a command changes, and how it asks and reports.

    Attributes:
        where: Where they are.
        references: Those that are named.
        filters: What the others must have.
        sort: Their order.
        limit: How many at most.
        dry_run: Whether nothing is done.
        yes: Whether nobody is asked.
        is_json: Whether one JSON document is printed at the end.
    """

    where: Where
    references: Sequence[Reference]
    filters: Filters
    sort: Sort
    limit: int | None
    dry_run: bool
    yes: bool
    is_json: bool


def changing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments and options that say which executions are changed; the command gets them as ``request``."""

    @click.argument("executions", nargs=-1, metavar="[EXECUTION]...")
    @selecting_options()
    @click.option(
        "--all", "every", is_flag=True, help="All executions of the stack or function that it can be done to."
    )
    @change_options
    @output_option
    @execution_where_options
    @wraps(command)
    def with_request(  # noqa: PLR0913 - one parameter an option
        *,
        executions: Sequence[str],
        filters: Filters,
        sort: Sort,
        limit: int | None,
        every: bool,
        dry_run: bool,
        yes: bool,
        output: str,
        where: Where,
        **options: Any,  # noqa: ANN401 - the command's own
    ) -> Any:  # noqa: ANN401 - the command's own
        with failing():
            references = [Reference.parse(each) for each in executions]
            given = [
                what
                for what, is_given in (
                    ("EXECUTION", bool(references)),
                    ("filters", not filters.is_empty or limit is not None),
                    ("--all", every),
                )
                if is_given
            ]
            if len(given) != 1:
                msg = (
                    "one of EXECUTION, the filters of `durable-mi list` and --all must be given, "
                    f"got {' and '.join(given) or 'none'}: name executions, or select them"
                )
                raise UsageError(msg)
            request = Request(
                where=where,
                references=references,
                filters=filters,
                sort=sort,
                limit=limit,
                dry_run=dry_run,
                yes=yes,
                is_json=output == "json",
            )
            return command(request=request, **options)

    return with_request
