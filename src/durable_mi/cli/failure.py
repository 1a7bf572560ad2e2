"""Failures of an operator's command, as one line on standard error and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from durable_mi.cli.interrupts import INTERRUPTED
from durable_mi.operate.errors import OperatorError, UsageError
from durable_mi.operate.formatting import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["INTERRUPTED", "failing", "one_line"]

_REMEDIES: Final = {
    errno.EMFILE: "; raise the limit with `ulimit -n`",
    errno.ENFILE: "; close other programs",
    errno.ENOSPC: "; free some space on its disk",
}


class _Failure(click.ClickException):
    exit_code = 1


class _WrongUsage(click.ClickException):
    exit_code = 2


@contextmanager
def one_line() -> Iterator[None]:
    """End the command with one line that controls no terminal, also if the operating system rejects something.

    A closed pipe is no failure of the command: click ends it without a message. An interrupt ends it without one too.
    """
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        # The exception stays what it is: its kind says how click shows it.
        vars(error)["message"] = clean(error.message)
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise click.ClickException(clean(_rejected(error))) from error


def _rejected(error: OSError) -> str:
    """Describe what the operating system rejected, by what it was asked for."""
    reason = error.strerror or str(error)
    files = [os.fspath(each) for each in (error.filename, error.filename2) if isinstance(each, str | os.PathLike)]
    what = f"{' and '.join(files)} cannot be used" if files else "the operating system rejected a request"
    return f"{what}: {reason}{_REMEDIES.get(error.errno or 0, '')}"


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
