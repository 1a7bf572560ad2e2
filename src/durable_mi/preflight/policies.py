"""What a role of the template may do."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import Reference, Unknown, parts_of
from durable_mi.preflight.managed_policies import MANAGED_POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.resource_index import ResourceIndex
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Policies", "Statement", "attached", "statements"]

_MANAGED_ARN: Final = re.compile(r":iam::aws:policy/(?:[\w-]+/)*(?P<name>[\w-]+)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A policy statement that allows something.

    Attributes:
        item: The resource that has it.
        path: Where in its properties.
        actions: The patterns of its actions.
        resources: Its resolved resources.
        is_open: Whether it says what it does not cover (``NotAction``, ``NotResource``), or a part is not known.
    """

    item: TemplateResource
    path: Path
    actions: tuple[str, ...]
    resources: tuple[object, ...]
    is_open: bool

    def allows(self, action: str) -> bool:
        """Return whether an action is among its actions, on whatever resource."""
        return self.is_open or any(_matches(pattern, action) for pattern in self.actions)


@dataclass(frozen=True, slots=True)
class Policies:
    """All that a role is allowed, every policy known.

    Attributes:
        statements: The statements of the template.
        managed: Action patterns of AWS's managed policies, which hold on every resource.
    """

    statements: tuple[Statement, ...]
    managed: tuple[str, ...]

    @classmethod
    def of(
        cls, resources: ResourceIndex, role: TemplateResource, attached_to_it: Iterable[tuple[TemplateResource, Path]]
    ) -> Policies | None:
        """Collect what a role of the template is allowed.

        Args:
            resources: The template.
            role: The role.
            attached_to_it: The policies that are attached to it, as :func:`attached` returns them.

        Returns:
            ``None`` where one of its policies is not known.
        """
        found: list[Statement] = []
        managed: list[str] = []
        for owner, path in (*_inline(role), *attached_to_it):
            found += statements(owner, path)
        arns = role.entries("ManagedPolicyArns")
        if arns is None:
            return None
        for arn in arns:
            policy = resources.referred(arn, "AWS::IAM::ManagedPolicy", {"", "PolicyArn"})
            if policy is not None:
                found += statements(policy, ("PolicyDocument",))
                continue
            name = _managed_name(arn)
            if name is None or name not in MANAGED_POLICIES:
                return None
            managed += MANAGED_POLICIES[name]
        return cls(tuple(found), tuple(managed))

    def allows(self, action: str) -> bool:
        """Return whether any policy allows an action, on whatever resource."""
        return self.is_managed(action) or any(statement.allows(action) for statement in self.statements)

    def is_managed(self, action: str) -> bool:
        """Return whether a managed policy allows an action, on every resource."""
        return any(_matches(pattern, action) for pattern in self.managed)


def statements(item: TemplateResource, path: Path) -> Iterator[Statement]:
    """Yield the statements of a policy document that allow something.

    Args:
        item: The resource that holds the document.
        path: The document's path in its properties.
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


def attached(resources: ResourceIndex) -> dict[str, list[tuple[TemplateResource, Path]]]:
    """Return the policies of the template that are attached to each role, by the role's logical id.

    Args:
        resources: The template.

    Returns:
        For each role the resources, each with the path of the policy document in its properties.
    """
    by_name = {role.get("RoleName"): role.id for role in resources.of_type("AWS::IAM::Role") if role.text("RoleName")}
    found: dict[str, list[tuple[TemplateResource, Path]]] = defaultdict(list)
    for policy in resources.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        own = policy.type == "AWS::IAM::RolePolicy"
        for role in [policy.get("RoleName")] if own else policy.entries("Roles") or ():
            if isinstance(role, Reference):
                found[role.logical_id].append((policy, ("PolicyDocument",)))
            elif isinstance(role, str) and role in by_name:
                found[by_name[role]].append((policy, ("PolicyDocument",)))
    return found


def _inline(role: TemplateResource) -> Iterator[tuple[TemplateResource, Path]]:
    for index in range(len(role.entries("Policies") or ())):
        yield role, ("Policies", index, "PolicyDocument")


def _managed_name(arn: object) -> str | None:
    found = _MANAGED_ARN.search("".join(part if isinstance(part, str) else "x" for part in parts_of(arn)))
    return found["name"] if found else None


@lru_cache(maxsize=4096)
def _matches(pattern: str, action: str) -> bool:
    """Return whether IAM would match an action with a pattern: case does not count, ``*`` and ``?`` are wildcards."""
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action.lower()) is not None
