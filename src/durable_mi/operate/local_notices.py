"""What the local runtime reports about an execution, which AWS has no call for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LocalNotices", "is_local_runtime"]

_TIMEOUT_S: Final = 60


def is_local_runtime(endpoint_url: str) -> bool:
    """Return whether an HTTP endpoint on this machine is `durable-mi local`, rather than another emulator of AWS."""
    return LocalNotices(endpoint_url, "any").is_served


@dataclass(slots=True)
class LocalNotices:
    """Reads the notices about one execution, each once.

    Attributes:
        endpoint_url: An HTTP endpoint on this machine. One that is not the local runtime has no notices.
        arn: The execution.
    """

    endpoint_url: str
    arn: str
    _seen: int = 0
    _is_served: bool = field(default=True)

    @property
    def is_served(self) -> bool:
        """Whether the endpoint serves notices, of whatever execution."""
        return self._read() is not None

    def new(self) -> Sequence[str]:
        """Return the lines that are new since the last call, oldest first."""
        if not self._is_served:
            return ()
        found = self._read()
        if found is None:
            self._is_served = False
            return ()
        new = found[self._seen :]
        self._seen = len(found)
        return [str(each["text"]) for each in new]

    def _read(self) -> list[dict[str, Any]] | None:
        parts = urlsplit(self.endpoint_url)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", f"/durable-mi/notices/{quote(self.arn, safe='')}")
            answer = connection.getresponse()
            body = answer.read()
            found = json.loads(body) if answer.status == HTTPStatus.OK else None
        except (OSError, HTTPException, ValueError, RecursionError):
            return None
        finally:
            connection.close()
        is_ours = isinstance(found, list) and all(isinstance(each, dict) and "text" in each for each in found)
        return found if is_ours else None
