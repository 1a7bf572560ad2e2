"""Every rule over workflow code, by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from durable_mi.findings.severity import Severity
from durable_mi.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["GROUPS", "RULES"]

_DETERMINISM: Final = "Durable Execution SDK Developer Guide, Determinism during replay"
_PRACTICES: Final = "Lambda Developer Guide, durable-best-practices"
_TRIED: Final = "tried with SDK 3.0.0 on AWS's test runner"

_REPLAY: Final = (
    Rule(
        id="DMC101",
        title="A value that differs each time is used in the flow",
        severity=Severity.WARNING,
        why="A handler runs from its beginning at each replay. A time, a random number or a new id is then another one "
        "than the recorded operations were made with: two steps work on different ids, or a branch goes the other way.",
        fix="Make the value in a step and use the step's result: order_id = context.step(lambda _: str(uuid.uuid4()), "
        'name="order id").',
        source=f"{_DETERMINISM}; {_PRACTICES}",
    ),
    Rule(
        id="DMC102",
        title="Something read outside of a step decides which operations run",
        severity=Severity.WARNING,
        why="A table, parameter, file or address can have changed when the handler is replayed, so that it takes "
        "another way than the recorded one.",
        fix="Read it in a step, and branch on the step's result.",
        source=f"{_DETERMINISM}; {_PRACTICES}",
    ),
    Rule(
        id="DMC103",
        title="The name of an operation differs each time",
        severity=Severity.ERROR,
        why="On replay the SDK compares the names of operations with the recorded ones, and fails the execution with "
        "NonDeterministicExecutionError.",
        fix="Make the name from the event, an index or a step's result.",
        source=_DETERMINISM,
    ),
    Rule(
        id="DMC104",
        title="The order of a set or a directory decides the order of operations",
        severity=Severity.WARNING,
        why="The order of a set of strings differs between processes, and that of a directory between machines. On "
        "replay the operations come in another order than recorded.",
        fix="Put sorted(...) around it.",
        source=_DETERMINISM,
    ),
    Rule(
        id="DMC105",
        title="A step or a branch changes a variable of the flow",
        severity=Severity.ERROR,
        why="A step or a branch that has a result does not run again on replay. What it changed outside of itself is "
        "lost, and nothing reports it.",
        fix="Return the value, and use the result of the operation.",
        source=f"{_PRACTICES}; {_TRIED}",
    ),
    Rule(
        id="DMC106",
        title="A module variable carries the state of an execution",
        severity=Severity.WARNING,
        why="On managed instances several processes serve a function, and another one can resume the execution. It has "
        "module variables of its own.",
        fix="Return the value from a step, and pass it on. A cache is fine where the code that reads it can fill it.",
        source=_PRACTICES,
    ),
    Rule(
        id="DMC107",
        title="A file in /tmp is read in another step than the one that writes it",
        severity=Severity.ERROR,
        why="Another execution environment can resume the execution after a wait, a retry or a crash, and its /tmp "
        "does not have the file.",
        fix="Write and read it in one step, or keep it in S3 and pass its key on.",
        source=_PRACTICES,
    ),
)

_EFFECTS: Final = (
    Rule(
        id="DMC201",
        title="Something is changed outside of a step",
        severity=Severity.ERROR,
        why="Code between operations runs again at each replay: after every wait, every retry and every crash. The "
        "write, mail or payment is repeated.",
        fix="Put the call into a step.",
        source=f"{_PRACTICES}; {_DETERMINISM}",
    ),
    Rule(
        id="DMC202",
        title="The flow sleeps",
        severity=Severity.WARNING,
        why="A sleep holds a worker process and runs again at each replay. A wait suspends the execution and holds "
        "nothing.",
        fix="Use context.wait(Duration.from_seconds(30)).",
        source=_PRACTICES,
    ),
    Rule(
        id="DMC203",
        title="A payment in a step has no idempotency key",
        severity=Severity.NOTE,
        why="A step runs at least once. After a crash between the call and its checkpoint it runs again, and pays "
        "again.",
        fix="Pass an idempotency key that is made from the event, or use StepSemantics.AT_MOST_ONCE_PER_RETRY without "
        "retries.",
        source=_PRACTICES,
    ),
)

_CONTEXTS: Final = (
    Rule(
        id="DMC301",
        title="An operation is called inside a step",
        severity=Severity.ERROR,
        why="A step records one result. Operations in it are not checkpointed in an order that a replay can follow, "
        "and AWS's test runner reports success all the same.",
        fix="Call the operation from the flow, or group several in context.run_in_child_context.",
        source=f"Lambda Developer Guide, durable-execution-sdk; {_TRIED}",
    ),
    Rule(
        id="DMC302",
        title="An operation is called in a thread or an event loop",
        severity=Severity.ERROR,
        why="Operations are numbered in the order in which they are called. In threads that order differs from run to "
        "run.",
        fix="Use context.parallel or context.map, which number their branches. Threads inside one step are fine.",
        source=f"{_DETERMINISM}; {_TRIED}",
    ),
    Rule(
        id="DMC303",
        title="A branch calls operations on the context of its parent",
        severity=Severity.ERROR,
        why="The operation then belongs to the parent, whose operations several branches number at once: their order "
        "differs on replay.",
        fix="Use the context that the branch is given.",
        source=_TRIED,
    ),
    Rule(
        id="DMC304",
        title="Functions that are made in a loop all see its last value",
        severity=Severity.ERROR,
        why="A function looks a variable up when it runs. Branches run after the loop, when the variable has its last "
        "value.",
        fix="Bind the value as a default argument, lambda ctx, item=item: ..., or with functools.partial.",
        source=f"Python documentation, faq/programming; {_TRIED}",
    ),
)

_ERRORS: Final = (
    Rule(
        id="DMC401",
        title="The exception that suspends the execution is swallowed",
        severity=Severity.ERROR,
        why="The SDK suspends by an exception below BaseException. Where it is caught, the workflow goes on without "
        "the result that it waits for.",
        fix="Catch StepError or Exception instead, or end the handler with raise. Do not leave a finally by return.",
        source=_TRIED,
    ),
    Rule(
        id="DMC402",
        title="UnrecoverableError is swallowed",
        severity=Severity.WARNING,
        why="except Exception also catches UnrecoverableError: a checkpoint that failed, or an execution that is not "
        "deterministic. Lambda would try the first again. Instead the workflow compensates, or goes on.",
        fix="Put except UnrecoverableError: raise before it, or catch DurableOperationError, of which StepError is "
        "one.",
        source=_TRIED,
    ),
    Rule(
        id="DMC403",
        title="A handler never matches what a step raises",
        severity=Severity.ERROR,
        why="What the function of a step raises arrives in the flow as StepError, and that of a branch as "
        "ChildContextError.",
        fix="Catch StepError and look at its error_type, or catch the exception inside the step.",
        source=_TRIED,
    ),
)

_BOUNDS: Final = (
    Rule(
        id="DMC501",
        title="A callback has no timeout",
        severity=Severity.WARNING,
        why="An answer that never comes keeps the execution until its own timeout, up to a year.",
        fix="Pass config=CallbackConfig(timeout=Duration.from_hours(24)), and handle CallbackTimeoutError.",
        source=_PRACTICES,
    ),
    Rule(
        id="DMC502",
        title="A condition is polled without an end",
        severity=Severity.WARNING,
        why="A condition that never becomes true is polled until the execution's timeout, with a checkpoint for each "
        "attempt.",
        fix="Use create_wait_strategy, which gives up after max_attempts, or look at the number of attempts.",
        source="SDK 3.0.0, waits",
    ),
    Rule(
        id="DMC503",
        title="An HTTP call has no timeout",
        severity=Severity.WARNING,
        why="requests and urllib wait for ever by default. The call holds its worker process until the invocation "
        "times out.",
        fix="Pass timeout=10.",
        source="requests documentation, timeouts",
    ),
    Rule(
        id="DMC504",
        title="A loop of operations has no end",
        severity=Severity.WARNING,
        why="Each turn adds to the history, which is read at every replay, until the execution times out.",
        fix="Limit the number of turns, or start a new execution.",
        source=_PRACTICES,
    ),
    Rule(
        id="DMC505",
        title="callback.result is not called",
        severity=Severity.ERROR,
        why="A method is always true, so that the workflow goes on without the answer.",
        fix="Write callback.result().",
        source=_TRIED,
    ),
)

_HANDLERS: Final = (
    Rule(
        id="DMC601",
        title="A result cannot be written down",
        severity=Severity.ERROR,
        why="A workflow's result is JSON, and a step's is JSON with a few more types. The execution fails after its "
        "work is done.",
        fix="Return plain values: text, numbers, lists and mappings.",
        source="SDK 3.0.0, serdes",
    ),
    Rule(
        id="DMC602",
        title="A step is not run as a step",
        severity=Severity.ERROR,
        why="A function with @durable_step only prepares a call. Without context.step nothing runs; and a call as the "
        "argument of context.step runs in the flow.",
        fix="Write context.step(save(order)) for a decorated function, and context.step(lambda _: save(order)) for "
        "another one.",
        source="Lambda Developer Guide, durable-execution-sdk",
    ),
    Rule(
        id="DMC603",
        title="A handler does not exist, or is not wrapped in @durable_execution",
        severity=Severity.ERROR,
        why="The first invocation fails: Lambda finds no function, or its context has no operations.",
        fix="Put @durable_execution above the function that the template names.",
        source="Lambda Developer Guide, durable-execution-sdk",
    ),
    Rule(
        id="DMC604",
        title="A handler is async",
        severity=Severity.ERROR,
        why="The SDK calls handlers synchronously. A coroutine is returned that never runs.",
        fix="Write def. A step can call asyncio.run.",
        source=_TRIED,
    ),
    Rule(
        id="DMC605",
        title="A durable function is called without a version",
        severity=Severity.ERROR,
        why="Lambda rejects an unqualified name of a durable function, and $LATEST changes under running executions.",
        fix="Name the alias: payments:live, or its ARN.",
        source="Lambda Developer Guide, durable-invoking",
    ),
)

GROUPS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Replay": _REPLAY,
    "Side effects": _EFFECTS,
    "Contexts": _CONTEXTS,
    "Errors": _ERRORS,
    "Waiting": _BOUNDS,
    "Handlers and results": _HANDLERS,
}
"""The rules by subject."""

RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rules in GROUPS.values() for rule in rules}
"""Every rule by its id."""
