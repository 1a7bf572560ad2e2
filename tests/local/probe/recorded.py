"""Small workflows whose whole histories are compared with what AWS documents."""

from __future__ import annotations

import os
import time
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution
from aws_durable_execution_sdk_python.config import CallbackConfig, Duration, InvokeConfig, StepConfig
from aws_durable_execution_sdk_python.retries import RetryDecision
from aws_durable_execution_sdk_python.waits import WaitForConditionConfig, WaitForConditionDecision

_SECOND = Duration.from_seconds(1)


def flow(event: dict[str, Any], context: Any) -> Any:
    """Run the workflow that the event names; the one that asks for it fails outside the SDK at its first invocation."""
    operations = event["InitialExecutionState"]["Operations"]
    answer = _flow(event, context)
    if len(operations) == 1 and "raised" in operations[0]["ExecutionDetails"]["InputPayload"]:
        msg = "outside the SDK"
        raise KeyError(msg)
    return answer


@durable_execution
def _flow(event: dict[str, Any], context: DurableContext) -> Any:
    workflow: Any = globals()[f"_{event['case']}"]
    return workflow(context)


def target(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a chained invoke."""
    return {**event, "arn": context.invoked_function_arn}


@durable_execution
def child(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Answer a chained invoke as an execution of its own."""
    return {**event, "arn": context.lambda_context.invoked_function_arn if context.lambda_context else None}


def _retried(context: DurableContext) -> Any:
    def charge(step: StepContext) -> str:
        if step.attempt == 1:
            msg = "declined"
            raise ValueError(msg)
        return f"paid at attempt {step.attempt}"

    config = StepConfig(retry_strategy=lambda _, __: RetryDecision.retry(_SECOND))
    return context.step(charge, name="charge", config=config)


def _polled(context: DurableContext) -> Any:
    def decide(state: int, _: int) -> WaitForConditionDecision:
        return (
            WaitForConditionDecision.stop_polling()
            if state == 2
            else WaitForConditionDecision.continue_waiting(_SECOND)
        )

    return context.wait_for_condition(lambda state, _: state + 1, WaitForConditionConfig(decide, 0), name="shipped")


def _called_back(context: DurableContext) -> Any:
    config = CallbackConfig(timeout=Duration.from_hours(1), heartbeat_timeout=Duration.from_minutes(1))
    return context.create_callback(name="approval", config=config).result()


def _chained(context: DurableContext) -> Any:
    """Invoke a plain function and a durable one."""
    plain: Any = context.invoke("target", {"n": 1}, name="plain")
    tenant: InvokeConfig[Any, Any] = InvokeConfig(tenant_id="blue")
    return [plain, context.invoke("child:live", {}, name="durable", config=tenant)]


def _raised(context: DurableContext) -> Any:
    """Wait for a callback, and say at the end which ARN was invoked."""
    context.create_callback(name="go on").result()
    return context.lambda_context.invoked_function_arn if context.lambda_context else None


def _lost(context: DurableContext) -> Any:
    """Let the process end while a callback is open."""
    is_first = not context.is_replaying()
    callback = context.create_callback(name="go on")
    if is_first:
        os._exit(3)
    return callback.result()


def _timed_out(context: DurableContext) -> Any:
    """Take longer than the function's timeout while a callback is open."""
    is_first = not context.is_replaying()
    callback = context.create_callback(name="go on")
    if is_first:
        time.sleep(22)
    return callback.result()
