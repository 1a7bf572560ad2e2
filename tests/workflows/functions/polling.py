"""Export data: a job that takes hours is started once and polled, less and less often, while nothing runs."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    DurableContext,
    ExecutionError,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration, JitterStrategy
from aws_durable_execution_sdk_python.serdes import JsonSerDes
from aws_durable_execution_sdk_python.waits import WaitForConditionConfig, WaitStrategyConfig, create_wait_strategy

jobs = boto3.resource("dynamodb").Table(os.environ["JOBS"])
sqs = boto3.client("sqs")

UNTIL_IT_ENDS = WaitForConditionConfig[dict[str, Any]](
    initial_state={"status": "QUEUED"},
    serdes=JsonSerDes(),  # what each poll saw is readable in the history
    wait_strategy=create_wait_strategy(
        WaitStrategyConfig(
            should_continue_polling=lambda job: job["status"] in {"QUEUED", "RUNNING"},
            initial_delay=Duration.from_minutes(1),
            max_delay=Duration.from_minutes(30),
            jitter_strategy=JitterStrategy.NONE,
        )
    ),
)


class ExportFailedError(ExecutionError):
    """The job ended without a file; another attempt would end as it did."""


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Export a data set, and tell who asked for it where the file is."""
    job_id = event["exportId"]
    context.step(start_job(job_id), name="start job")

    def look(_job: dict[str, Any], _context: Any) -> dict[str, Any]:
        found = jobs.get_item(Key={"id": job_id}, ConsistentRead=True)["Item"]
        return {"status": found["status"], "file": found.get("file", "")}

    job = context.wait_for_condition(look, UNTIL_IT_ENDS, name="job")
    if job["status"] == "FAILED":
        msg = f"export {job_id} failed"
        raise ExportFailedError(msg)
    context.step(announce(job_id, job["file"]), name="announce")
    return {"exportId": job_id, "file": job["file"]}


@durable_step
def start_job(_context: StepContext, job_id: str) -> None:
    """Queue the job, if no earlier attempt has."""
    jobs.update_item(
        Key={"id": job_id},
        UpdateExpression="SET #status = if_not_exists(#status, :queued)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":queued": "QUEUED"},
    )


@durable_step
def announce(_context: StepContext, job_id: str, file: str) -> None:
    """Say that the file is there."""
    sqs.send_message(QueueUrl=os.environ["EXPORTS"], MessageBody=json.dumps({"exportId": job_id, "file": file}))
