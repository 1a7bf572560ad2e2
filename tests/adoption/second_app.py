"""A second app starts and watches a workflow of which it knows the ARN and two names."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from durable_mi_constructs import DurableExecutionStatus, DurableManagedFunction

FOUND = {
    ("AwsSolutions-IAM5", "Api"),
    ("NIST.800.53.R5-IAMNoInlinePolicy", "Api"),
    ("NIST.800.53.R5-SNSEncryptedKMS", "Failures"),
    ("Serverless-EventBusDLQ", "Orders"),
    ("NIST.800.53.R5-CloudWatchAlarmAction", "Orders"),
    ("Serverless-EventBusDLQ", "Placed"),
}
"""What the app itself has to answer for: the rule, and the child of the stack that it is about."""


def build(app: cdk.App) -> None:
    """Add the stack to an app."""
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(account="111122223333", region="eu-central-1"))
    orders = DurableManagedFunction.from_attributes(
        stack,
        "Orders",
        function_arn="arn:aws:lambda:eu-central-1:111122223333:function:orders",
        capacity_provider_name="orders-instances",
    )
    api = iam.Role(stack, "Api", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    orders.grants.start(api)
    orders.grants.observe(api)
    events.Rule(
        stack,
        "Placed",
        event_pattern=events.EventPattern(source=["shop"], detail_type=["Order placed"]),
        targets=[targets.LambdaFunction(orders.alias)],
    )
    failures = sns.Topic(stack, "Failures", enforce_ssl=True)
    orders.on_status_change("Failed", statuses=[DurableExecutionStatus.FAILED], target=targets.SnsTopic(failures))
    orders.monitor()
