"""What the deployed roles may do, by an evaluator of IAM policies that nobody here wrote.

`@cloud-copilot/iam-simulate` evaluates identity policies, resource policies and conditions. It knows from AWS's service
reference which resource types an action takes: to ask for an action on an ARN that does not fit is an error.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.deploy.account import TOOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from types_boto3_iam import IAMClient

__all__ = ["Question", "Role", "allowed"]

_ALLOWED: Final = "Allowed"


@dataclass(frozen=True)
class Question:
    """May who asks do this to that?

    Attributes:
        action: Such as `sqs:SendMessage`.
        resource: An ARN.
        context: The request's condition keys with their values.
    """

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Say it short."""
        return f"{self.action} {self.resource}"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role as it stands in IAM.

    Attributes:
        arn: Its ARN.
        trust: Who may assume it.
        policies: Every inline and managed policy that it has.
    """

    arn: str
    trust: Mapping[str, Any]
    policies: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, iam: IAMClient, name: str) -> Role:
        """Read it back from IAM."""
        role = iam.get_role(RoleName=name)["Role"]
        inline = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        managed = [
            _default_version(iam, policy["PolicyArn"])
            for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        ]
        return cls(
            arn=role["Arn"],
            trust=json.loads(json.dumps(role["AssumeRolePolicyDocument"])),
            policies=json.loads(json.dumps([*inline, *managed])),
        )


def _default_version(iam: IAMClient, arn: str) -> Mapping[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Any = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return dict(document)


def allowed(
    principal: str,
    questions: Sequence[Question],
    *,
    policies: Sequence[Mapping[str, Any]] = (),
    resource_policy: Mapping[str, Any] | None = None,
) -> set[Question]:
    """Return the questions that are answered with yes.

    Args:
        principal: ARN of who asks, or a service such as `lambda.amazonaws.com`.
        questions: All questions.
        policies: The identity policies of who asks.
        resource_policy: The policy of what is asked for.
    """
    asked = [
        {
            "principal": principal,
            "action": question.action,
            "resource": question.resource,
            "account": question.resource.split(":")[4],
            "identityPolicies": list(policies),
            "resourcePolicy": resource_policy,
            "context": dict(question.context),
        }
        for question in questions
    ]
    decisions = _simulate(asked)
    wrong = {question: it for question, it in zip(questions, decisions, strict=True) if it.startswith("error")}
    assert not wrong, wrong
    return {question for question, it in zip(questions, decisions, strict=True) if it == _ALLOWED}


def _simulate(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    modules = TOOLS.parent / "iam"
    assert _library(modules).exists(), (
        "the policy evaluator must be in .venv/iam, found none: `make test` gets it from npm"
    )
    script = __file__.replace("permissions.py", "policy_simulation.cjs")
    done = subprocess.run(
        [str(TOOLS / "node"), script, str(modules)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    decisions: list[str] = json.loads(done.stdout)
    return decisions


def _library(modules: Path) -> Path:
    return modules / "node_modules" / "@cloud-copilot" / "iam-simulate"
