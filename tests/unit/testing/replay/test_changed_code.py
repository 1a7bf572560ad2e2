"""What replay says of code that was changed while its executions run: which operation, and which line."""

from __future__ import annotations

import contextlib
import inspect
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration
from aws_durable_execution_sdk_python.identifier import OperationIdNamespace

from durable_mi.testing.replay import HistoryVerdict, RecordedHistory, Verdict, assert_replays, replay_history, replayer
from tests.unit.testing.replay.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = Duration.from_seconds(1)
END = "the end of the handler"


def step(context: Any, name: str) -> str:
    """Run a step whose result is its name."""
    result: str = context.step(lambda _: name, name=name)
    return result


def three(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    step(context, "two")
    return step(context, "three")


def renamed(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    context.step(lambda _: "two", name="second")  # here
    return step(context, "three")


def without_the_last(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    return context.step(lambda _: "two", name="two")  # here


def swapped(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    context.step(lambda _: "three", name="three")  # here
    return step(context, "two")


def other_branch(event: Any, context: DurableContext) -> str:
    step(context, "one")
    if event["n"] > 1:
        context.wait(SECOND, name="pause")
    context.step(lambda _: "two", name="two")  # here
    return step(context, "three")


def one_more_at_the_end(_event: Any, context: DurableContext) -> str:
    three(_event, context)
    return context.step(lambda _: "four", name="four")  # here


def one_more_in_the_middle(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.step(lambda _: "new", name="new")  # here
    context.wait(SECOND, name="pause")
    step(context, "two")
    return step(context, "three")


def other_type(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    context.wait(SECOND, name="two")  # here
    return step(context, "three")


def other_wait(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.create_callback(name="pause")  # here
    step(context, "two")
    return step(context, "three")


def raises(_event: Any, context: DurableContext) -> str:
    step(context, "one")
    context.wait(SECOND, name="pause")
    step(context, "two")
    return str(_event["missing"])  # here


def child(_event: Any, context: DurableContext) -> str:
    def inner(context: DurableContext) -> str:
        step(context, "one")
        return step(context, "two")

    return context.run_in_child_context(inner, name="child")


def child_without_the_last(_event: Any, context: DurableContext) -> str:
    def inner(context: DurableContext) -> str:
        return context.step(lambda _: "one", name="one")  # here

    return context.run_in_child_context(inner, name="child")


def child_renamed(_event: Any, context: DurableContext) -> str:
    def inner(context: DurableContext) -> str:
        step(context, "one")
        return context.step(lambda _: "two", name="second")  # here

    return context.run_in_child_context(inner, name="child")


def branches(_event: Any, context: DurableContext) -> Any:
    return context.map([1, 2], lambda child, n, *_: step(child, f"item {n}"), name="all").get_results()


def branches_renamed(_event: Any, context: DurableContext) -> Any:
    return context.map(
        [1, 2],
        lambda child, n, *_: child.step(lambda _: n, name=f"thing {n}"),  # here
        name="all",
    ).get_results()


def one_branch_less(_event: Any, context: DurableContext) -> Any:
    return context.map([1], lambda child, n, *_: step(child, f"item {n}"), name="all").get_results()


def approval(_event: Any, context: DurableContext) -> str:
    asked = context.create_callback(name="approval")
    step(context, "ask")
    return str(asked.result())


def asks_after_the_answer(_event: Any, context: DurableContext) -> str:
    asked = context.create_callback(name="approval")
    answer = asked.result()  # here
    step(context, "ask")
    return str(answer)


def history_of(workflow: Callable[[Any, DurableContext], Any], **options: Any) -> RecordedHistory:
    """Return the history of a workflow."""
    return RecordedHistory.parse(record(durable_execution(workflow), {"n": 1}, **options), "run")


def replayed(history: RecordedHistory, workflow: Callable[[Any, DurableContext], Any]) -> HistoryVerdict:
    """Replay a history on a workflow, none of whose steps may run."""
    return replay_history(history, durable_execution(workflow))


def marked(workflow: Callable[..., Any]) -> int:
    """Return the number of the line that is marked in a workflow."""
    lines, first = inspect.getsourcelines(workflow)
    return next(first + number for number, line in enumerate(lines) if line.endswith("# here\n"))


CHANGES = [
    (three, renamed, Verdict.DIVERGES, "Step 'two'", "Step 'second'"),
    (three, without_the_last, Verdict.ENDS_EARLY, "Step 'three'", END),
    (three, swapped, Verdict.DIVERGES, "Step 'two'", "Step 'three'"),
    (three, other_branch, Verdict.DIVERGES, "Wait 'pause'", "Step 'two'"),
    (three, one_more_at_the_end, Verdict.DIVERGES, END, "Step 'four'"),
    (three, one_more_in_the_middle, Verdict.DIVERGES, "Wait 'pause'", "Step 'new'"),
    (three, other_type, Verdict.DIVERGES, "Step 'two'", "Wait 'two'"),
    (three, other_wait, Verdict.DIVERGES, "Wait 'pause'", "Callback 'pause'"),
    (three, raises, Verdict.ENDS_EARLY, "Step 'three'", "the handler's failure with KeyError: 'missing'"),
    (child, child_without_the_last, Verdict.ENDS_EARLY, "Step 'two' in 'child'", "the end of 'child'"),
    (child, child_renamed, Verdict.DIVERGES, "Step 'two' in 'child'", "Step 'second' in 'child'"),
    (
        branches,
        branches_renamed,
        Verdict.DIVERGES,
        "Step 'item 1' in 'map-item-0'",
        "Step 'thing 1' in 'map-item-0'",
    ),
]


@pytest.fixture(scope="module")
def histories() -> dict[Any, RecordedHistory]:
    """Return the history of each workflow as it was."""
    return {workflow: history_of(workflow) for workflow in (three, child, branches)}


@pytest.mark.parametrize(
    ("before", "after", "verdict", "expected", "came"), CHANGES, ids=[after.__name__ for _, after, *_ in CHANGES]
)
def test_a_change_is_found(  # noqa: PLR0913, PLR0917 - one case
    histories: dict[Any, RecordedHistory], before: Any, after: Any, verdict: Verdict, expected: str, came: str
) -> None:
    """With the operations, and the line."""
    assert replayed(histories[before], before).replays
    found = replayed(histories[before], after).finding
    assert (verdict, expected, came) == (found.verdict, found.expected, found.came)
    assert found.place is not None
    assert (__file__, marked(after)) == (found.place.file, found.place.line)


def test_a_branch_that_is_gone_is_found(histories: dict[Any, RecordedHistory]) -> None:
    """It is inside of an operation that has ended, so only a prefix shows it.

    Where a slow machine records the branch's end with its operation's, no prefix does: another run is recorded.
    """
    recorded = chain([histories[branches]], (history_of(branches) for _ in range(9)))
    found = next(each for history in recorded if not (each := replayed(history, one_branch_less)).replays)
    expected = (Verdict.STOPS_EARLY, "MapIteration 'map-item-1' in 'all'")
    assert expected == (found.finding.verdict, found.finding.expected)
    assert found.finding.events < found.events


def test_code_that_waits_too_early_stops_early() -> None:
    """The answer is awaited before a step that has run."""
    history = history_of(approval, answers={"approval": "yes"})
    assert replayed(history, approval).replays
    found = replayed(history, asks_after_the_answer)
    assert Verdict.STOPS_EARLY == found.finding.verdict
    assert ("Step 'ask'", "the result of Callback 'approval'") == (found.finding.expected, found.finding.came)
    assert found.finding.place is not None
    assert marked(asks_after_the_answer) == found.finding.place.line


def test_an_execution_that_runs_takes_new_operations() -> None:
    """What is added behind what it has done is no difference: it does that too."""

    def longer(event: Any, context: DurableContext) -> str:
        approval(event, context)
        return step(context, "thanks")

    history = history_of(approval, answers={"approval": "yes"}, stops_open=True)
    assert "RUNNING" == history.status
    assert replayed(history, longer).replays
    assert not replayed(history_of(approval, answers={"approval": "yes"}), longer).replays


def test_no_body_runs() -> None:
    """Neither that of a step which has a result, nor that of one which has none, nor the check of a condition."""
    ran: list[str] = []

    def workflow(_event: Any, context: DurableContext) -> None:
        context.step(lambda _: ran.append("step"), name="step")
        context.wait_for_callback(lambda *_: ran.append("submitter"), name="approval")
        context.parallel([lambda child: child.step(lambda _: ran.append("branch"), name="branch")])

    history = history_of(workflow, answers={"approval create callback id": "yes"})
    assert ["step", "submitter", "branch"] == ran
    ran.clear()
    assert replayed(history, workflow).replays
    assert [] == ran


def test_the_message_names_each_history() -> None:
    """A line for each that does not replay."""
    history = history_of(three)
    with pytest.raises(AssertionError) as failed:
        assert_replays([history.document()], durable_execution(renamed))
    first, line, *operations = str(failed.value).split("\n")
    assert first == f"1 of 1 histories must replay on {__name__}.renamed:"
    assert line.strip().startswith("history 1 (SUCCEEDED)")
    assert "diverges: expected Step 'two', came Step 'second'" in line
    assert line.endswith(f"test_changed_code.py:{marked(renamed)})")
    assert [
        "    recorded      on this code",
        "    Step 'one'    Step 'one'",
        "    Wait 'pause'  Wait 'pause'",
        "  > Step 'two'    Step 'second'",
        "    Step 'three'  -",
    ] == operations


def long_history(contexts: int) -> RecordedHistory:
    """Return a history of many contexts with a step each; AWS's runner gives its first events only."""
    events: list[dict[str, Any]] = [
        {"EventType": "ExecutionStarted", "ExecutionStartedDetails": {"Input": {"Payload": "{}"}}}
    ]
    for n in range(contexts):
        context = OperationIdNamespace().create_id_for_step(n + 1)
        inner = {"Id": OperationIdNamespace(context).create_id_for_step(1), "ParentId": context, "Name": "inner"}
        outer = {"Id": context, "Name": f"child {n}", "SubType": "RunInChildContext"}
        result = {"Result": {"Payload": "1"}}
        events += [
            {"EventType": "ContextStarted", **outer},
            {"EventType": "StepStarted", "SubType": "Step", **inner},
            {"EventType": "StepSucceeded", "SubType": "Step", **inner, "StepSucceededDetails": result},
            {"EventType": "ContextSucceeded", **outer, "ContextSucceededDetails": result},
        ]
    numbered = [{"EventId": number, **each} for number, each in enumerate(events, 1)]
    return RecordedHistory.parse({"Events": numbered}, "long")


def test_a_long_history_is_not_replayed_at_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """But where a context is about to end, and the verdict says so."""
    monkeypatch.setattr(replayer, "MOST_PREFIXES", 20)
    most = 10

    def many(_event: Any, context: DurableContext, odd: int | None = None) -> None:
        for n in range(most):
            name = "other" if n == odd else "inner"
            context.run_in_child_context(lambda child: child.step(lambda _: 1, name=name), name=f"child {n}")  # noqa: B023

    history = long_history(most)
    found = replayed(history, many)
    assert (20, 3 * most) == found.prefixes
    assert str(found).endswith(f"replays, whole and in 20 of {3 * most} prefixes")
    finding = replayed(history, lambda event, context: many(event, context, most - 2)).finding
    assert f"Step 'other' in 'child {most - 2}'" == finding.came


def test_a_caught_divergence_is_found() -> None:
    """The SDK's error is an Exception, which a workflow may catch."""

    def catching(_event: Any, context: DurableContext) -> str:
        with contextlib.suppress(Exception):
            context.step(lambda _: 1, name="first")
        context.wait(SECOND, name="pause")
        step(context, "two")
        return step(context, "three")

    found = replayed(history_of(three), catching).finding
    assert (Verdict.DIVERGES, "Step 'one'", "Step 'first'") == (found.verdict, found.expected, found.came)


def test_the_operations_of_a_history_that_replays_have_their_lines() -> None:
    """If asked for; those in a context that has ended too."""

    def nested(_event: Any, context: DurableContext) -> str:
        return context.run_in_child_context(lambda child: step(child, "inner"), name="outer")

    history, handler = RecordedHistory.parse(record(durable_execution(nested), {}), "nested"), durable_execution(nested)
    assert () == replay_history(history, handler).finding.operations
    outer, inner = replay_history(history, handler, with_operations=True).finding.operations
    assert ("RunInChildContext 'outer'", "RunInChildContext 'outer'") == (outer.recorded, outer.came)
    assert ("Step 'inner' in 'outer'", "Step 'inner' in 'outer'") == (inner.recorded, inner.came)
    assert outer.place is not None
    assert inner.place is not None
    assert [nested.__code__.co_firstlineno + 1, step.__code__.co_firstlineno + 2] == [
        outer.place.line,
        inner.place.line,
    ]
