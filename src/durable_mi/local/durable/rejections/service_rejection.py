"""A rejection of the service, in the form in which the emulator's handlers pass it on."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from durable_mi.local.api_error import ApiError
from durable_mi.local.durable._sdk import AwsApiException

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ServiceRejection"]


class ServiceRejection(AwsApiException):
    """An error of the API, raised where the emulator expects one of its own.

    Args:
        error: The error.
    """

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.message)
        self.http_status_code = error.status
        self.code = error.code
        self.message = error.message

    @classmethod
    @contextlib.contextmanager
    def raised(cls) -> Iterator[None]:
        """Raise the errors of the API that come up inside as rejections."""
        try:
            yield
        except ApiError as error:
            raise cls(error) from error

    def to_dict(self) -> dict[str, Any]:
        """Return the body of the response."""
        return {"Type": self.code, "Message": self.message, "message": self.message}
