"""Which service a statement of a resource's own policy lets in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from durable_mi.cloudformation.values import MISSING, Reference, Unknown, parts_of
from durable_mi.preflight.iam.conditions import requires_wildcard
from durable_mi.preflight.iam.statement import statements
from durable_mi.preflight.parameters import without_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["allowed_by_policy", "lets_in", "may_be_role"]


def lets_in(statement: Statement, service: str) -> bool:
    """Return whether a statement may be about a service; also where that is not known.

    Args:
        statement: The statement.
        service: A regular expression for the service principal.
    """
    principal = statement.item.within(statement.principal, at=(*statement.path, "Principal"))
    if not isinstance(principal, dict):
        return True
    if "*" in _listed(statement, principal.get("AWS"), "AWS"):
        return True
    return any(_may_be(entry, service) for entry in _listed(statement, principal.get("Service"), "Service"))


def may_be_role(statement: Statement, role: TemplateResource | None) -> bool:
    """Return whether a statement may be about a role; also where that is not known.

    Args:
        statement: The statement.
        role: The role; ``None`` where it is not known.
    """
    principal = statement.item.within(statement.principal, at=(*statement.path, "Principal"))
    if role is None or not isinstance(principal, dict):
        return True
    named = _listed(statement, principal.get("AWS"), "AWS")
    return any(not isinstance(entry, Reference) or entry == Reference(role.id, "Arn") for entry in named)


def allowed_by_policy(
    item: TemplateResource,
    path: Path,
    service: str,
    wanted: Iterable[str],
    holds: Callable[[Statement], bool] = lambda _: True,
) -> list[str]:
    """Return which actions no statement of a resource's own policy allows to a service.

    Args:
        item: The resource.
        path: The policy document in its properties.
        service: A regular expression for the service principal.
        wanted: The actions.
        holds: Whether the condition of a statement may hold.
    """
    every = [statement for statement in statements(item, path) if not statement.denies or not statement.is_conditional]
    granting = [
        entry
        for entry in every
        if not entry.denies
        and (entry.is_open or (lets_in(entry, service) and not requires_wildcard(entry) and holds(entry)))
    ]
    denying = [entry for entry in every if entry.denies and _is_about(entry, service)]
    return [
        action
        for action in wanted
        if not any(entry.covers(action) for entry in granting) or any(entry.names(action) for entry in denying)
    ]


def _is_about(statement: Statement, service: str) -> bool:
    """Return whether a statement is known to be about a service."""
    principal = statement.item.within(statement.principal, at=(*statement.path, "Principal"))
    if not isinstance(principal, dict):
        return principal == "*"
    services = _listed(statement, principal.get("Service"), "Service")
    return "*" in _listed(statement, principal.get("AWS"), "AWS") or any(
        isinstance(entry, str) and re.fullmatch(service, entry) is not None for entry in services
    )


def _listed(statement: Statement, value: object, kind: str) -> list[object]:
    at = (*statement.path, "Principal", kind)
    given = statement.item.within(value, at=at)
    if given is MISSING:
        return []
    return [statement.item.within(entry, at=at) for entry in (given if isinstance(given, list) else [given])]


def _may_be(value: object, service: str) -> bool:
    parts = parts_of(value)
    if any(isinstance(part, Unknown) and not part.what.startswith("AWS::") for part in parts) or not parts:
        return True
    # Region and domain as they are in the standard partition: which one it is, is known only at deploy time.
    usual = {"AWS::Region": "region", "AWS::URLSuffix": "amazonaws.com"}
    text = "".join(
        part if isinstance(part, str) else usual.get(without_stack(part), "x") if isinstance(part, Unknown) else "x"
        for part in parts
    )
    return re.fullmatch(service, text) is not None
