"""Conditions of a statement that no request meets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Unknown, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.iam.statement import Statement

__all__ = ["required_values", "requires_wildcard"]

_OPERATOR: Final = re.compile(r"(ForAnyValue:)?(?P<kind>String|Arn)(?P<how>Equals|Like|EqualsIgnoreCase)(IfExists)?")
# What these hold is an ARN, in which there is no asterisk.
_ARNS: Final = ("aws:sourcearn", "kms:encryptioncontext:aws:lambda:functionarn", "kms:encryptioncontext:aws:logs:arn")


def requires_wildcard(statement: Statement) -> bool:
    """Return whether a statement requires an ARN that is a pattern: ``StringEquals`` knows no wildcards."""
    return any(
        values and all(_is_pattern(value) for value in values)
        for key in _ARNS
        for exact, values in _conditions(statement, key)
        if exact
    )


def required_values(statement: Statement, key: str) -> Iterator[list[object]]:
    """Yield the resolved values that a key of the request must have one of; for each operator that names the key.

    Args:
        statement: The statement.
        key: The key, in lower case.
    """
    for _, values in _conditions(statement, key):
        yield values


def _conditions(statement: Statement, key: str) -> Iterator[tuple[bool, list[object]]]:
    """Yield whether values are compared as they are, and the values. What is not known is left out."""
    item, at = statement.item, (*statement.path, "Condition")
    condition = item.within(statement.condition, at=at)
    for name, keys in condition.items() if isinstance(condition, dict) else ():
        operator = _OPERATOR.fullmatch(name) if isinstance(name, str) else None
        pairs = item.within(keys, at=(*at, name)) if operator is not None else None
        for given, value in pairs.items() if isinstance(pairs, dict) else ():
            if not isinstance(given, str) or given.lower() != key or operator is None:
                continue
            where = (*at, name, given)
            listed = item.within(value, at=where)
            values = [item.within(entry, at=where) for entry in (listed if isinstance(listed, list) else [listed])]
            if not any(isinstance(entry, Unknown) or entry is MISSING for entry in values):
                yield operator["kind"] == "String" and operator["how"] != "Like", values


def _is_pattern(value: object) -> bool:
    return any(isinstance(part, str) and "*" in part and "${" not in part for part in parts_of(value))
