"""Histories of workflows, recorded on AWS's test runner in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Handler = Callable[[Any, Any], Any]

LONG_SECONDS = 60


def record(
    handler: Handler,
    event: Any,
    *,
    answers: Mapping[str, str] | None = None,
    functions: Mapping[str, Callable[[Any, Any], Any]] | None = None,
    stops_open: bool = False,
) -> dict[str, Any]:
    """Run a workflow, and return its history as the API does, with payloads.

    Args:
        handler: The durable handler.
        event: The input.
        answers: The result of each callback, by its name, in the order in which they are given.
        functions: What chained invokes call.
        stops_open: Whether the history is read while the last callback of ``answers`` is still open.
    """
    # Time that is skipped would let each callback time out before it is answered.
    runner = DurableFunctionTestRunner(handler, poll_interval=0.01, skip_time=not answers)
    try:
        return _record(runner, event, answers or {}, functions or {}, stops_open=stops_open)
    finally:
        runner.close()
        runner._scheduler._loop.close()  # noqa: SLF001 - the runner leaves its loop to the process's end


def _record(
    runner: DurableFunctionTestRunner,
    event: Any,
    answers: Mapping[str, str],
    functions: Mapping[str, Callable[[Any, Any], Any]],
    *,
    stops_open: bool,
) -> dict[str, Any]:
    for name, function in functions.items():
        runner.register_function(name, function)
    arn = runner.run_async(json.dumps(event), timeout=LONG_SECONDS)
    for number, (name, answer) in enumerate(answers.items(), 1):
        callback_id = runner.wait_for_callback(arn, name=name, timeout=LONG_SECONDS)
        if not (stops_open and number == len(answers)):
            runner.send_callback_success(callback_id, answer.encode())
    if not stops_open:
        runner.wait_for_result(arn, timeout=LONG_SECONDS)
    history = runner.get_execution_history(arn, include_execution_data=True)
    return {"DurableExecutionArn": arn, **history.to_dict()}
