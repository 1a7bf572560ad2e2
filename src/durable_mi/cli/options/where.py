"""The options that say which functions a command is about, and where they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from durable_mi.cli.failure import failing
from durable_mi.operate.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Where", "endpoint_options", "where_options"]

_Command = TypeVar("_Command", bound="Callable[..., Any]")

_ENDPOINT_HELP: Final = (
    "Lambda-compatible endpoint to use instead of AWS. On this machine it needs no credentials and no region."
)
_REGION: Final = "AWS_REGION, else boto3's choice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Which functions a command is about, and where they are.

    Attributes:
        stack: Name or ARN of a stack.
        function: Name or ARN of a function, or its construct path.
        endpoint: Where to send the calls instead of to AWS.
        profile: Profile of the AWS configuration.
        region: AWS region.
        given_region: The region, if the user named it for this command.
    """

    stack: str | None
    function: str | None
    endpoint: Endpoint | None
    profile: str | None
    region: str | None
    given_region: str | None = None

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What the user gave, to give it again to another command."""
        given = {
            "--stack": self.stack,
            "--function": self.function,
            "--endpoint-url": None if self.endpoint is None else self.endpoint.url,
            "--profile": self.profile,
            "--region": self.given_region,
        }
        return tuple((option, value) for option, value in given.items() if value is not None)


def endpoint_options(*, region: str = _REGION) -> Callable[[_Command], _Command]:
    """Add ``--endpoint-url``, ``--profile`` and ``--region``.

    Args:
        region: The default of ``--region``, for its help.
    """

    def add(command: _Command) -> _Command:
        url = click.option(
            "--endpoint-url",
            metavar="URL",
            envvar=["AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL"],
            show_envvar=True,
            help=_ENDPOINT_HELP,
        )
        profile = click.option(
            "--profile", metavar="NAME", help="Profile of the AWS configuration.  [default: boto3's choice]"
        )
        region_option = click.option("--region", metavar="NAME", help=f"AWS region.  [default: {region}]")
        return url(profile(region_option(command)))

    return add


def where_options(
    *,
    stack: str,
    function: str = "One function: its name, its ARN or, with --stack, a construct path or logical id.",
    region: str = _REGION,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that say which functions are meant; the command gets them as ``where``.

    Args:
        stack: What ``--stack`` means, for its help.
        function: What ``--function`` means.
        region: The default of ``--region``.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--stack", metavar="NAME", help=stack)
        @click.option("--function", metavar="NAME", help=function)
        @endpoint_options(region=region)
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
                    given_region=region,
                )
                return command(where=where, **options)

        return with_where

    return add
