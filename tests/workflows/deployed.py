"""The app as it runs on this machine: functions on the local runtime, and what they work with on moto's server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from tests.waiting import eventually
from tests.workflows.app import STACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import EventTypeDef, GetDurableExecutionResponseTypeDef

    from tests.workflows.cloud import Cloud

__all__ = ["Deployed"]

DURABLE_MI: Final = Path(sys.executable).with_name("durable-mi")


class Deployed:
    """The app, served.

    Args:
        assembly: The synthesized app.
        cloud: moto's server.

    Attributes:
        client: A client of the local runtime.
    """

    def __init__(self, assembly: Path, cloud: Cloud) -> None:
        self._cloud = cloud
        self._template: dict[str, Any] = json.loads((assembly / f"{STACK}.template.json").read_text())
        self._create_resources()
        options = [
            *("--port", "0", "--quiet", "--skip-time", "--environments", "1", "--concurrency", "1"),
            *("--env", f"AWS_ENDPOINT_URL={cloud.url}"),
        ]
        self._process = subprocess.Popen(
            [DURABLE_MI, "local", "--app", assembly, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            url = self._wait_until_ready()
        except BaseException:
            self._process.kill()
            raise
        self.client: LambdaClient = boto3.client(
            "lambda",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - a dummy
            config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
        )

    def stop(self) -> None:
        """End the local runtime."""
        self._process.terminate()
        self._process.communicate(timeout=60)

    def name(self, construct_id: str) -> str:
        """Return the physical name of a resource of the stack, by its construct's id."""
        (logical_id,) = (
            key for key in self._template["Resources"] if re.fullmatch(f"{construct_id}[0-9A-F]{{8}}", key)
        )
        return f"{STACK}-{logical_id}"

    def run(self, function: str, event: Mapping[str, Any]) -> Any:
        """Invoke an ordinary function, and return its answer."""
        answer = self.client.invoke(FunctionName=self.name(function), Payload=json.dumps(event))
        result = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, result
        return result

    def start(self, workflow: str, event: Mapping[str, Any], name: str) -> str:
        """Start an execution, and return its ARN."""
        answer = self.client.invoke(
            FunctionName=self.name(workflow),
            Qualifier="live",
            InvocationType="Event",
            DurableExecutionName=name,
            Payload=json.dumps(event),
        )
        return answer["DurableExecutionArn"]

    def find(self, workflow: str, name: str) -> list[str]:
        """Return the ARNs of a workflow's executions that have a name."""
        found = self.client.list_durable_executions_by_function(
            FunctionName=self.name(workflow), Qualifier="live", DurableExecutionName=name
        )
        return [execution["DurableExecutionArn"] for execution in found["DurableExecutions"]]

    def result(self, arn: str) -> Any:
        """Wait until an execution has succeeded, and return its result."""
        ended = self.ended(arn)
        assert "SUCCEEDED" == ended["Status"], ended
        return json.loads(ended["Result"])

    def ended(self, arn: str) -> GetDurableExecutionResponseTypeDef:
        """Wait until an execution has ended, and return it."""

        def look() -> GetDurableExecutionResponseTypeDef | None:
            found = self.client.get_durable_execution(DurableExecutionArn=arn)
            return None if found["Status"] == "RUNNING" else found

        found = eventually(look, f"{arn} has ended")
        assert found
        return found

    def history(self, arn: str) -> list[EventTypeDef]:
        """Return an execution's events."""
        return self.client.get_durable_execution_history(DurableExecutionArn=arn, MaxItems=1000)["Events"]

    def invocations(self, arn: str) -> int:
        """Return how often the handler was invoked; each time but the first it replayed."""
        return sum(event["EventType"] == "InvocationCompleted" for event in self.history(arn))

    def attempts(self, arn: str, step: str) -> list[str]:
        """Return how each attempt of a step ended, in their order."""
        ends = ("StepFailed", "StepSucceeded")
        return [
            event["EventType"]
            for event in self.history(arn)
            if event.get("Name") == step and event["EventType"] in ends
        ]

    def mail(self, topic: str, text: str) -> Any:
        """Wait until a subscriber of a topic has a message with a text in it, and return that."""
        return eventually(lambda: self._take(self.mailbox(topic), text), f"a mail with {text}")

    def message(self, queue: str, text: str) -> Any:
        """Wait until a queue has a message with a text in it, take it and return it."""
        return eventually(lambda: self._take(self.name(queue), text), f"a message with {text}")

    def mailbox(self, topic: str) -> str:
        """Return the name of the queue that is subscribed to a topic."""
        return f"{self.name(topic)}-mailbox"

    def table(self, construct_id: str) -> Any:
        """Return a table."""
        return self._cloud.table(self.name(construct_id))

    def _take(self, queue: str, text: str) -> str | None:
        sqs = self._cloud.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get(
            "Messages", []
        ):
            if text in message["Body"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return str(message["Body"])
        return None

    def _create_resources(self) -> None:
        """Create the template's tables, topics and queues, under the names that the local runtime gives them."""
        dynamodb, sns, sqs = (self._cloud.client(service) for service in ("dynamodb", "sns", "sqs"))
        for logical_id, resource in self._template["Resources"].items():
            name = f"{STACK}-{logical_id}"
            match resource["Type"]:
                case "AWS::DynamoDB::Table":
                    dynamodb.create_table(TableName=name, **resource["Properties"])
                case "AWS::SQS::Queue":
                    sqs.create_queue(QueueName=name)
                case "AWS::SNS::Topic":
                    topic = sns.create_topic(Name=name)["TopicArn"]
                    mailbox = sqs.create_queue(QueueName=f"{name}-mailbox")["QueueUrl"]
                    attributes = sqs.get_queue_attributes(QueueUrl=mailbox, AttributeNames=["QueueArn"])
                    sns.subscribe(
                        TopicArn=topic,
                        Protocol="sqs",
                        Endpoint=attributes["Attributes"]["QueueArn"],
                        Attributes={"RawMessageDelivery": "true"},
                    )

    def _wait_until_ready(self) -> str:
        assert self._process.stdout is not None
        printed = ""
        for line in self._process.stdout:
            printed += line
            if ready := re.match(r"Endpoint (http://\S+) is ready", line):
                return ready[1]
        msg = f"the local runtime ended before it was ready:\n{printed}"
        raise AssertionError(msg)
