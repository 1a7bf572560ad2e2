"""What a set of policies says of an action on a resource: allowed, not allowed, or unknown."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Document", "allows", "parse_document"]

Document = dict[str, Any]
"""A policy document."""


def parse_document(document: object) -> Document:
    """Return a policy document as an API returns it: an object, JSON text, or that text percent-encoded.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(document, str):
        text = document if document.lstrip().startswith("{") else unquote(document)
        document = json.loads(text)
    if not isinstance(document, dict):
        msg = f"a policy document must be an object, got {type(document).__name__}"
        raise ValueError(msg)  # noqa: TRY004 - as for text that is not JSON
    return document


def allows(documents: Iterable[Document], action: str, resource: str, *, principal: str | None = None) -> bool | None:
    """Return whether policies together allow an action on a resource.

    Args:
        documents: All policies that hold for the caller.
        action: Such as ``lambda:CheckpointDurableExecution``.
        resource: ARN of the resource.
        principal: The caller, for policies of resources. Defaults to the policies' own role.

    Returns:
        ``None`` where it depends on a condition, a policy variable or a principal that is not known here.
    """
    is_allowed, is_unknown = False, False
    for statement in _statements(documents):
        match = _match(statement, action, resource, principal)
        if match is False:
            continue
        is_sure = match is True and not statement.get("Condition")
        if statement.get("Effect") == "Deny":
            if is_sure:
                return False
            is_unknown = True
        elif is_sure:
            is_allowed = True
        else:
            is_unknown = True
    return None if is_unknown else is_allowed


def _statements(documents: Iterable[Document]) -> Iterator[Mapping[str, Any]]:
    for document in documents:
        found = document.get("Statement") or []
        yield from (each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict))


def _match(statement: Mapping[str, Any], action: str, resource: str, principal: str | None) -> bool | None:
    parts = [
        _covers(statement, "Action", action, ignore_case=True),
        _covers(statement, "Resource", resource, ignore_case=False),
        True if principal is None else _is_principal(statement, principal),
    ]
    if False in parts:
        return False
    return None if None in parts else True


def _covers(statement: Mapping[str, Any], key: str, value: str, *, ignore_case: bool) -> bool | None:
    is_negated = f"Not{key}" in statement
    patterns = _texts(statement.get(f"Not{key}" if is_negated else key))
    if any("${" in pattern for pattern in patterns):
        return None
    found = any(_pattern(pattern, ignore_case).fullmatch(value) for pattern in patterns)
    return found is not is_negated


def _is_principal(statement: Mapping[str, Any], principal: str) -> bool | None:
    if "NotPrincipal" in statement:
        return None
    found = statement.get("Principal")
    if isinstance(found, dict):
        found = found.get("AWS")
    texts = _texts(found)
    account = principal.split(":")[4] if principal.count(":") > 4 else ""  # noqa: PLR2004 - arn:aws:iam::ACCOUNT:...
    if {"*", principal, account, f"arn:aws:iam::{account}:root"}.intersection(texts):
        return True
    return False if texts else None


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, list) else []


@lru_cache(maxsize=1024)
def _pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - a key of the cache
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(text, re.IGNORECASE if ignore_case else 0)
