"""What can go wrong between an operator and the service, as one line each."""

from __future__ import annotations

__all__ = ["NotFoundError", "OperatorError", "ServiceError", "UsageError"]


class OperatorError(Exception):
    """A failure that one line explains. ``str()`` is that line, without a final full stop."""


class UsageError(OperatorError):
    """What the operator gave cannot be used: mend the command, then try again."""


class ServiceError(OperatorError):
    """The service, the way to it or the credentials for it said no."""


class NotFoundError(ServiceError):
    """The service does not know the function or the execution."""
