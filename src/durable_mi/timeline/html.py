"""A timeline as one self-contained HTML file, which loads nothing, for example to attach to a ticket."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any, Final

from durable_mi.timeline.view import DIRECTORY

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["timeline_html"]

_ENTRY: Final = "standalone.js"
_STYLES: Final = ("base.css", "timeline.css")
_FRAME: Final = "main { max-width: 1500px; margin: 0 auto; padding: 18px 20px 60px; }\n"
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function|const|class)", re.MULTILINE)


def timeline_html(document: Mapping[str, Any]) -> str:
    """Return the file's text.

    Args:
        document: The timeline document; see :func:`~durable_mi.timeline.document.timeline_document`.

    Its content security policy allows the one script and the one style sheet that it holds, by their hashes, and
    nothing else. Output of a function can neither run nor be sent anywhere.
    """
    script = _bundle()
    style = "".join((DIRECTORY / name).read_text(encoding="utf-8") for name in _STYLES) + _FRAME
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'"
    )
    # JSON can contain "</script>", which would end the element, so < is escaped.
    data = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
    return (
        "<!doctype html>\n"
        '<html lang="en">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{html.escape(str(document['name']))} · {html.escape(str(document['status']).lower())}</title>\n"
        f"<style>{style}</style>\n"
        "</head>\n"
        "<body>\n"
        "<main></main>\n"
        "<noscript>This timeline needs JavaScript.</noscript>\n"
        f'<script type="application/json" id="timeline">{data}</script>\n'
        f'<script type="module">{script}</script>\n'
        "</body>\n"
        "</html>\n"
    )


def _bundle() -> str:
    """Combine the modules into one, each before those that import it.

    The modules of the view share one namespace then, so no two of them may give the same name to different things.
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts:
            return
        source = (DIRECTORY / name).read_text(encoding="utf-8")
        parts[name] = ""  # modules may import each other: functions are known throughout
        for imported in _IMPORT.findall(source):
            add(imported)
        del parts[name]
        parts[name] = _EXPORT.sub("", _IMPORT.sub("", source))

    add(_ENTRY)
    return "".join(parts.values())


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
