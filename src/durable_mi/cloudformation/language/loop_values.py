"""The values that a loop runs over, as far as parameters and mappings decide them.

A loop decides which resources there are, so its values cannot depend on resources: this needs no resolver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from durable_mi.cloudformation.values import Unknown, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_ARGUMENTS", "Arguments", "LoopValues"]


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a parent stack gives for the parameters of a template.

    Attributes:
        given: Parameter to value, in the parent's terms.
        parent: Reads values of the parent; ``None`` where nothing is given.
    """

    given: Mapping[str, Any] = field(default_factory=dict)
    parent: LoopValues | None = None


NO_ARGUMENTS: Final = Arguments()


@dataclass(frozen=True, slots=True)
class LoopValues:
    """Reads collections of loops.

    Attributes:
        parameters: The template's ``Parameters``; a default counts.
        mappings: The template's ``Mappings``.
        arguments: What a parent gives for the parameters; it counts more than a default.
    """

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    arguments: Arguments = NO_ARGUMENTS

    def of(self, collection: object) -> list[str] | Unknown:
        """Return the values of a collection.

        Args:
            collection: A list, or an intrinsic function that gives one.
        """
        match collection:
            case list():
                return self._entries(collection)
            case {"Ref": str(name)}:
                return self._parameter(name)
            case {"Fn::FindInMap": [*keys]}:
                return self._mapped(keys)
            case {"Fn::Split": [str(separator), text]} if separator:
                return self._split(separator, text)
            case {"Fn::Join": [str(separator), parts]}:
                text = self._joined(separator, parts)
                return text if isinstance(text, Unknown) else [text]
        return Unknown("what is no list")

    def _entries(self, collection: list[Any]) -> list[str] | Unknown:
        values: list[str] = []
        for entry in collection:
            inner = [literal(entry)] if isinstance(entry, str | int | float) else self.of(entry)
            if isinstance(inner, Unknown):
                return inner
            values += inner
        return values

    def _split(self, separator: str, text: object) -> list[str] | Unknown:
        whole = self._joined(separator, [text])
        return whole if isinstance(whole, Unknown) else whole.split(separator)

    def _joined(self, separator: str, parts: object) -> str | Unknown:
        values = self.of(parts)
        return values if isinstance(values, Unknown) else separator.join(values)

    def _parameter(self, name: str) -> list[str] | Unknown:
        parameter = self.parameters.get(name)
        declared = parameter if isinstance(parameter, dict) else {}
        argument = self.arguments.given.get(name)
        value = declared.get("Default") if argument is None else self._argument(argument)
        if not isinstance(value, str | int | float) or str(declared.get("Type")).startswith("AWS::SSM::"):
            return Unknown(f"parameter {name}")
        return [part.strip() for part in literal(value).split(",") if part.strip()]

    def _argument(self, value: object) -> str | Unknown:
        """Return what a parent gives as the text that CloudFormation makes of it."""
        parent = self.arguments.parent
        return Unknown("a parent") if parent is None else parent._joined(",", [value])  # noqa: SLF001 - its own kind

    def _mapped(self, keys: list[Any]) -> list[str] | Unknown:
        found: object = self.mappings
        for key in keys[:3]:
            name = self.of([key])
            if isinstance(name, Unknown):
                return name
            if not isinstance(found, dict) or ",".join(name) not in found:
                default = keys[3].get("DefaultValue") if keys[3:] and isinstance(keys[3], dict) else None
                return Unknown(f"mapping {keys[0]}") if default is None else self.of(default)
            found = found[",".join(name)]
        return self.of(found) if isinstance(found, list) else self.of([found])
