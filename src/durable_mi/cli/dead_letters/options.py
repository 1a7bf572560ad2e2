"""The options of the commands over dead-letter queues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.executions.options import execution_where_options
from durable_mi.cli.failure import failing
from durable_mi.cli.options.output import output_option
from durable_mi.operate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cli.options.where import Where

__all__ = ["LetterRequest", "letter_options"]

_LIMIT: Final = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRequest:
    """Which dead letters a command is about.

    Attributes:
        where: Whose queues.
        ids: Message ids; empty means all.
        error: A text in their errors; ``None`` means any.
        limit: How many to receive of each queue at most.
        is_json: Whether one JSON document is printed.
    """

    where: Where
    ids: Sequence[str]
    error: str | None
    limit: int
    is_json: bool


def letter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which dead letters are meant; the command gets them as ``request``."""

    @click.argument("ids", nargs=-1, metavar="[MESSAGE_ID]...")
    @click.option("--error", metavar="TEXT", help="Those with this text in their error; capitals do not matter.")
    @click.option(
        "--limit",
        type=click.IntRange(min=1),
        default=_LIMIT,
        show_default=True,
        metavar="COUNT",
        help="Receive at most so many of each queue.",
    )
    @output_option
    @execution_where_options
    @wraps(command)
    def with_request(
        *,
        ids: Sequence[str],
        error: str | None,
        limit: int,
        output: str,
        where: Where,
        **options: Any,  # noqa: ANN401 - the command's own
    ) -> Any:  # noqa: ANN401 - the command's own
        with failing():
            if where.endpoint is not None and where.endpoint.is_loopback:
                msg = (
                    "--endpoint-url must be left out, as the local runtime has no dead-letter queue: there, "
                    "`durable-mi list --status FAILED,TIMED_OUT,STOPPED` and `durable-mi restart` see them"
                )
                raise UsageError(msg)
            request = LetterRequest(where=where, ids=ids, error=error, limit=limit, is_json=output == "json")
            return command(request=request, **options)

    return with_request
