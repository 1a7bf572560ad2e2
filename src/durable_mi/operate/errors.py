"""Errors between an operator and the service, as one line each."""

from __future__ import annotations

__all__ = ["NotFoundError", "OperatorError", "ServiceError", "ThrottledError", "UsageError"]


class OperatorError(Exception):
    """A failure that is reported in one line. ``str()`` is that line, without a final full stop."""


class UsageError(OperatorError):
    """An argument cannot be used: fix the command, then try again."""


class ServiceError(OperatorError):
    """The service, the connection or the credentials failed."""


class NotFoundError(ServiceError):
    """The function or the execution does not exist."""


class ThrottledError(ServiceError):
    """The service asks for a pause before the next call."""
