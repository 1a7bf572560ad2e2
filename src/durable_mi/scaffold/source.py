"""Where this distribution was installed from, for the projects that install it too."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

__all__ = ["installed_from"]


def installed_from(name: str = "durable-mi-constructs") -> Path | None:
    """Return the wheel or the checkout that a distribution was installed from.

    A project that was made by a checkout must install that checkout, as an index may have another release, or none.

    Args:
        name: The distribution.

    Returns:
        The path, or ``None`` if it came from an index, is not installed, or if the path is gone.
    """
    try:
        record = distribution(name).read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    url = urlsplit(json.loads(record).get("url", "")) if record else None
    if url is None or url.scheme != "file":
        return None
    path = Path(url2pathname(url.path))
    return path if path.exists() else None
