"""The options that the commands of ``durable-mi release`` have in common."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from durable_mi.cli.failure import failing
from durable_mi.operate.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "WAKE_TIMEOUT_S",
    "Where",
    "alias_option",
    "change_options",
    "output_option",
    "wake_timeout_option",
    "where_options",
]

WAKE_TIMEOUT_S = 900
"""Seconds that a version may take to change its state, unless the user says otherwise."""

_Command = TypeVar("_Command", bound="Callable[..., Any]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Which functions a command is about, and where they are.

    Attributes:
        stack: Name or ARN of a stack.
        function: Name or ARN of a function, or its construct path.
        endpoint: Where to send the calls instead of to AWS.
        profile: Profile of the AWS configuration.
        region: AWS region.
    """

    stack: str | None
    function: str | None
    endpoint: Endpoint | None
    profile: str | None
    region: str | None


def where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which functions are meant; the command gets them as ``where``."""

    @click.option("--stack", metavar="NAME", help="All functions of this stack that are on a capacity provider.")
    @click.option(
        "--function",
        metavar="NAME",
        help="One function: its name, its ARN or, with --stack, a construct path or logical id.",
    )
    @click.option(
        "--endpoint-url",
        metavar="URL",
        envvar=["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"],
        show_envvar=True,
        help="Lambda-compatible endpoint to use instead of AWS. On this machine it needs no credentials and no region.",
    )
    @click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.  [default: boto3's choice]")
    @click.option("--region", metavar="NAME", help="AWS region.  [default: AWS_REGION, else boto3's choice]")
    @wraps(command)
    def with_where(
        *,
        stack: str | None,
        function: str | None,
        endpoint_url: str | None,
        profile: str | None,
        region: str | None,
        **options: Any,  # noqa: ANN401 - the command's own
    ) -> Any:  # noqa: ANN401 - the command's own
        with failing():
            where = Where(
                stack=stack,
                function=function,
                endpoint=None if endpoint_url is None else Endpoint.parse(endpoint_url),
                profile=profile,
                # boto3 reads AWS_DEFAULT_REGION only; the other SDKs and the AWS CLI read both.
                region=region or os.environ.get("AWS_REGION") or None,
            )
            return command(where=where, **options)

    return with_where


def change_options(command: _Command) -> _Command:
    """Add the options of commands that change something."""
    dry_run = click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
    yes = click.option("--yes", is_flag=True, help="Do not ask before something is changed.")
    return dry_run(yes(command))


def output_option(command: _Command) -> _Command:
    """Add ``--output``."""
    return click.option(
        "--output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Print text, or one JSON document at the end.",
    )(command)


def alias_option(command: _Command) -> _Command:
    """Add ``--alias``."""
    return click.option("--alias", metavar="NAME", default="live", show_default=True, help="The alias to change.")(
        command
    )


def wake_timeout_option(command: _Command) -> _Command:
    """Add ``--timeout``, for the commands that wait for a version to become active."""
    return click.option(
        "--timeout",
        type=click.IntRange(min=0),
        metavar="SECONDS",
        default=WAKE_TIMEOUT_S,
        show_default=True,
        help="Wait so long for the version to become active.",
    )(command)
