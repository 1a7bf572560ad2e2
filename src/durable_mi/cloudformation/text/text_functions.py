"""``Fn::Sub``, ``Fn::Join``, ``Fn::Select`` and ``Fn::Split``, as far as their parts are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.text.pieces import Pieces
from durable_mi.cloudformation.values import MISSING, Unknown, joined, parts_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.cloudformation.function_arn import FunctionArns

__all__ = ["TextFunctions"]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


class TextFunctions:
    """The functions of one resolver.

    Args:
        resolve: Resolves a value.
        answer: Resolves a value without the policy: what is unknown stays unknown.
        arns: The ARNs of functions, whose parts are known even where the whole is not.
    """

    def __init__(
        self, resolve: Callable[[object], object], answer: Callable[[object], object], arns: FunctionArns
    ) -> None:
        self._resolve = resolve
        self._answer = answer
        self._arns = arns

    def sub(self, argument: object) -> object:
        """Return what ``Fn::Sub`` gives."""
        variables: dict[str, object] = {}
        match argument:
            case str(text):
                pass
            case [str(text), dict(variables)]:
                pass
            case _:
                return Unknown("Fn::Sub")
        parts: list[object] = []
        # Each is resolved once: a variable that holds another one several times would double the work with each level.
        known: dict[str, object] = {}
        end = 0
        for found in _VARIABLE.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            name = found[1].strip()
            if name.startswith("!"):
                parts.append(f"${{{name[1:]}}}")
                continue
            if name not in known:
                reference = {"Fn::GetAtt": name} if "." in name else {"Ref": name}
                known[name] = self._resolve(variables.get(name, reference))
            parts.append("" if known[name] is MISSING else known[name])
        parts.append(text[end:])
        return joined(parts)

    def join(self, argument: object) -> object:
        """Return what ``Fn::Join`` gives."""
        if not isinstance(argument, list) or len(argument) != len(("separator", "values")):
            return Unknown("Fn::Join")
        separator, values = argument[0], self._resolve(argument[1])
        if not isinstance(separator, str) or not isinstance(values, list):
            return values if isinstance(values, Unknown) else Unknown("Fn::Join")
        return joined([part for part in map(self._resolve, values) if part is not MISSING], separator)

    def select(self, argument: object) -> object:
        """Return what ``Fn::Select`` gives."""
        match argument:
            case [index, {"Fn::Split": split}]:
                pieces = self._pieces(split)
                number = self._resolve(index)
                if pieces is not None and _is_index(number, pieces.known):
                    return pieces.known[int(str(number))]
                return Unknown(f"{self._what(split)} [{shown(number)}]")
            case [index, choices]:
                # An unknown list is left to the policy entry by entry: how long it is, is not known either.
                number, values = self._resolve(index), self._answer(choices)
                if isinstance(values, list) and _is_index(number, values):
                    return self._resolve(values[int(str(number))])
                if isinstance(values, Unknown):
                    return Unknown(f"{values.what} [{shown(number)}]")
        return Unknown("Fn::Select")

    def _what(self, split: object) -> str:
        """Return what a piece is of: a pseudo parameter stays the same for as long as its stack is there."""
        text = self._resolve(split[1]) if isinstance(split, list) and len(split) > 1 else None
        return text.what if isinstance(text, Unknown) and text.what.startswith("AWS::") else "Fn::Split"

    def split(self, argument: object) -> object:
        """Return what ``Fn::Split`` gives."""
        pieces = self._pieces(argument)
        return list(pieces.known) if pieces is not None and pieces.complete else Unknown("Fn::Split", many=True)

    def _pieces(self, argument: object) -> Pieces | None:
        match argument:
            case [str(separator), text] if separator:
                parts = parts_of(self._resolve(text))
                return Pieces.of(self._arns.written_out(parts), separator, self._arns.is_name) if parts else None
        return None


def _is_index(number: object, values: Sequence[object]) -> bool:
    text = str(number)
    return text.isascii() and text.isdecimal() and len(text) <= len(str(len(values))) and int(text) < len(values)
