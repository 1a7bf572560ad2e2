"""Runs the programs of ``tests/stress/program.py``."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python import DurableContext, StepContext, durable_execution
from aws_durable_execution_sdk_python.config import (
    BatchItemStatus,
    CallbackConfig,
    CompletionConfig,
    Duration,
    MapConfig,
    NestingType,
    ParallelConfig,
    StepConfig,
    StepSemantics,
)
from aws_durable_execution_sdk_python.exceptions import DurableOperationError, WaitForConditionError
from aws_durable_execution_sdk_python.retries import RetryDecision
from aws_durable_execution_sdk_python.waits import WaitForConditionConfig, WaitForConditionDecision

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python.concurrency.models import BatchResult

Node = dict[str, Any]

_ALL = CompletionConfig(tolerated_failure_percentage=100)
"""Every branch runs, whichever of them fail."""


@durable_execution
def flow(event: dict[str, Any], context: DurableContext) -> list[Any]:
    """Run a program and return what its nodes came to."""
    return _Run(event, context).sequence(context, event["program"])


def plain(event: dict[str, Any], _: Any) -> str:
    """Answer a chained invoke without an execution of its own."""
    time.sleep(event["seconds"])
    if event["fails"]:
        raise RuntimeError(event["name"])
    return str(event["name"])


class _Run:
    """One invocation's way through a program."""

    def __init__(self, event: dict[str, Any], context: DurableContext) -> None:
        self._event = event
        self._arn = context.execution_context.durable_execution_arn
        self._files = Path(event["files"])

    def sequence(self, context: DurableContext, program: list[Node]) -> list[Any]:
        return [self._value(context, node) for node in program]

    def _value(self, context: DurableContext, node: Node) -> Any:
        try:
            return getattr(self, f"_{node['do']}")(context, node)
        except DurableOperationError:
            if node["raises"]:
                raise
            return ["failed", node["name"]]

    def _ran(self, node: Node) -> None:
        """Leave a trace of a run."""
        with (self._files / f"{self._event['name']}.runs").open("a") as lines:
            lines.write(f"{node['name']}\n")

    def _step(self, context: DurableContext, node: Node) -> Any:
        def body(step: StepContext) -> Any:
            self._ran(node)
            time.sleep(node["seconds"])
            if step.attempt <= node["fails"]:
                raise RuntimeError(node["name"])
            return node["name"]

        def again(_: Exception, attempt: int) -> RetryDecision:
            if attempt >= node["attempts"]:
                return RetryDecision.no_retry()
            return RetryDecision.retry(Duration.from_seconds(node["unit"]))

        once, often = StepSemantics.AT_MOST_ONCE_PER_RETRY, StepSemantics.AT_LEAST_ONCE_PER_RETRY
        config = StepConfig(retry_strategy=again, step_semantics=once if node["once"] else often)
        return context.step(body, name=node["name"], config=config)

    def _wait(self, context: DurableContext, node: Node) -> Any:
        context.wait(Duration.from_seconds(node["seconds"]), name=node["name"])
        return "waited"

    def _condition(self, context: DurableContext, node: Node) -> Any:
        def look(polls: int, _: Any) -> int:
            self._ran(node)
            return polls + 1

        def decide(polls: int, attempt: int) -> WaitForConditionDecision:
            if polls >= node["polls"]:
                return WaitForConditionDecision.stop_polling()
            if attempt >= node["attempts"]:
                raise WaitForConditionError(node["name"])
            return WaitForConditionDecision.continue_waiting(Duration.from_seconds(node["unit"]))

        return context.wait_for_condition(look, WaitForConditionConfig(decide, 0), name=node["name"])

    def _callback(self, context: DurableContext, node: Node) -> Any:
        never, second = Duration(), Duration.from_seconds(1)
        limit = node["limit"] if node["ends"] == "TimedOut" else None
        config = CallbackConfig(
            timeout=second if limit == "timeout" else never,
            heartbeat_timeout=second if limit == "heartbeat_timeout" else never,
        )
        callback = context.create_callback(name=node["name"], config=config)
        # The driver answers what it finds here; a replay leaves the same again.
        file = self._files / f"{hashlib.sha256(callback.callback_id.encode()).hexdigest()}.callback"
        part = file.with_suffix(f".{time.time_ns()}.part")
        found = {**node, "id": callback.callback_id, "arn": self._arn, "target": self._event["target"]}
        part.write_text(json.dumps(found))
        part.rename(file)
        between = self.sequence(context, node["between"])
        return [between, callback.result()]

    def _invoke(self, context: DurableContext, node: Node) -> Any:
        event = {**node, "name": node["name"], "files": self._event["files"]}
        if node["target"] == "plain":
            return context.invoke("plain", event, name=node["name"])
        event["name"] = f"{self._event['name']}.{node['name']}"
        target = "brief" if node["target"] == "brief" else "flow"
        return context.invoke(f"{target}:live", event, name=node["name"])

    def _child(self, context: DurableContext, node: Node) -> Any:
        (branch,) = node["branches"]
        return context.run_in_child_context(lambda inner: self.sequence(inner, branch), name=node["name"])

    def _parallel(self, context: DurableContext, node: Node) -> Any:
        def branch(program: list[Node]) -> Any:
            return lambda inner: self.sequence(inner, program)

        config = ParallelConfig(node["at_once"], _ALL, nesting_type=_nesting(node))
        return _values(context.parallel([branch(each) for each in node["branches"]], name=node["name"], config=config))

    def _first(self, context: DurableContext, node: Node) -> Any:
        def racer(one: Node) -> Any:
            return lambda inner: self.sequence(inner, [one])

        config = ParallelConfig(completion_config=CompletionConfig(min_successful=1))
        context.parallel([racer(each) for each in node["racers"]], name=node["name"], config=config)
        return "first"

    def _map(self, context: DurableContext, node: Node) -> Any:
        def item(inner: DurableContext, program: list[Node], _: int, __: Any) -> Any:
            return self.sequence(inner, program)

        config: MapConfig[Any] = MapConfig(node["at_once"], _ALL, nesting_type=_nesting(node))
        return _values(context.map(node["branches"], item, name=node["name"], config=config))


def _nesting(node: Node) -> NestingType:
    return NestingType.FLAT if node["flat"] else NestingType.NESTED


def _values(batch: BatchResult[Any]) -> list[Any]:
    return [item.result if item.status is BatchItemStatus.SUCCEEDED else ["failed"] for item in batch.all]
