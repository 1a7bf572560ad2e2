"""``Fn::ForEach`` and ``AWS::Include``: a template as it is after them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.language.unread import Unread, unread_transforms
from durable_mi.cloudformation.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.cloudformation.language.loop_values import LoopValues

__all__ = ["Expansion", "expand"]

_LOOP: Final = "Fn::ForEach"
_TRANSFORM: Final = "Fn::Transform"
_MAX_PARTS: Final = 100_000
"""Parts of an expanded template. Loops in loops grow without end otherwise."""

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Expansion:
    """A template without loops and includes.

    Attributes:
        template: The template.
        places: Where in the file the resources are that loops made: logical id to path.
        unread: What could not be expanded.
    """

    template: Mapping[str, Any]
    places: dict[str, Path] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def expand(template: Mapping[str, Any], values: LoopValues, include: Callable[[str], object]) -> Expansion:
    """Expand a template.

    Args:
        template: The template.
        values: Reads what loops run over.
        include: Gives the content of a file beside the template, ``None`` where there is none.
    """
    result = Expansion(template, unread=list(unread_transforms(template)))
    if not _has_any(template):
        return result
    work = _Work(values, include, result.unread)
    expanded = dict(work.entries(template, ()))
    for name, section in expanded.items():
        if isinstance(section, dict) and not name.startswith("Fn::"):
            made: dict[str, Any] = {}
            for key, (value, path) in work.with_places(section, (name,), {}).items():
                body = work.value(value, (name, key))
                if name == "Resources" and _has_transform(body):
                    result.unread.append(Unread(key, "a macro or an include within it"))
                    continue
                if name == "Resources" and _has_any(body):
                    result.unread.append(Unread(key, "what a macro or an include gives within it"))
                made[key] = body
                if name == "Resources" and path != (name, key):
                    result.places[key] = path
            expanded[name] = made
    result.template = expanded
    return result


class _TooMuchError(Exception):
    """Loops in loops that would not end."""


class _Work:
    def __init__(self, values: LoopValues, include: Callable[[str], object], unread: list[Unread]) -> None:
        self._values = values
        self._include = include
        self._unread = unread
        self._parts = 0

    def value(self, value: object, where: Path) -> Any:  # noqa: ANN401 - any part of a template
        """Return a part with everything in it expanded."""
        if isinstance(value, list):
            return [self.value(each, where) for each in value]
        if isinstance(value, dict):
            return {key: self.value(inner, where) for key, inner in self.entries(value, where).items()}
        return value

    def entries(self, value: Mapping[str, Any], where: Path) -> dict[str, Any]:
        """Return an object's entries after the loops and includes among them."""
        return {key: inner for key, (inner, _) in self.with_places(value, where, {}).items()}

    def with_places(
        self, value: Mapping[str, Any], where: Path, names: Mapping[str, str]
    ) -> dict[str, tuple[Any, Path]]:
        """Return an object's entries, each with the path that it has in the file."""
        found: dict[str, tuple[Any, Path]] = {}
        for key, inner in value.items():
            if key.startswith(f"{_LOOP}::"):
                try:
                    found.update(self._loop(key, inner, where, names))
                except _TooMuchError:
                    if _LOOP in "".join(map(str, where)):
                        raise
                    self._note(key, where, f"a loop that makes more than {_MAX_PARTS} parts")
            elif key == _TRANSFORM and len(where) < len(("section", "id")):
                found.update({name: (part, (*where, key)) for name, part in self._included(inner, where).items()})
            elif key == _TRANSFORM and isinstance(content := self._content(inner), dict):
                found.update({name: (part, where) for name, part in content.items()})
            else:
                found[_filled(key, names)] = (_substituted(inner, names) if names else inner, (*where, key))
        return found

    def _loop(self, key: str, loop: object, where: Path, names: Mapping[str, str]) -> dict[str, tuple[Any, Path]]:
        match loop:
            case [str(identifier), collection, dict(body)]:
                pass
            case _:
                self._note(key, where, "a loop that is not of CloudFormation's form")
                return {}
        values = self._collection(_substituted(collection, names))
        if isinstance(values, str):
            self._note(key, where, f"a loop over {values}")
            return {}
        found: dict[str, tuple[Any, Path]] = {}
        for value in values:
            self._parts += _size(body)
            if self._parts > _MAX_PARTS:
                raise _TooMuchError
            found.update(self.with_places(body, (*where, key, 2), {**names, identifier: value}))
        return found

    def _collection(self, collection: object) -> list[str] | str:
        """Return the values to loop over, or what it would take to know them."""
        values = self._values.of(collection)
        return values.what if isinstance(values, Unknown) else values

    def _included(self, transform: object, where: Path) -> Mapping[str, Any]:
        content = self._content(transform)
        if isinstance(content, dict):
            return content
        name = transform.get("Name") if isinstance(transform, dict) else None
        section = "/".join(map(str, where)) or "the template"
        self._unread.append(Unread("", f"what the transform {name or _TRANSFORM} adds to {section}"))
        return {}

    def _content(self, transform: object) -> object:
        match transform:
            case {"Name": "AWS::Include", "Parameters": {"Location": str(location)}}:
                return self._include(location)
        return None

    def _note(self, key: str, where: Path, what: str) -> None:
        if len(where) <= 1:
            self._unread.append(Unread(key, what))
        else:
            self._unread.append(Unread(str(where[1]), f"{key}: {what}"))


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", re.sub(r"[^0-9A-Za-z]", "", value))
    return text


def _substituted(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any part of a template
    if isinstance(value, str):
        return _filled(value, names)
    if isinstance(value, list):
        return [_substituted(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(reference := value.get("Ref"), str) and reference in names:
        return names[reference]
    return {_filled(key, names): _substituted(inner, names) for key, inner in value.items()}


def _size(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _has_any(value: object) -> bool:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if any(key == _TRANSFORM or key.startswith(_LOOP) for key in part):
                return True
            waiting.extend(inner for inner in part.values() if isinstance(inner, dict | list))
        elif isinstance(part, list):
            waiting.extend(inner for inner in part if isinstance(inner, dict | list))
    return False


def _has_transform(value: object) -> bool:
    """Return whether a macro may add to a part that has entries of its own."""
    if isinstance(value, dict):
        return (_TRANSFORM in value and len(value) > 1) or any(map(_has_transform, value.values()))
    return isinstance(value, list) and any(map(_has_transform, value))
