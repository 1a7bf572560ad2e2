"""A template's file: its content, and the positions of its parts in the text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from durable_mi.cloudformation import json_positions
from durable_mi.cloudformation.content.garbage import no_garbage_search
from durable_mi.cloudformation.content.json_object import AssemblyError
from durable_mi.cloudformation.content.plain import MAX_DEPTH, PlainCopy, TooMuchError
from durable_mi.cloudformation.content.unique_keys import DuplicateKeyError, unique_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Position", "Source", "TemplateError"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column both begin at 1."""

    line: int = 1
    column: int = 1


class TemplateError(AssemblyError):
    """A template that cannot be read. ``str()`` begins with the file, line and column.

    Attributes:
        file: The template.
        position: Where in it.
    """

    def __init__(self, file: Path, problem: str, position: Position | None = None) -> None:
        self.file = file
        self.position = position or Position()
        super().__init__(f"{file}:{self.position.line}:{self.position.column}: {problem}")


@dataclass(frozen=True, slots=True)
class Source:
    """A template as it was written.

    Attributes:
        file: Where it lies.
        text: All of it.
        content: Its content; keys are strings, and CloudFormation's short YAML tags have their long form.
    """

    file: Path
    text: str = field(repr=False)
    content: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, file: Path) -> Source:
        """Read a JSON or YAML template.

        Args:
            file: JSON if the first character is a brace, YAML otherwise.

        Raises:
            TemplateError: It cannot be read, is neither JSON nor YAML, or holds no object.
            ModuleNotFoundError: It is YAML and PyYAML, which the extra ``cli`` brings, is not installed.
        """
        try:
            content = file.read_bytes()
        except OSError as error:
            raise TemplateError(file, f"cannot be read ({error.strerror})") from error
        return cls.decode(file, content)

    @classmethod
    def decode(cls, file: Path, content: bytes) -> Source:
        """Read a template's bytes.

        Args:
            file: The name that errors give.
            content: JSON or YAML in UTF-8.

        Raises:
            TemplateError: As :meth:`read`.
        """
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateError(file, f"must be UTF-8, got byte {error.start} that is not: save it as UTF-8") from error
        # As text files are read: each kind of line end is one line feed.
        return cls.parse(file, text.replace("\r\n", "\n").replace("\r", "\n"))

    @classmethod
    def parse(cls, file: Path, text: str) -> Source:
        """Read a template's text.

        Args:
            file: The name that errors give.
            text: JSON or YAML.

        Raises:
            TemplateError: As :meth:`read`.
        """
        with no_garbage_search():
            return cls._parsed(file, text)

    @classmethod
    def _parsed(cls, file: Path, text: str) -> Source:
        content = _parse_json(file, text) if _is_json(text) else _parse_yaml(file, text)
        if not isinstance(content, dict):
            got = "nothing" if content is None else type(content).__name__
            raise TemplateError(file, f"must hold a template, an object with Resources, got {got}")
        plain = PlainCopy()
        try:
            return cls(file, text, plain.copy(content))
        except TooMuchError as error:
            # The innermost parts may be too deep to be looked for.
            position = cls(file, text, {}).position(plain.path[:1])
            raise TemplateError(file, str(error), position) from error

    def position(self, path: Sequence[str | int]) -> Position:
        """Find the part of the template at a path; the nearest part around it where there is none at the path.

        Args:
            path: Keys and list indexes from the top.
        """
        if _is_json(self.text):
            return Position(*json_positions.find(self.text, path))
        from durable_mi.cloudformation import yaml_tags  # noqa: PLC0415 - JSON must not need PyYAML

        return Position(*yaml_tags.find(self.text, path))


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _parse_json(file: Path, text: str) -> object:
    def refuse(constant: str) -> NoReturn:
        msg = f"{constant} is not JSON"
        raise ValueError(msg)

    try:
        parsed: object = json.loads(text, parse_constant=refuse, object_pairs_hook=unique_keys)
    except json.JSONDecodeError as error:
        raise TemplateError(file, f"is not JSON: {error.msg}", Position(error.lineno, error.colno)) from error
    except DuplicateKeyError as error:
        raise TemplateError(file, str(error), Position(*json_positions.find_second(text))) from error
    except ValueError as error:
        raise TemplateError(file, f"is not JSON: {error}") from error
    except RecursionError as error:
        raise TemplateError(file, f"is nested deeper than {MAX_DEPTH} levels") from error
    return parsed


def _parse_yaml(file: Path, text: str) -> object:
    from durable_mi.cloudformation import yaml_tags  # noqa: PLC0415 - JSON must not need PyYAML

    try:
        return yaml_tags.load(text)
    except yaml_tags.YamlError as error:
        raise TemplateError(file, f"is not YAML: {error}", Position(error.line, error.column)) from error
