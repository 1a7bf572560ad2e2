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


ENV = cdk.Environment(account="111122223333", region="eu-central-1")


def build(
    app: cdk.App,
    *,
    env: cdk.Environment = ENV,
    function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:orders",
    capacity_provider_name: str = "orders-instances",
) -> None:
    """Add the stack to an app.

    Args:
        app: The app.
        env: Account and Region of both apps.
        function_arn: What the first app exports.
        capacity_provider_name: The same.
    """
    stack = cdk.Stack(app, "Shop", env=env)
    orders = DurableManagedFunction.from_attributes(
        stack,
        "Orders",
        function_arn=function_arn,
        capacity_provider_name=capacity_provider_name,
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
