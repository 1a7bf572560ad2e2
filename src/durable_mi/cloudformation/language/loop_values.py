"""The values that a loop runs over, as far as parameters and mappings decide them.

A loop decides which resources there are, so its values cannot depend on resources: this needs no resolver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.cloudformation.values import Unknown, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LoopValues"]


@dataclass(frozen=True, slots=True)
class LoopValues:
    """Reads collections of loops.

    Attributes:
        parameters: The template's ``Parameters``; a default counts.
        mappings: The template's ``Mappings``.
    """

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]

    def of(self, collection: object) -> list[str] | Unknown:
        """Return the values of a collection.

        Args:
            collection: A list, or an intrinsic function that gives one.
        """
        match collection:
            case list():
                values: list[str] = []
                for entry in collection:
                    inner = [literal(entry)] if isinstance(entry, str | int | float) else self.of(entry)
                    if isinstance(inner, Unknown):
                        return inner
                    values += inner
                return values
            case {"Ref": str(name)}:
                return self._parameter(name)
            case {"Fn::FindInMap": [*keys]}:
                return self._mapped(keys)
            case {"Fn::Split": [str(separator), text]} if separator:
                whole = self.of([text])
                return whole if isinstance(whole, Unknown) else separator.join(whole).split(separator)
        return Unknown("what is no list")

    def _parameter(self, name: str) -> list[str] | Unknown:
        parameter = self.parameters.get(name)
        given = parameter if isinstance(parameter, dict) else {}
        default = given.get("Default")
        if not isinstance(default, str | int | float) or str(given.get("Type")).startswith("AWS::SSM::"):
            return Unknown(f"parameter {name}")
        return [value.strip() for value in literal(default).split(",") if value.strip()]

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
