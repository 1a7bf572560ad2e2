"""Durable configuration (DMI3xx)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi import limits
from durable_mi.checks import timing
from durable_mi.cloudformation.values import MISSING
from durable_mi.preflight.readings.nearest import nearest
from durable_mi.preflight.rejection import rejection
from durable_mi.preflight.rule_group import RuleGroup
from durable_mi.preflight.triggers import TriggerKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from durable_mi.preflight.finding import Finding
    from durable_mi.preflight.function import Function
    from durable_mi.preflight.model import Model
    from durable_mi.preflight.triggers import Trigger

__all__ = ["GROUP"]

GROUP: Final = RuleGroup("Durable execution")

_TIMEOUT: Final = ("DurableConfig", "ExecutionTimeout")
_RETENTION: Final = ("DurableConfig", "RetentionPeriodInDays")


@GROUP.error(
    "DMI301",
    "the execution timeout is from 1 second to 366 days",
    why="Lambda rejects any other, and a durable function without one.",
    fix="Set DurableConfig.ExecutionTimeout to the longest that an execution may take, waits included.",
    source="Lambda API model; CloudFormation schema",
)
def _execution_timeout(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        if function.item.get(*_TIMEOUT) is MISSING:
            config = function.item.get("DurableConfig")
            names = map(str, config) if isinstance(config, dict) else ()
            got = next((name for name in names if nearest(name, _TIMEOUT[1:])), "none")
            yield function.item.finding(
                f"DurableConfig must have ExecutionTimeout, got {got}: set it to the longest that an execution may "
                "take, in seconds",
                "DurableConfig",
            )
            continue
        timeout = function.execution_timeout_s
        message = None if timeout is None else rejection(timing.check_execution_timeout, timeout)
        if message is not None:
            yield function.item.finding(message, *_TIMEOUT)


@GROUP.error(
    "DMI302",
    "the history is kept from 1 to 90 days",
    why="Lambda rejects any other retention. Without one it is 14 days.",
    fix="Set DurableConfig.RetentionPeriodInDays from 1 to 90; copy what must be kept longer elsewhere.",
    source="Lambda API model; CloudFormation schema",
)
def _retention(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        days = function.item.number(*_RETENTION)
        message = None if days is None else rejection(timing.check_retention, days)
        if message is not None:
            yield function.item.finding(message, *_RETENTION)


@GROUP.error(
    "DMI303",
    "an event source mapping's executions end within its limit",
    why=(
        "An event source mapping waits for the whole execution. Lambda rejects to create one for a function whose "
        "executions may last over 15 minutes, or 90 minutes on managed instances."
    ),
    fix="Lower ExecutionTimeout, or let a small function read the source and start executions asynchronously.",
    source="Lambda Developer Guide, durable-invoking-esm",
)
def _event_source(model: Model) -> Iterator[Finding]:
    for caller, function, timeout in _event_sources(model):
        most = limits.MAX_INVOCATION_TIMEOUT_S if function.is_managed else limits.MAX_SYNC_INVOCATION_S
        if timeout > most:
            yield _too_long_for(caller, function, timeout, most, "must")


@GROUP.warning(
    "DMI304",
    "on managed instances too, an event source mapping's executions end within 15 minutes",
    why=(
        "Most pages give 15 minutes for every durable function with an event source mapping; one says 90 minutes on "
        "managed instances, and nobody confirmed it."
    ),
    fix="Lower ExecutionTimeout to 900, or try in your account that the event source mapping is created.",
    source="Lambda Developer Guide, durable-invoking-esm (unconfirmed)",
)
def _event_source_managed(model: Model) -> Iterator[Finding]:
    for caller, function, timeout in _event_sources(model):
        if function.is_managed and limits.MAX_SYNC_INVOCATION_S < timeout <= limits.MAX_INVOCATION_TIMEOUT_S:
            yield _too_long_for(caller, function, timeout, limits.MAX_SYNC_INVOCATION_S, "should")


@GROUP.error(
    "DMI305",
    "who waits for an execution's result waits at most 15 minutes",
    why=(
        'Lambda rejects the invocation ("You cannot synchronously invoke a durable function with an executionTimeout '
        'greater than 15 minutes").'
    ),
    fix="Invoke asynchronously, or set DurableConfig.ExecutionTimeout to 900 or less.",
    source="Lambda Developer Guide, durable-invoking; Lambda API error text",
)
def _synchronous(model: Model) -> Iterator[Finding]:
    for caller in model.triggers:
        function = model.functions.get(caller.target.function)
        if function is None or not caller.waits or not function.is_durable:
            continue
        timeout = function.execution_timeout_s
        if timeout is not None and timeout > limits.MAX_SYNC_INVOCATION_S:
            yield caller.item.finding(
                f"{caller.kind.value} waits for the result of {function.id}, whose executions may last "
                f"{timeout} seconds, and must wait at most {limits.MAX_SYNC_INVOCATION_S} seconds: invoke "
                f"asynchronously, or lower ExecutionTimeout of {function.id}",
                *caller.path,
            )


@GROUP.error(
    "DMI306",
    "no destinations on a durable function",
    why="Lambda does not support destinations for durable functions: a failed execution reaches none.",
    fix="Set DeadLetterConfig on the function, or an EventBridge rule on 'Durable Execution Status Change'.",
    source="Lambda Developer Guide, durable-invoking",
)
def _destinations(model: Model) -> Iterator[Finding]:
    for config in model.of_type("AWS::Lambda::EventInvokeConfig"):
        target = model.targets.of(config.get("FunctionName"))
        function = model.functions.get(target.function) if target else None
        if function is not None and function.is_durable:
            for which in ("OnFailure", "OnSuccess"):
                if config.has("DestinationConfig", which):
                    yield config.finding(
                        f"{which} must not be set for the durable function {function.id}: remove it, and set "
                        "DeadLetterConfig on the function or an EventBridge rule on its status changes",
                        "DestinationConfig",
                        which,
                    )


@GROUP.warning(
    "DMI307",
    "an invocation is not longer than the whole execution",
    why=(
        "The execution timeout covers all invocations with the waits between them, and ends the execution first. No "
        "source says that Lambda rejects it, and samples that AWS publishes have it (unconfirmed)."
    ),
    fix="Lower Timeout, or raise DurableConfig.ExecutionTimeout.",
    source="our own rule, drawn from Lambda Developer Guide, durable-invoking (unconfirmed)",
)
def _invocation(model: Model) -> Iterator[Finding]:
    for function in model.durable:
        timeout, whole = function.timeout_s, function.execution_timeout_s
        # What is wrong by itself, DMI212 and DMI301 say.
        if timeout is not None and whole is not None and 1 <= whole < timeout <= limits.MAX_INVOCATION_TIMEOUT_S:
            message = (
                f"Timeout should not be above DurableConfig.ExecutionTimeout, got {timeout} seconds for one invocation "
                f"and {whole} seconds for the whole execution: lower the one, or raise the other"
            )
            yield function.item.finding(message, *(("Timeout",) if function.item.has("Timeout") else _TIMEOUT))


def _event_sources(model: Model) -> Iterator[tuple[Trigger, Function, float]]:
    for caller in model.triggers:
        function = model.functions.get(caller.target.function)
        if caller.kind is TriggerKind.EVENT_SOURCE and function is not None and function.is_durable:
            timeout = function.execution_timeout_s
            if timeout is not None:
                yield caller, function, timeout


def _too_long_for(caller: Trigger, function: Function, timeout: float, most: int, modal: str) -> Finding:
    return function.item.finding(
        f"DurableConfig.ExecutionTimeout {modal} be at most {most} seconds for the event source mapping "
        f"{caller.item.id}, got {timeout} seconds: lower it, or start executions asynchronously",
        *_TIMEOUT,
    )
