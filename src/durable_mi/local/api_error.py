"""An error answer of the endpoint, in AWS's form."""

from __future__ import annotations

__all__ = ["ApiError"]


class ApiError(Exception):
    """A refusal with AWS's error code.

    Args:
        status: HTTP status.
        code: AWS's name of the error, such as ``ResourceNotFoundException``.
        message: what must hold, what came, how to mend it.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @classmethod
    def invalid(cls, message: str) -> ApiError:
        """A request whose parameters cannot be."""
        return cls(400, "InvalidParameterValueException", message)

    @classmethod
    def not_found(cls, message: str) -> ApiError:
        """A request for something that is not there."""
        return cls(404, "ResourceNotFoundException", message)
