"""The app: ten workflows on one capacity provider, and what they work with."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from durable_mi_constructs import DurableManagedFunction, ManagedCapacity

FUNCTIONS: Final = Path(__file__).parent / "functions"
STACK: Final = "Workflows"


class WorkflowsStack(cdk.Stack):
    """Each workflow with its table, topic, queue or parameter."""

    def __init__(self, app: cdk.App, construct_id: str) -> None:
        super().__init__(app, construct_id)
        self._code = lambda_.Code.from_asset(str(FUNCTIONS), exclude=["__pycache__"])
        self._capacity = ManagedCapacity(self, "Capacity")
        approval = self._approval()
        booking = self._booking()
        self._travel(approval, booking)
        self._intake(booking)
        self._invoices()
        self._sales()
        self._rendering()
        self._payments()
        self._incidents()
        self._exports()

    def _approval(self) -> DurableManagedFunction:
        table, topic = self._table("Expenses"), self._topic("Managers")
        workflow = self._workflow("Approval", "approval", EXPENSES=table.table_name, MANAGERS=topic.topic_arn)
        table.grant_write_data(workflow)
        topic.grant_publish(workflow)
        return workflow

    def _booking(self) -> DurableManagedFunction:
        table = self._table("Offers")
        workflow = self._workflow("Booking", "saga", OFFERS=table.table_name)
        table.grant_write_data(workflow)
        return workflow

    def _travel(self, approval: DurableManagedFunction, booking: DurableManagedFunction) -> None:
        workflow = self._workflow(
            "Travel", "chain", APPROVAL=approval.alias.function_arn, BOOKING=booking.alias.function_arn
        )
        approval.grants.chained_invoke(workflow)
        booking.grants.chained_invoke(workflow)

    def _intake(self, booking: DurableManagedFunction) -> None:
        queue = self._queue("Trips", visibility_timeout=cdk.Duration.minutes(3))
        function = self._ordinary("Intake", "intake", BOOKING=booking.alias.function_arn)
        function.add_event_source(sources.SqsEventSource(queue, report_batch_item_failures=True))
        booking.grants.start(function)

    def _invoices(self) -> None:
        table, queue = self._table("Invoices"), self._queue("Post")
        workflow = self._workflow("Invoicing", "fan_out", INVOICES=table.table_name, POST=queue.queue_url)
        table.grant_write_data(workflow)
        queue.grant_send_messages(workflow)

    def _sales(self) -> None:
        table, topic = self._table("Sales"), self._topic("Reports")
        parameter = "/workflows/reported-until"
        workflow = self._workflow(
            "Nightly", "nightly", SALES=table.table_name, REPORTS=topic.topic_arn, REPORTED_UNTIL=parameter
        )
        # Not a resource of the stack: the workflow writes it, and a deployment must not reset it.
        written = ssm.StringParameter.from_string_parameter_name(self, "ReportedUntil", parameter)
        written.grant_read(workflow)
        written.grant_write(workflow)
        table.grant_read_data(workflow)
        topic.grant_publish(workflow)
        night = events.Schedule.cron(minute="0", hour="2")
        events.Rule(self, "Night", schedule=night, targets=[targets.LambdaFunction(workflow.alias)])

    def _rendering(self) -> None:
        queue = self._queue("Tasks")
        workflow = self._workflow("Rendering", "container", TASKS=queue.queue_url)
        queue.grant_send_messages(workflow)

    def _payments(self) -> None:
        table, queue, secret = self._table("Payments"), self._queue("Warehouse"), "/workflows/webhook-secret"
        workflow = self._workflow("Payment", "payment", PAYMENTS=table.table_name, WAREHOUSE=queue.queue_url)
        table.grant_write_data(workflow)
        queue.grant_send_messages(workflow)
        webhook = self._ordinary("Webhook", "webhook", PAYMENTS=table.table_name, SECRET=secret)
        ssm.StringParameter.from_secure_string_parameter_attributes(self, "Secret", parameter_name=secret).grant_read(
            webhook
        )
        table.grant_read_data(webhook)
        workflow.grants.complete_callbacks(webhook)
        webhook.add_function_url(auth_type=lambda_.FunctionUrlAuthType.NONE)

    def _incidents(self) -> None:
        table, topic, releases = self._table("Incidents"), self._topic("Pager"), "/workflows/releases"
        workflow = self._workflow(
            "Investigation", "investigation", INCIDENTS=table.table_name, PAGER=topic.topic_arn, RELEASES=releases
        )
        ssm.StringParameter.from_string_parameter_name(self, "Releases", f"{releases}/*").grant_read(workflow)
        table.grant_read_write_data(workflow)
        topic.grant_publish(workflow)

    def _exports(self) -> None:
        table, queue = self._table("Jobs"), self._queue("Exports")
        workflow = self._workflow("Export", "polling", JOBS=table.table_name, EXPORTS=queue.queue_url)
        table.grant_read_write_data(workflow)
        queue.grant_send_messages(workflow)

    def _workflow(self, construct_id: str, module: str, **environment: str) -> DurableManagedFunction:
        return DurableManagedFunction(
            self,
            construct_id,
            code=self._code,
            handler=f"{module}.handler",
            execution_timeout=cdk.Duration.days(7),
            max_concurrency=4,
            capacity=self._capacity,
            environment=environment,
        )

    def _ordinary(self, construct_id: str, module: str, **environment: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            construct_id,
            code=self._code,
            handler=f"{module}.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=cdk.Duration.seconds(30),
            environment=environment,
        )

    def _table(self, construct_id: str) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            construct_id,
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )

    def _topic(self, construct_id: str) -> sns.Topic:
        return sns.Topic(self, construct_id, enforce_ssl=True)

    def _queue(self, construct_id: str, **properties: Any) -> sqs.Queue:
        return sqs.Queue(self, construct_id, enforce_ssl=True, **properties)


def build(**arguments: Any) -> cdk.App:
    """Return the app.

    Args:
        arguments: Those of the app, such as `outdir`.
    """
    app = cdk.App(**arguments)
    WorkflowsStack(app, STACK)
    return app


if __name__ == "__main__":
    build().synth()
