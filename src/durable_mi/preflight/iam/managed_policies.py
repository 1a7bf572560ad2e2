"""What AWS's managed policies allow, as far as the rules ask.

A role with a policy that is not here is not judged. Source: AWS Managed Policy Reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DURABLE_POLICY", "MANAGED_POLICIES", "OPERATOR_POLICY", "PATHS"]

DURABLE_POLICY: Final = "AWSLambdaBasicDurableExecutionRolePolicy"
"""What a durable function's role needs. Lambda Developer Guide, durable-security."""

OPERATOR_POLICY: Final = "AWSLambdaManagedEC2ResourceOperator"
"""What a capacity provider's operator role needs. Lambda Developer Guide, lambda-managed-instances-security."""

_LOGS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_DURABLE: Final = ("lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState")

MANAGED_POLICIES: Final[Mapping[str, tuple[str, ...]]] = {
    DURABLE_POLICY: (*_LOGS, *_DURABLE),
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": _LOGS,
    "AWSLambdaDynamoDBExecutionRole": _LOGS,
    "AWSLambdaKinesisExecutionRole": _LOGS,
    "AWSLambdaMSKExecutionRole": _LOGS,
    "AWSLambdaSQSQueueExecutionRole": _LOGS,
    "AdministratorAccess": ("*",),
    "PowerUserAccess": ("lambda:*", "logs:*", "ec2:*"),
    "AWSLambda_FullAccess": ("lambda:*",),
    "CloudWatchLogsFullAccess": ("logs:*",),
    "CloudWatchFullAccess": ("logs:*",),
    "CloudWatchFullAccessV2": ("logs:*",),
    "AmazonEC2FullAccess": ("ec2:*",),
    "AWSLambda_ReadOnlyAccess": ("lambda:Get*", "lambda:List*"),
    "ReadOnlyAccess": ("lambda:Get*", "lambda:List*"),
    OPERATOR_POLICY: ("ec2:RunInstances", "ec2:CreateTags"),
    # None of these has anything to do with logs, durable executions or instances.
    "AWSLambdaRole": (),
    "AWSXRayDaemonWriteAccess": (),
    "AWSXrayWriteOnlyAccess": (),
    "AmazonBedrockFullAccess": (),
    "AmazonDynamoDBFullAccess": (),
    "AmazonDynamoDBReadOnlyAccess": (),
    "AmazonS3FullAccess": (),
    "AmazonS3ReadOnlyAccess": (),
    "AmazonSNSFullAccess": (),
    "AmazonSQSFullAccess": (),
    "AmazonSSMReadOnlyAccess": (),
    "SecretsManagerReadWrite": (),
}
"""Action patterns of each managed policy, by name."""

PATHS: Final[Mapping[str, str]] = {DURABLE_POLICY: "service-role/", OPERATOR_POLICY: ""}
"""The path before the name in the ARN of policies that the rules ask for."""
