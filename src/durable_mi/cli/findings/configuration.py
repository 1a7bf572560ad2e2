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

__all__ = ["FAIL_ON", "Configuration"]

FAIL_ON: Final = ("error", "warning")
"""Severities that a run can fail on."""
_TABLE: Final = "durable-mi"
_KEYS: Final = {
    "ignore": '["DMC501"]',
    "exclude": '["tests/**"]',
    "baseline": '"durable-mi.json"',
    "fail-on": '"warning"',
}
"""The keys, each with an example of its value."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project sets.

    Attributes:
        ignored: Ids of rules to leave out.
        excluded: Files that nothing is reported about.
        baseline: The baseline, ``None`` where none is set.
        fail_on: The severity to fail on, ``None`` where none is set.
        file: The ``pyproject.toml``, ``None`` where none has the table.
    """

    ignored: frozenset[str] = frozenset()
    excluded: Globs = field(default_factory=lambda: Globs(Path(), ()))
    baseline: Path | None = None
    fail_on: str | None = None
    file: Path | None = None

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
                baseline = _text(table, "baseline", file)
                return cls(
                    ignored=known_rules(_strings(table, "ignore", file), f"ignore of [tool.{_TABLE}] in {file}"),
                    excluded=Globs(above, tuple(_strings(table, "exclude", file))),
                    baseline=above / baseline if baseline is not None else None,
                    fail_on=_severity(table, file),
                    file=file,
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
        message = f"[tool.{_TABLE}] in {file} must have no other keys than {', '.join(_KEYS)}, got {unknown}: "
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


def _text(table: dict[str, Any], key: str, file: Path) -> str | None:
    given = table.get(key)
    if given is not None and not (isinstance(given, str) and given.strip()):
        message = (
            f"{key} of [tool.{_TABLE}] in {file} must be a text such as {_KEYS[key]}, got {_shown(given)}: correct it"
        )
        raise click.UsageError(message)
    return given


def _severity(table: dict[str, Any], file: Path) -> str | None:
    given = _text(table, "fail-on", file)
    if given is not None and given not in FAIL_ON:
        message = (
            f"fail-on of [tool.{_TABLE}] in {file} must be {' or '.join(FAIL_ON)}, got {_shown(given)}: correct it"
        )
        raise click.UsageError(message)
    return given


def _shown(value: object) -> str:
    return repr(value)
