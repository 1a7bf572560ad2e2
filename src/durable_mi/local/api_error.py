"""An error answer of the endpoint, in AWS's form."""

from __future__ import annotations

__all__ = ["ApiError"]


class ApiError(Exception):
    """A rejection with AWS's error code.

    Args:
        status: HTTP status.
        code: AWS's name of the error, such as ``ResourceNotFoundException``.
        message: What must hold, what came, how to fix it.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @classmethod
    def invalid(cls, message: str) -> ApiError:
        """Return the error for a request with invalid parameters."""
        return cls(400, "InvalidParameterValueException", message)

    @classmethod
    def conflict(cls, message: str) -> ApiError:
        """Return the error for a request that contradicts the state of something."""
        return cls(409, "ResourceConflictException", message)

    @classmethod
    def not_found(cls, message: str) -> ApiError:
        """Return the error for a request for something that does not exist."""
        return cls(404, "ResourceNotFoundException", message)
