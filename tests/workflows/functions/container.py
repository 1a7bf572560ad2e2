"""Render a video in a container: the task gets a callback id, sends heartbeats, and reports the result itself."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    DurableContext,
    StepContext,
    WithRetryConfig,
    durable_execution,
    durable_step,
    with_retry,
)
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy

sqs = boto3.client("sqs")

# A task that is lost sends no heartbeat, and is noticed within two minutes instead of two hours.
ALIVE = CallbackConfig(timeout=Duration.from_hours(2), heartbeat_timeout=Duration.from_minutes(2))
THREE_TASKS = WithRetryConfig[dict[str, Any]](
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=3, initial_delay=Duration.from_minutes(1)))
)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Render a video, in another task if one fails."""
    video = event["videoId"]

    def render(child: Any, attempt: int) -> dict[str, Any]:
        callback = child.create_callback(name=f"task {attempt}", config=ALIVE)
        child.step(run_task(video, callback.callback_id), name=f"run task {attempt}")
        # The callback's result is text, as the task sent it.
        return {**json.loads(callback.result()), "tasks": attempt}

    rendered: dict[str, Any] = with_retry(context, render, THREE_TASKS, name="render")
    return {"videoId": video, **rendered}


@durable_step
def run_task(_context: StepContext, video: str, callback_id: str) -> None:
    """Hand the video to the service of the containers, which takes its tasks from a queue."""
    task = {"videoId": video, "callbackId": callback_id}
    sqs.send_message(QueueUrl=os.environ["TASKS"], MessageBody=json.dumps(task))
