"""JSON files of a cloud assembly, whose parts are what the CDK writes or an error."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Self

from durable_mi.cloudformation.content.plain import PlainCopy, TooMuchError
from durable_mi.cloudformation.content.unique_keys import unique_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["AssemblyError", "JsonObject", "kind_of"]


class AssemblyError(Exception):
    """A path that holds no readable cloud assembly; the message says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object in a file.

    Attributes:
        file: The file.
        content: What it holds.
        path: Keys from the top of the file to the object.
    """

    file: Path
    content: Mapping[str, Any]
    path: tuple[str, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a file.

        Raises:
            AssemblyError: It cannot be read, or holds no JSON object, or more than any that the CDK writes.
        """
        try:
            # A pipe would be waited for.
            if not stat.S_ISREG(file.stat().st_mode):
                msg = f"{file} must be a file: run `cdk synth` again"
                raise AssemblyError(msg)
            text = file.read_text(encoding="utf-8-sig")
            content = json.loads(text, parse_constant=_reject_constant, object_pairs_hook=unique_keys)
        except OSError as error:
            msg = f"{file} cannot be read ({error.strerror}): run `cdk synth` again"
            raise AssemblyError(msg) from error
        except ValueError as error:
            msg = f"{file} is not JSON ({error}): run `cdk synth` again"
            raise AssemblyError(msg) from error
        except RecursionError as error:
            msg = f"{file} is nested too deeply to be read: run `cdk synth` again"
            raise AssemblyError(msg) from error
        if not isinstance(content, dict):
            msg = f"{file} must hold a JSON object, got {type(content).__name__}: run `cdk synth` again"
            raise AssemblyError(msg)
        try:
            return cls(file, PlainCopy().copy(content))
        except TooMuchError as error:
            msg = f"{file} {error}: run `cdk synth` again"
            raise AssemblyError(msg) from error

    def object(self, name: str) -> JsonObject:
        """Return a member that is an object; an empty one where it is not given.

        Raises:
            AssemblyError: It is none.
        """
        value = self.content.get(name, {})
        path = (*self.path, name)
        if not isinstance(value, dict):
            msg = f"{self.file}: {'/'.join(path)} must be an object, got {kind_of(value)}: run `cdk synth` again"
            raise AssemblyError(msg)
        return JsonObject(self.file, value, path)

    def objects(self) -> Iterator[tuple[str, JsonObject]]:
        """Yield the members by name, each an object.

        Raises:
            AssemblyError: One is none.
        """
        return ((name, self.object(name)) for name in self.content)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a member that is a string.

        Args:
            name: Name of the member.
            default: The value where it is not given. Defaults to an error.

        Raises:
            AssemblyError: It is none.
        """
        value = self.content.get(name, default)
        if not isinstance(value, str):
            where = "/".join((*self.path, name))
            msg = f"{self.file}: {where} must be a string, got {kind_of(value)}: run `cdk synth` again"
            raise AssemblyError(msg)
        return value


def kind_of(value: object) -> str:
    """Return the name of a value's type; that of none is ``nothing``."""
    return "nothing" if value is None else type(value).__name__


def _reject_constant(constant: str) -> NoReturn:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
