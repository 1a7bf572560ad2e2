"""``durable-mi dead-letters list``: what is in the dead-letter queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from durable_mi.cli.dead_letters.options import letter_options
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.cli.dead_letters.box import Boxed
    from durable_mi.cli.dead_letters.options import LetterRequest

__all__ = ["command"]


@click.command("list", short_help="Show what is in the dead-letter queue.")
@letter_options
def command(*, request: LetterRequest) -> None:
    """Show the dead letters: message id, function, execution, time and error.

    The messages are received and released again; meanwhile, others do not receive them.

    The exit status is 0 if the queue could be read, also if it is empty, 1 if not, and 2 for wrong usage.
    """
    # Imported here because boto3 takes longer to load than the checks of the input.
    from durable_mi.cli.dead_letters.box import open_box  # noqa: PLC0415

    with open_box(request) as (_, letters):
        if request.is_json:
            click.echo(json.dumps([_document(each) for each in letters], indent=2))
            return
        for each in letters:
            click.echo(clean(each.described()))
        click.echo(
            f"{_count(letters)}. Start them again with `durable-mi dead-letters restart`." if letters else "None."
        )


def _count(letters: Sequence[Boxed]) -> str:
    return "1 dead letter" if len(letters) == 1 else f"{len(letters)} dead letters"


def _document(boxed: Boxed) -> dict[str, Any]:
    letter = boxed.letter
    return {
        "MessageId": letter.id,
        "QueueArn": boxed.queue.arn,
        "FunctionName": None if boxed.function is None else boxed.function.name,
        "DurableExecutionArn": None if boxed.origin is None else boxed.origin.execution.arn,
        "SentTimestamp": None if letter.sent is None else letter.sent.isoformat(),
        "ErrorCode": letter.error_code,
        "ErrorMessage": letter.error,
        "RequestId": letter.request_id,
        "Body": letter.body,
    }
