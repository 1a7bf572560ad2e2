"""Which function, and which version of it, a value in a template points at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import Reference, Text, Unknown, parts_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Qualifier", "Target", "Targets"]


class Qualifier(Enum):
    """What follows a function's name in its ARN."""

    NONE = "no qualifier"
    LATEST = "$LATEST"
    LATEST_PUBLISHED = "$LATEST.PUBLISHED"
    VERSION = "a version"
    ALIAS = "an alias"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """A function of the template and how it is pointed at.

    Attributes:
        function: Logical id of the function.
        qualifier: What follows its name.
        via: Logical id of the alias or version, empty where the function itself is named.
    """

    function: str
    qualifier: Qualifier
    via: str = ""


# A reference is in the text as its number between two of these.
_MARK: Final = "\x1f"
_REFERENCE: Final = re.compile(rf"{_MARK}(\d+){_MARK}")
_FUNCTION_ARN: Final = re.compile(
    rf"arn:[^:]*:lambda:[^:]*:[^:]*:function:(?P<name>[^:/]+)(?::(?P<qualifier>[^:/]+))?"
    # What is joined to a reference is another name, or may hold a qualifier.
    rf"|(?<![\w{_MARK}-]){_MARK}(?P<number>\d+){_MARK}(?::(?P<suffix>[^:/]+))?(?![\w{_MARK}-])"
)
# A name may be put together of what is known and references, such as the stack's name.
_NAME: Final = re.compile(
    rf"(?P<name>(?:[A-Za-z0-9_-]|{_MARK}\d+{_MARK})+)(?::(?P<qualifier>(?:[$A-Za-z0-9_.-]|{_MARK}\d+{_MARK})+))?"
)
_WORDS: Final = {
    "": Qualifier.NONE,
    "$LATEST": Qualifier.LATEST,
    "$LATEST.PUBLISHED": Qualifier.LATEST_PUBLISHED,
}
_FUNCTION_ATTRIBUTES: Final = frozenset({"", "Arn"})


class Targets:
    """Resolves references to functions, their versions and aliases within one template."""

    def __init__(self, items: Mapping[str, TemplateResource], by_name: Callable[[str], str | None]) -> None:
        self._items = items
        self._by_name = by_name
        # Versions and aliases that are being followed, since a broken template may have them lead to themselves.
        self._on_the_way: set[str] = set()

    def of(self, value: object) -> Target | None:
        """Return what a resolved value points at.

        Args:
            value: An ARN, a name or a reference; also an ARN within a longer one, as API Gateway has it.

        Returns:
            ``None`` where it is not known, or no function of the template.
        """
        parts = parts_of(value)
        references = [part for part in parts if not isinstance(part, str)]
        numbers = iter(range(len(references)))
        text = "".join(
            part.replace(_MARK, "") if isinstance(part, str) else f"{_MARK}{next(numbers)}{_MARK}" for part in parts
        )
        for found in _FUNCTION_ARN.finditer(text):
            if found["number"] is not None:
                target = self._referred(references[int(found["number"])], found["suffix"], references)
            else:
                target = self._named(found["name"], found["qualifier"], references)
            if target is not None:
                return target
        named = _NAME.fullmatch(text)
        return self._named(named["name"], named["qualifier"], references) if named else None

    def _referred(
        self, reference: Reference | Unknown, suffix: str | None, references: list[Reference | Unknown]
    ) -> Target | None:
        if isinstance(reference, Unknown):
            return None
        item = self._items.get(reference.logical_id)
        match item.type if item else "":
            case "AWS::Lambda::Function" if reference.attribute in _FUNCTION_ATTRIBUTES:
                return Target(reference.logical_id, *self._qualifier(suffix, references))
            case "AWS::Lambda::Version" if reference.attribute in {"", "FunctionArn"}:
                return self._through(item, Qualifier.VERSION)
            case "AWS::Lambda::Alias" if reference.attribute in {"", "AliasArn"}:
                return self._through(item, Qualifier.ALIAS)
        return None

    def _through(self, item: TemplateResource | None, qualifier: Qualifier) -> Target | None:
        if item is None or item.id in self._on_the_way:
            return None
        self._on_the_way.add(item.id)
        function = self.of(item.get("FunctionName"))
        self._on_the_way.remove(item.id)
        return Target(function.function, qualifier, item.id) if function and not function.via else None

    def _named(self, name: str, qualifier: str | None, references: list[Reference | Unknown]) -> Target | None:
        inner = _REFERENCE.fullmatch(name)
        target = self._referred(references[int(inner[1])], None, references) if inner else None
        if target is not None:
            function: str | None = target.function
        else:
            function = self._by_name(_REFERENCE.sub(lambda mark: shown(Text((references[int(mark[1])],))), name))
        return None if function is None else Target(function, *self._qualifier(qualifier, references))

    def _qualifier(self, text: str | None, references: list[Reference | Unknown]) -> tuple[Qualifier, str]:
        if text is None or text in _WORDS:
            return _WORDS[text or ""], ""
        inner = _REFERENCE.fullmatch(text)
        if inner is not None:
            reference = references[int(inner[1])]
            item = self._items.get(reference.logical_id) if isinstance(reference, Reference) else None
            if item is not None and item.type == "AWS::Lambda::Version":
                return Qualifier.VERSION, item.id
        if _MARK in text:
            return Qualifier.UNKNOWN, ""
        return (Qualifier.VERSION if text.isdecimal() else Qualifier.ALIAS), ""
