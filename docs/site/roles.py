"""Docstrings as the site shows them: a Sphinx role is the code that it names."""  # noqa: INP001

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import griffe

if TYPE_CHECKING:
    from griffe import Object

_ROLE: Final = re.compile(r":(?:attr|class|data|func|meth|mod):`~?([^`]+)`")


class Roles(griffe.Extension):
    """Rewrite the roles of each docstring before it is parsed."""

    def on_object(self, *, obj: Object, **_options: Any) -> None:  # noqa: ANN401 - griffe passes what it likes
        """Replace each role by its text as code."""
        if obj.docstring is not None:
            obj.docstring.value = _ROLE.sub(r"`\1`", obj.docstring.value)
