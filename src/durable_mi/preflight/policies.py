"""What a role of the template may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.preflight.managed_policies import MANAGED_POLICIES
from durable_mi.preflight.values import Reference, Unknown, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.item import Item
    from durable_mi.preflight.model import Model

__all__ = ["Policies", "Statement", "statements"]

_MANAGED_ARN: Final = re.compile(r":iam::aws:policy/(?:[\w-]+/)*(?P<name>[\w-]+)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A policy statement that allows something.

    Attributes:
        item: the resource it stands in.
        path: where in its properties.
        actions: the patterns of its actions.
        resources: its resolved resources.
        is_open: whether it says what it does not cover (``NotAction``, ``NotResource``), or a part is not known.
    """

    item: Item
    path: Path
    actions: tuple[str, ...]
    resources: tuple[object, ...]
    is_open: bool

    def allows(self, action: str) -> bool:
        """Whether an action is among its actions, on whatever resource."""
        return self.is_open or any(_matches(pattern, action) for pattern in self.actions)


@dataclass(frozen=True, slots=True)
class Policies:
    """All that a role is allowed, every policy known.

    Attributes:
        statements: the statements of the template.
        managed: action patterns of AWS's managed policies, which hold on every resource.
    """

    statements: tuple[Statement, ...]
    managed: tuple[str, ...]

    @classmethod
    def of(cls, model: Model, role: Item | None) -> Policies | None:
        """Collect what a role of the template is allowed.

        Args:
            model: the template.
            role: the role.

        Returns:
            ``None`` where there is no role, or one of its policies is not known.
        """
        if role is None:
            return None
        found: list[Statement] = []
        managed: list[str] = []
        for owner, path in _documents(model, role):
            found += statements(owner, path)
        arns = role.entries("ManagedPolicyArns")
        if arns is None:
            return None
        for arn in arns:
            policy = model.referred(arn, "AWS::IAM::ManagedPolicy", {"", "PolicyArn"})
            if policy is not None:
                found += statements(policy, ("PolicyDocument",))
                continue
            name = _managed_name(arn)
            if name is None or name not in MANAGED_POLICIES:
                return None
            managed += MANAGED_POLICIES[name]
        return cls(tuple(found), tuple(managed))

    def allows(self, action: str) -> bool:
        """Whether any policy allows an action, on whatever resource."""
        return self.is_managed(action) or any(statement.allows(action) for statement in self.statements)

    def is_managed(self, action: str) -> bool:
        """Whether a managed policy allows an action, on every resource."""
        return any(_matches(pattern, action) for pattern in self.managed)


def statements(item: Item, path: Path) -> Iterator[Statement]:
    """Give the statements of a policy document that allow something.

    Args:
        item: the resource that holds the document.
        path: where in its properties the document stands.
    """
    document = item.get(*path)
    if isinstance(document, Unknown):
        yield Statement(item, path, (), (), is_open=True)
        return
    listed = isinstance(item.get(*path, "Statement"), list)
    for index, statement in enumerate(item.entries(*path, "Statement") or ()):
        if not isinstance(statement, dict):
            yield Statement(item, path, (), (), is_open=True)
            continue
        if item.within(statement.get("Effect"), at=path) == "Deny":
            continue
        where = (*path, "Statement", index) if listed else (*path, "Statement")
        actions = item.entries(*where, "Action")
        resources = item.entries(*where, "Resource")
        yield Statement(
            item,
            where,
            tuple(action for action in actions or () if isinstance(action, str)),
            tuple(resources or ()),
            is_open="NotAction" in statement
            or "NotResource" in statement
            or actions is None
            or any(not isinstance(action, str) for action in actions),
        )


def _documents(model: Model, role: Item) -> Iterator[tuple[Item, Path]]:
    """Every policy document of the template that is attached to a role, as resource and path."""
    for index in range(len(role.entries("Policies") or ())):
        yield role, ("Policies", index, "PolicyDocument")
    for policy in model.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        if any(_is_role(attached, role) for attached in policy.entries("Roles") or ()):
            yield policy, ("PolicyDocument",)
    for policy in model.of_type("AWS::IAM::RolePolicy"):
        if _is_role(policy.get("RoleName"), role):
            yield policy, ("PolicyDocument",)


def _is_role(value: object, role: Item) -> bool:
    if isinstance(value, Reference):
        return value.logical_id == role.id
    return isinstance(value, str) and value == role.get("RoleName")


def _managed_name(arn: object) -> str | None:
    found = _MANAGED_ARN.search("".join(part if isinstance(part, str) else "x" for part in parts_of(arn)))
    return found["name"] if found else None


def _matches(pattern: str, action: str) -> bool:
    """Whether IAM would match an action with a pattern: case does not count, ``*`` and ``?`` are wildcards."""
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action.lower()) is not None
