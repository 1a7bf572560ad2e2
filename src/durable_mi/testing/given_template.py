"""The template that a test passes: its content, or the path of its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from durable_mi.cloudformation.assembly import AssemblyError
from durable_mi.cloudformation.source import Source
from durable_mi.cloudformation.template import Template
from durable_mi.extras import missing_extra

__all__ = ["GivenTemplate", "read_content", "read_template"]

GivenTemplate: TypeAlias = Mapping[str, Any] | Path
"""A template's content, or the file that holds it."""

_CONTENT: Final = Path("the template")


def read_content(template: GivenTemplate) -> Mapping[str, Any]:
    """Return a template's content.

    Args:
        template: Its content, or its file.

    Raises:
        TypeError: It is neither.
        ValueError: The file is not a template.
        ModuleNotFoundError: The file is YAML and the extra ``testing`` is not installed.
    """
    if isinstance(template, Mapping):
        return template
    if not isinstance(template, Path):
        msg = (
            f"template must be a template's content (a dict) or the Path of its file, got {type(template).__name__}: "
            "pass stacks and assertions.Template to the functions of durable_mi_constructs.testing"
        )
        raise TypeError(msg)
    try:
        return Source.read(template).content
    except ModuleNotFoundError as error:
        raise missing_extra(error, f"{template.name} is YAML and", "testing") from None
    except AssemblyError as error:
        raise ValueError(str(error)) from error


def read_template(template: GivenTemplate) -> Template:
    """Return a template to check; its file is ``the template`` for content without a file.

    Args:
        template: Its content, or its file.

    Raises:
        TypeError: It is neither.
        ValueError: It is not a template.
        ModuleNotFoundError: The file is YAML and the extra ``testing`` is not installed.
    """
    content = read_content(template)
    file = template if isinstance(template, Path) else _CONTENT
    if "Resources" not in content:
        msg = f"template must be an object with Resources, got the keys {', '.join(content) or 'none'}: pass all of it"
        raise ValueError(msg)
    try:
        # The readers take the types of parsed JSON.
        return Template.of_content(dict(content), file)
    except AssemblyError as error:
        msg = f"{file}: {error}"
        raise ValueError(msg) from error
