"""A security team owns the roles: one stack has them, the teams' stacks have the functions."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity

FOUND = {
    ("AwsSolutions-IAM5", "Ship"),
    ("AwsSolutions-IAM5", "Refund"),
}
"""What the app itself has to answer for: the rule, and the child of the stack that it is about."""


ENV = cdk.Environment(account="111122223333", region="eu-central-1")


def build(app: cdk.App, *, env: cdk.Environment = ENV) -> None:
    """Add the stacks to an app.

    Args:
        app: The app.
        env: Account and Region of both stacks.
    """
    security = cdk.Stack(app, "Security", env=env)
    role = iam.Role(security, "Workflows", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), path="/workflows/")

    orders = cdk.Stack(app, "Orders", env=env)
    capacity = ManagedCapacity(orders, "Capacity")
    key = kms.Key(orders, "Key", enable_key_rotation=True)
    table = dynamodb.TableV2(
        orders,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        encryption=dynamodb.TableEncryptionV2.customer_managed_key(key),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )
    for name in ("Ship", "Refund"):
        workflow = DurableManagedFunction(
            orders,
            name,
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            handler="index.handler",
            execution_timeout=cdk.Duration.days(7),
            role=role,
            capacity=capacity,
            encryption_key=key,
            environment={"TABLE": table.table_name},
        )
        table.grant_read_write_data(workflow)
