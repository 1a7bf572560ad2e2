"""A customer managed key for the data of durable executions: inputs, results, errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from durable_mi.checks.warning import CheckWarning

if TYPE_CHECKING:
    from constructs import Construct

__all__ = ["ExecutionEncryption", "key_behind"]

_CONTEXT: Final = "kms:EncryptionContext:aws:lambda:FunctionArn"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecutionEncryption:
    """The key of a function's execution payloads, and the statements that let it be used. DG [durable-encryption].

    Attributes:
        key: A symmetric key in the function's account and region.
        region: The function's region, which can be a token.
    """

    key: kms.IKey
    region: str

    @classmethod
    def of(cls, scope: Construct, key: kms.IKey) -> ExecutionEncryption:
        """Check the key.

        Args:
            scope: The construct of the function.
            key: The key; for an alias of the app, the key of the alias is used.

        Raises:
            ValueError: The key is asymmetric or an HMAC key, or is in another region. The type of an imported key is
                not known.
        """
        key = key_behind(key)
        region = cdk.Stack.of(scope).region
        resource = key.node.default_child
        spec = resource.key_spec if isinstance(resource, kms.CfnKey) else None
        if spec is not None and spec != kms.KeySpec.SYMMETRIC_DEFAULT.value and not cdk.Token.is_unresolved(spec):
            msg = (
                f"encryption_key must be a symmetric encryption key, got {key.node.path} with {spec}: leave key_spec "
                "and key_usage out where the key is made"
            )
            raise ValueError(msg)
        known = not cdk.Token.is_unresolved(key.env.region) and not cdk.Token.is_unresolved(region)
        if known and key.env.region != region:
            msg = (
                f"encryption_key must be in the function's region {region}, got {key.node.path} in {key.env.region}: "
                f"make a key in {region}"
            )
            raise ValueError(msg)
        return cls(key=key, region=region)

    @property
    def key_arn(self) -> str:
        """The key's ARN."""
        return self.key.key_arn

    def allow_service(self, scope: Construct) -> CheckWarning | None:
        """Let Lambda encrypt and decrypt with the key, for the durable functions of this account and region.

        The statement does not name this function's ARN: the function names the key, so a key that named the function
        would be a circular dependency. AWS's example has the ARN; that a pattern is enough is inferred from how KMS
        conditions work.

        Args:
            scope: The construct of the function.

        Returns:
            A warning if the key is imported, because nothing can be added to its policy.
        """
        stack = cdk.Stack.of(scope)
        functions = stack.format_arn(
            service="lambda", resource="function", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        result = self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("lambda.amazonaws.com")],
                actions=["kms:GenerateDataKey", "kms:Decrypt"],
                resources=["*"],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": functions},
                    "StringLike": {_CONTEXT: functions},
                },
            )
        )
        if result.statement_added:
            return None
        return CheckWarning(
            id="durable-mi:imported-encryption-key",
            option="encryption_key",
            got="encryption_key is imported, so its key policy stays as it is",
            consequence=(
                "unless it allows lambda.amazonaws.com kms:GenerateDataKey and kms:Decrypt for this function, the "
                "deployment or the first execution fails"
            ),
            fix="Add the statement in docs/how-to/kms.md",
        )

    def read_statement(self, function_arn: str, sid: str | None = None) -> iam.PolicyStatement:
        """Allow reading execution data through Lambda, for one function.

        Args:
            function_arn: The function's ARN without qualifier.
            sid: The statement's id. Defaults to none.
        """
        return iam.PolicyStatement(
            sid=sid, actions=["kms:Decrypt"], resources=[self.key_arn], conditions=self.read_conditions(function_arn)
        )

    def read_conditions(self, function_arn: str) -> dict[str, dict[str, str]]:
        """Return the conditions for readers of execution data: through Lambda, for one function.

        Args:
            function_arn: The function's ARN without qualifier.
        """
        return {
            "StringEquals": {
                "kms:ViaService": f"lambda.{self.region}.amazonaws.com",
                _CONTEXT: function_arn,
            }
        }


def key_behind(key: kms.IKey) -> kms.IKey:
    """Return the key of an alias of the app, because policies must name keys; return any other key as is."""
    return key.alias_target_key if isinstance(key, kms.Alias) else key
