"""Report the day's sales every night: what a schedule starts, and may start twice."""

from __future__ import annotations

import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import StepConfig, StepSemantics
from aws_durable_execution_sdk_python.retries import RetryPresets
from boto3.dynamodb.conditions import Attr

sales = boto3.resource("dynamodb").Table(os.environ["SALES"])
sns = boto3.client("sns")
ssm = boto3.client("ssm")

# Rather no mail than two.
AT_MOST_ONCE = StepConfig(step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY, retry_strategy=RetryPresets.none())


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Report what was sold since the last report, up to the time of the schedule."""
    until = event["time"]
    since = context.step(last_report, name="last report")
    if since >= until:
        return {"status": "already reported", "until": since}
    total = context.step(add_up(since, until), name="add up")
    context.step(report(since, until, total), name="report", config=AT_MOST_ONCE)
    context.step(remember(until), name="remember")
    return {"status": "reported", "since": since, "until": until, "total": total}


def last_report(_context: StepContext) -> str:
    """Return the time up to which sales are reported, empty before the first report."""
    try:
        return str(ssm.get_parameter(Name=os.environ["REPORTED_UNTIL"])["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return ""


@durable_step
def add_up(_context: StepContext, since: str, until: str) -> int:
    """Add up the sales of a period."""
    period = Attr("soldAt").gt(since) & Attr("soldAt").lte(until)
    return int(sum(sale["price"] for sale in sales.scan(FilterExpression=period)["Items"]))


@durable_step
def report(_context: StepContext, since: str, until: str, total: int) -> None:
    """Send the mail."""
    text = f"Sales from {since or 'the beginning'} to {until}: {total} EUR"
    sns.publish(TopicArn=os.environ["REPORTS"], Subject="Sales", Message=text)


@durable_step
def remember(_context: StepContext, until: str) -> None:
    """Save up to when sales are reported."""
    ssm.put_parameter(Name=os.environ["REPORTED_UNTIL"], Value=until, Type="String", Overwrite=True)
