"""Failures of an operator's command, as one line on standard error and an exit status."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from durable_mi.operate.errors import OperatorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["INTERRUPTED", "failing"]

INTERRUPTED: Final = 130
"""Exit status after Ctrl-C, as shells return it."""


class _Failure(click.ClickException):
    exit_code = 1


class _WrongUsage(click.ClickException):
    exit_code = 2


@contextmanager
def failing() -> Iterator[None]:
    """End the command with one line if an :class:`OperatorError` is raised: status 2 for usage, 1 for other errors.

    An interrupt ends it without a message.
    """
    try:
        yield
    except OperatorError as error:
        raise (_WrongUsage if isinstance(error, UsageError) else _Failure)(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
