"""``AWS::Include`` at the top of a template, which brings whole sections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["with_top_level"]


def with_top_level(template: Mapping[str, Any], include: Callable[[str], object]) -> Mapping[str, Any]:
    """Return a template with the sections that includes at its top bring.

    A transform whose file is not beside the template stays, so that it is named as not looked into.

    Args:
        template: The template.
        include: Gives the content of a file beside the template, ``None`` where there is none.
    """
    declared = template.get("Transform")
    transforms = declared if isinstance(declared, list) else [declared]
    contents = [_content(each, include) for each in transforms]
    if not any(content is not None for content in contents):
        return template
    kept = [each for each, content in zip(transforms, contents, strict=True) if content is None]
    found: dict[str, Any] = {**template, "Transform": kept}
    for content in contents:
        for name, section in (content or {}).items():
            own = found.setdefault(name, section)
            if isinstance(own, dict) and isinstance(section, dict):
                found[name] = {**section, **own}
    return found


def _content(transform: object, include: Callable[[str], object]) -> Mapping[str, Any] | None:
    match transform:
        case {"Name": "AWS::Include", "Parameters": {"Location": str(location)}}:
            content = include(location)
            return content if isinstance(content, dict) else None
    return None
