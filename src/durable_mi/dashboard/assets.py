"""The files of the page, with headers that let it load nothing but them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from durable_mi.timeline import view

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["asset", "index"]

_PAGE: Final = Path(__file__).parent / "page"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Another version of this package may listen on the same port tomorrow.
    "Cache-Control": "no-cache",
}


async def index(request: Request) -> Response:
    """Return the page itself."""
    return _file(_PAGE / "index.html", request)


async def asset(request: Request) -> Response:
    """Return one of the files of the page or of the timeline, which are the same in the self-contained file."""
    name = request.path_params["name"]
    directory = view.DIRECTORY if request.path_params.get("part") == "view" else _PAGE
    file = directory / name
    if "/" in name or file.suffix not in _TYPES or not file.is_file():
        return Response(f"the page has no file {name}", status_code=404, media_type="text/plain")
    return _file(file, request)


def _file(file: Path, request: Request) -> Response:
    content = file.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {**_HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[file.suffix], headers=headers)
