"""IAM's roles and policies: moto keeps the policies of roles as no JSON or not at all, and managed ones for ever."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.models import InlinePolicy as MotoPolicy
from moto.iam.models import ManagedPolicy as MotoManagedPolicy
from moto.iam.models import Role as MotoRole
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ManagedPolicy", "Policy", "Role"]


class Role(MotoRole):
    """A role with its inline and its managed policies."""

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> MotoRole:
        properties = cloudformation_json["Properties"]
        body = {"Properties": properties | {"Policies": [_as_text(it) for it in properties.get("Policies", [])]}}
        role = super().create_from_cloudformation_json(resource_name, body, account_id, region_name, **kwargs)
        for arn in properties.get("ManagedPolicyArns", []):
            iam_backends[account_id][get_partition(region_name)].attach_role_policy(arn, role.name)
        return role

    @classmethod
    def delete_from_cloudformation_json(  # noqa: D102 - moto's
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str
    ) -> None:
        backend = iam_backends[account_id][get_partition(region_name)]
        for arn in list(backend.get_role(resource_name).managed_policies):
            backend.detach_role_policy(arn, resource_name)
        super().delete_from_cloudformation_json(resource_name, cloudformation_json, account_id, region_name)


class Policy(MotoPolicy):
    """An inline policy, as text."""

    updates_in_place = True

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> MotoPolicy:
        body = {"Properties": _as_text(cloudformation_json["Properties"])}
        return super().create_from_cloudformation_json(resource_name, body, account_id, region_name, **kwargs)

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: MotoPolicy,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> MotoPolicy:
        body = {"Properties": _as_text(cloudformation_json["Properties"])}
        return super().update_from_cloudformation_json(
            original_resource, new_resource_name, body, account_id, region_name
        )


class ManagedPolicy(MotoManagedPolicy):
    """A managed policy of a stack, which moto's CloudFormation neither changes nor deletes."""

    updates_in_place = True

    @classmethod
    def create_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> MotoManagedPolicy:
        policy = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, account_id, region_name, **kwargs
        )
        # Moto makes one of its own class.
        policy.__class__ = cls
        return policy

    @classmethod
    def update_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        original_resource: MotoManagedPolicy,
        new_resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,  # noqa: ARG003 - moto's signature
    ) -> MotoManagedPolicy:
        original_resource.versions[-1].document = _as_text(cloudformation_json["Properties"])["PolicyDocument"]
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(  # noqa: D102 - moto's
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],  # noqa: ARG003 - moto's signature
        account_id: str,
        region_name: str,
    ) -> None:
        backend = iam_backends[account_id][get_partition(region_name)]
        for role in backend.roles.values():
            if resource_name in role.managed_policies:
                backend.detach_role_policy(resource_name, role.name)
        backend.delete_policy(resource_name)


def _as_text(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])}
