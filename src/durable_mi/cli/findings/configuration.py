"""What ``[tool.durable-mi]`` of a ``pyproject.toml`` sets for ``check`` and ``lint``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from durable_mi.cli.findings.globs import Globs
from durable_mi.cli.findings.rule_ids import known_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Configuration"]

_TABLE: Final = "durable-mi"
_KEYS: Final = {"ignore": '["DMC501"]', "exclude": '["tests/**"]'}
"""The keys, each with an example of its value."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project sets.

    Attributes:
        ignored: Ids of rules to leave out.
        excluded: Files that nothing is reported about.
    """

    ignored: frozenset[str] = frozenset()
    excluded: Globs = field(default_factory=lambda: Globs(Path(), ()))

    @classmethod
    def find(cls, directory: Path) -> Configuration:
        """Read the nearest ``pyproject.toml`` with the table, in a directory or above it.

        Args:
            directory: The working directory.

        Raises:
            click.UsageError: The table has an unknown key, a value of another type, or an unknown rule.
        """
        for above in (directory, *directory.parents):
            file = above / "pyproject.toml"
            table = _table(file)
            if table is not None:
                return cls(
                    ignored=known_rules(_strings(table, "ignore", file), f"ignore of [tool.{_TABLE}] in {file}"),
                    excluded=Globs(above, tuple(_strings(table, "exclude", file))),
                )
        return cls()


def _table(file: Path) -> dict[str, Any] | None:
    """Return the table of a file, ``None`` where it has none."""
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    # Most projects set nothing: their file need not be parsed.
    if _TABLE.encode() not in content:
        return None
    import tomllib  # noqa: PLC0415 - as above

    try:
        tool = tomllib.loads(content.decode("utf-8")).get("tool")
    except ValueError as error:
        message = f"{file} must be TOML in UTF-8, got {error}: correct it"
        raise click.UsageError(message) from error
    table = tool.get(_TABLE) if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        message = f"tool.{_TABLE} in {file} must be a table, got {_shown(table)}: write [tool.{_TABLE}]"
        raise click.UsageError(message)
    unknown = ", ".join(repr(key) for key in table if key not in _KEYS)
    if unknown:
        message = f"[tool.{_TABLE}] in {file} must have no other keys than {' and '.join(_KEYS)}, got {unknown}: "
        message += "correct or remove it"
        raise click.UsageError(message)
    return table


def _strings(table: dict[str, Any], key: str, file: Path) -> Iterator[str]:
    given = table.get(key, [])
    if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
        message = (
            f"{key} of [tool.{_TABLE}] in {file} must be a list of texts such as {_KEYS[key]}, got {_shown(given)}: "
            "put texts into a list"
        )
        raise click.UsageError(message)
    yield from given


def _shown(value: object) -> str:
    return repr(value)
