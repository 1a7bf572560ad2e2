"""The address of a Lambda-compatible endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from durable_mi.operate.errors import UsageError

__all__ = ["Endpoint"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Where to send requests instead of to AWS.

    Attributes:
        url: The address, ``http://`` or ``https://``.
        is_loopback: Whether it is on this machine, where the local runtime listens. Such an endpoint serves the
            logs too, and needs no credentials and no region.
    """

    url: str
    is_loopback: bool

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Check an address.

        Raises:
            UsageError: It is not an absolute HTTP address of a host.
        """
        problem = f"--endpoint-url must be like http://127.0.0.1:9000, got {url!r}"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            msg = f"{problem}: {str(error)[:1].lower()}{str(error)[1:]}"
            raise UsageError(msg) from None
        if parts.scheme not in {"http", "https"} or not host or port == 0 or any(c.isspace() for c in url):
            raise UsageError(problem)
        if parts.query or parts.fragment or parts.username is not None:
            msg = f"{problem}: leave out user, query and fragment"
            raise UsageError(msg)
        return cls(url=url.rstrip("/"), is_loopback=_is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
