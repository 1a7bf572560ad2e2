"""The policies of an execution role, as far as they may be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from durable_mi.diagnosis.account.policy_document import allows, parse_document
from durable_mi.operate.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from durable_mi.diagnosis.account.calls import Calls
    from durable_mi.diagnosis.account.policy_document import Document

__all__ = ["RolePolicies", "read_role"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePolicies:
    """All policies of a role, each read to its end.

    Attributes:
        arn: The role's ARN.
        documents: Its inline and attached policies.
        boundary: Its permissions boundary; ``None`` without one.
    """

    arn: str
    documents: Sequence[Document]
    boundary: Document | None = None

    def allows(self, action: str, resource: str) -> bool | None:
        """Return whether the role may do something; ``None`` where that depends on what is not known here."""
        by_policies = allows(self.documents, action, resource)
        if self.boundary is None or by_policies is False:
            return by_policies
        within = allows([self.boundary], action, resource)
        return within if by_policies else (False if within is False else None)


def read_role(calls: Calls, arn: str) -> RolePolicies:
    """Read a role's policies.

    Raises:
        ServiceError: One of them cannot be read, so that nothing is known of the role.
    """
    name, subject = arn.rpartition("/")[2], f"role {arn.rpartition('/')[2]}"
    role = calls.call("iam:GetRole", subject, RoleName=name)["Role"]
    inline = calls.every("iam:ListRolePolicies", subject, "PolicyNames", RoleName=name)
    attached = calls.every("iam:ListAttachedRolePolicies", subject, "AttachedPolicies", RoleName=name)
    documents = [
        _document(calls.call("iam:GetRolePolicy", subject, RoleName=name, PolicyName=each)["PolicyDocument"], subject)
        for each in inline
    ]
    documents += [_managed(calls, each["PolicyArn"]) for each in attached]
    boundary = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return RolePolicies(
        arn=arn, documents=tuple(documents), boundary=None if boundary is None else _managed(calls, boundary)
    )


def _managed(calls: Calls, arn: str) -> Document:
    subject = f"policy {arn.rpartition('/')[2]}"
    version = calls.call("iam:GetPolicy", subject, PolicyArn=arn)["Policy"]["DefaultVersionId"]
    answer = calls.call("iam:GetPolicyVersion", subject, PolicyArn=arn, VersionId=version)
    return _document(answer["PolicyVersion"]["Document"], subject)


def _document(document: Any, subject: str) -> Document:  # noqa: ANN401 - as boto3 returns it
    try:
        return parse_document(document)
    except ValueError as error:
        msg = f"{subject} must have policies in JSON, got another form ({error})"
        raise ServiceError(msg) from error
