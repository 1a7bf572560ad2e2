"""What a role of the template may do."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from durable_mi.cloudformation.values import MISSING, Reference, Text, Unknown, parts_of, shown
from durable_mi.preflight.iam import actions
from durable_mi.preflight.iam.managed_policies import MANAGED_POLICIES, PATHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from durable_mi.preflight.finding import Path
    from durable_mi.preflight.iam.statement import Statement
    from durable_mi.preflight.resource_index import ResourceIndex
    from durable_mi.preflight.template_resource import TemplateResource

__all__ = ["Policies", "attached", "misplaced"]

_MANAGED_ARN: Final = re.compile(r":iam::aws:policy/(?P<path>(?:[\w-]+/)*)(?P<name>[\w-]+)$")


@dataclass(frozen=True, slots=True)
class Policies:
    """What a role is allowed and denied.

    Attributes:
        granting: The statements of the template that allow something.
        denying: Those that deny something.
        managed: Action patterns of AWS's managed policies, which hold on every resource.
        is_complete: Whether every policy is known.
        boundary: What the permissions boundary allows; ``None`` without one, or where it is not known.
    """

    granting: tuple[Statement, ...]
    denying: tuple[Statement, ...]
    managed: tuple[str, ...]
    is_complete: bool
    boundary: Policies | None = None

    @classmethod
    def of(
        cls,
        resources: ResourceIndex,
        role: TemplateResource,
        attached_policies: Mapping[str, Iterable[tuple[TemplateResource, Path]]],
    ) -> Policies:
        """Collect what a role of the template is allowed and denied.

        Args:
            resources: The template.
            role: The role.
            attached_policies: As :func:`attached` returns them.
        """
        found: list[Statement] = []
        managed: list[str] = []
        inline = role.entries("Policies")
        for owner, path in (*_inline(role, len(inline or ())), *attached_policies.get(role.id, ())):
            found += resources.statements(owner, path)
        arns = role.entries("ManagedPolicyArns")
        is_complete = arns is not None and inline is not None and "" not in attached_policies
        for arn in arns or ():
            inner = _of_arn(resources, arn)
            if inner is None:
                is_complete = False
            else:
                found += inner[0]
                managed += inner[1]
        granting, denying = _sorted(found)
        return cls(granting, denying, tuple(managed), is_complete, _boundary(resources, role))

    def allows(self, action: str) -> bool:
        """Return whether any policy allows an action, on whatever resource; also where that is not known."""
        return not self.is_complete or self.is_managed(action) or any(entry.covers(action) for entry in self.granting)

    @property
    def every_denial(self) -> tuple[Statement, ...]:
        """The statements that deny something, those of the permissions boundary among them."""
        return (*self.denying, *(self.boundary.denying if self.boundary else ()))

    def is_managed(self, action: str) -> bool:
        """Return whether a managed policy allows an action, on every resource."""
        return actions.matches_any(self.managed, action)


def attached(resources: ResourceIndex) -> dict[str, list[tuple[TemplateResource, Path]]]:
    """Return the policies of the template that are attached to each role, by the role's logical id.

    Args:
        resources: The template.

    Returns:
        For each role the resources, each with the path of the policy document in its properties. Under an empty text
        those that are attached to a role that is not known.
    """
    by_name = {
        role.get("RoleName"): role.id
        for role in resources.of_type("AWS::IAM::Role")
        if isinstance(role.get("RoleName"), str | Text)
    }
    found: dict[str, list[tuple[TemplateResource, Path]]] = defaultdict(list)
    for policy in resources.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        own = policy.type == "AWS::IAM::RolePolicy"
        roles = [policy.get("RoleName")] if own else policy.entries("Roles")
        for role in [Unknown("Roles")] if roles is None else roles:
            if isinstance(role, Reference):
                found[role.logical_id].append((policy, ("PolicyDocument",)))
            elif isinstance(role, str | Text) and role in by_name:
                found[by_name[role]].append((policy, ("PolicyDocument",)))
            elif isinstance(role, Unknown):
                found[""].append((policy, ("PolicyDocument",)))
    return found


def misplaced(role: TemplateResource, name: str) -> int | None:
    """Return which of a role's policies is one of AWS's whose ARN has another path, so that there is no such policy.

    Args:
        role: The role.
        name: The policy's name.
    """
    for index, arn in enumerate(role.entries("ManagedPolicyArns") or ()):
        found = _managed(arn)
        if found is not None and found["name"] == name and found["path"] != PATHS[name]:
            return index
    return None


def _of_arn(resources: ResourceIndex, arn: object) -> tuple[list[Statement], tuple[str, ...]] | None:
    policy = resources.referred(arn, "AWS::IAM::ManagedPolicy", {"", "PolicyArn"}) or _named(resources, arn)
    if policy is not None:
        return list(resources.statements(policy, ("PolicyDocument",))), ()
    name = _managed_name(arn)
    return None if name is None or name not in MANAGED_POLICIES else ([], MANAGED_POLICIES[name])


def _named(resources: ResourceIndex, arn: object) -> TemplateResource | None:
    """Return the policy of the template whose name is at the end of an ARN of the account."""
    if not isinstance(arn, str | Text) or not resources.policy_names:
        return None
    _, found, path = shown(arn).partition(":policy/")
    return resources.policy_names.get(path.rpartition("/")[2]) if found and _managed_name(arn) is None else None


def _boundary(resources: ResourceIndex, role: TemplateResource) -> Policies | None:
    arn = role.get("PermissionsBoundary")
    found = None if arn is MISSING else _of_arn(resources, arn)
    if found is None:
        return None
    granting, denying = _sorted(found[0])
    return Policies(granting, denying, found[1], is_complete=True)


def _sorted(found: Iterable[Statement]) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    together = list(found)
    return tuple(entry for entry in together if not entry.denies), tuple(entry for entry in together if entry.denies)


def _inline(role: TemplateResource, count: int) -> Iterator[tuple[TemplateResource, Path]]:
    for index in range(count):
        yield role, ("Policies", index, "PolicyDocument")


def _managed(arn: object) -> re.Match[str] | None:
    return _MANAGED_ARN.search("".join(part if isinstance(part, str) else "x" for part in parts_of(arn)))


def _managed_name(arn: object) -> str | None:
    found = _managed(arn)
    return found["name"] if found else None
