"""Policies that are replaced and not changed, so that a statement can move to another policy while functions run."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from durable_mi_constructs.tokens import is_unresolved

if TYPE_CHECKING:
    from constructs import IConstruct

__all__ = ["LENGTH", "digest", "own_policy", "replace_policy"]

LENGTH: Final = 8
"""Characters of a suffix, as CDK's own hashes in logical ids have them."""
_LONGEST_ID: Final = 255  # of a resource. CloudFormation, template quotas
_LONGEST_NAME: Final = 128  # of an inline policy. IAM, PutRolePolicy


def replace_policy(policy: iam.Policy | iam.ManagedPolicy, suffix: str) -> None:
    """Give a policy another logical id, and so another name.

    CloudFormation changes a policy in place, in the middle of an update. A statement that another policy gets later in
    the same update would be missing until then, for functions that run. A policy with a new logical id is created, and
    the old one is deleted when everything else is done.

    Args:
        policy: The policy.
        suffix: What the logical id ends with. Another one replaces the policy.
    """
    stack = cdk.Stack.of(policy)
    resource = cast("iam.CfnPolicy | iam.CfnManagedPolicy", policy.node.default_child)
    by_path = stack.get_logical_id(resource)
    current: str = stack.resolve(resource.logical_id)
    wanted = by_path[len(suffix) - _LONGEST_ID :] + suffix
    # An aspect comes more than once; and an id that the app itself gave stays.
    if current == wanted or not current.startswith(by_path):
        return
    resource.override_logical_id(wanted)
    if isinstance(resource, iam.CfnPolicy):
        # With the same name, the end of the old policy would be that of the new one. CDK derives a name from the
        # logical id once, perhaps before this.
        name = by_path if is_unresolved(resource.policy_name) else resource.policy_name
        resource.policy_name = name[len(suffix) - _LONGEST_NAME :] + suffix  # the end, as CDK takes it


def own_policy(role: IConstruct, stack: cdk.Stack) -> iam.Policy | None:
    """Return the policy that CDK keeps a role's own statements in, if there is one and it is of a stack.

    Args:
        role: A role, also an imported one.
        stack: The stack.
    """
    for construct_id in ("DefaultPolicy", "Policy"):
        policy = role.node.try_find_child(construct_id)
        if isinstance(policy, iam.Policy) and cdk.Stack.of(policy).node.addr == stack.node.addr:
            return policy
    return None


def digest(value: Any) -> str:  # noqa: ANN401 - a template's value is anything
    """Return the suffix for a value of a template.

    Args:
        value: The value, resolved.
    """
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:LENGTH].upper()
