"""`AWS::IAM::Role` and `AWS::IAM::Policy`: moto keeps their policies as no JSON, and the managed ones not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.iam.models import InlinePolicy as MotoPolicy
from moto.iam.models import Role as MotoRole
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Policy", "Role"]


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


def _as_text(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])}
