"""Investigate an incident: gather evidence in parallel, then page one person after the other until one answers."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    BatchResult,
    CallbackTimeoutError,
    DurableContext,
    ParallelBranch,
    StepContext,
    durable_execution,
    durable_step,
    durable_wait_for_callback,
)
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig
from boto3.dynamodb.conditions import Attr

incidents = boto3.resource("dynamodb").Table(os.environ["INCIDENTS"])
sns = boto3.client("sns")
ssm = boto3.client("ssm")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Find out what is known about an alarm, and who takes it."""
    service = event["service"]
    evidence: BatchResult[Any] = context.parallel(
        [
            ParallelBranch(lambda child: child.step(last_release(service), name="last release"), name="releases"),
            ParallelBranch(lambda child: child.step(similar_incidents(service), name="similar"), name="incidents"),
        ],
        name="evidence",
    )
    release, similar = evidence.get_results()
    incident = {"id": event["incidentId"], "service": service, "release": release, "similar": similar}
    for on_call in event["onCall"]:
        person, patience = on_call["person"], Duration.from_seconds(on_call["withinSeconds"])
        try:
            answer = context.wait_for_callback(
                page(person, incident), name=f"page {person}", config=WaitForCallbackConfig(timeout=patience)
            )
        except CallbackTimeoutError:
            context.logger.warning("%s did not answer, so the next one is paged", person)
            continue
        incident |= {"takenBy": person, "cause": json.loads(answer)["cause"]}
        break
    context.step(close(incident), name="close")
    return incident


@durable_step
def last_release(_context: StepContext, service: str) -> str:
    """Return the version of the service that runs."""
    return str(ssm.get_parameter(Name=f"{os.environ['RELEASES']}/{service}")["Parameter"]["Value"])


@durable_step
def similar_incidents(_context: StepContext, service: str) -> list[str]:
    """Return the ids of earlier incidents of the service."""
    return sorted(item["id"] for item in incidents.scan(FilterExpression=Attr("service").eq(service))["Items"])


@durable_wait_for_callback
def page(callback_id: str, _context: Any, person: str, incident: dict[str, Any]) -> None:
    """Page somebody with the evidence; an answer completes the callback."""
    text = {**incident, "person": person, "callbackId": callback_id}
    sns.publish(TopicArn=os.environ["PAGER"], Subject=f"{incident['service']} is down", Message=json.dumps(text))


@durable_step
def close(_context: StepContext, incident: dict[str, Any]) -> None:
    """Save the incident, taken or not, as evidence for the next one."""
    incidents.put_item(Item=incident)
