"""Changes of many executions: which ones, what is done, and what a run that broke off leaves for the next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.bulk.carry_out import Outcome, Settled, carry_out
from durable_mi.operate.bulk.chosen import Chosen, choose_by_filters, read_chosen
from durable_mi.operate.bulk.open_callbacks import Answer, read_open_callbacks
from durable_mi.operate.bulk.restart import Restart, restart_name
from durable_mi.operate.bulk.verb import DELETE, PAUSE, RESTART, RESUME, STOP, Verb
from durable_mi.operate.calls.changes import ExecutionChanges
from durable_mi.operate.calls.pace import Pace
from durable_mi.operate.errors import ServiceError, UsageError
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.filters import Filters, Sort
from durable_mi.operate.selection.functions import DurableFunction
from durable_mi.operate.selection.places import Places
from durable_mi.operate.selection.selection import Selection

from .account import NOW, Account, event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from durable_mi.operate.calls.caller import Caller

ORDERS = DurableFunction("orders", "Orders/Workflow")


def choose(caller: Caller, verb: Verb, filters: Filters | None = None) -> Sequence[Chosen]:
    """Return what filters select."""
    return choose_by_filters(Selection(caller, [ORDERS]), verb, filters or Filters(), sort=Sort.NEWEST, limit=None)


def stop(caller: Caller) -> Callable[[Chosen], str]:
    """Return what stops one execution."""
    changes = ExecutionChanges(caller)

    def change(chosen: Chosen) -> str:
        changes.stop(chosen.execution.arn)
        return ""

    return change


def stops(account: Account) -> Counter[str]:
    """Return how often each execution was stopped."""
    return Counter(given["DurableExecutionArn"] for name, given in account.calls if name == "StopDurableExecution")


def test_four_hundred_are_stopped_once_each_though_the_run_breaks_off() -> None:
    """Calls are throttled meanwhile; the second run takes what the first has left."""
    account = Account(page=100)
    for number in range(400):
        account.add(f"order-{number}", started=number)
    account.add("ended", "SUCCEEDED")
    caller = account.caller()
    caller.stops = Pace(pauses_s=(0.0,) * 100)
    first = carry_out(STOP, choose(caller, STOP), stop(caller))
    for _ in range(150):
        next(first)
        account.throttled += len(account.calls) % 10 == 0
    first.close()

    done = {each["DurableExecutionArn"] for each in account.executions if each["Status"] == "STOPPED"}
    assert 150 <= len(done) < 400
    calls = stops(account)
    second = list(carry_out(STOP, choose(caller, STOP), stop(caller)))

    assert {Outcome.DONE} == {each.outcome for each in second}
    assert 400 == sum(1 for each in account.executions if each["Status"] == "STOPPED")
    assert not done & set(stops(account) - calls)
    assert not choose(caller, STOP)


@pytest.mark.parametrize(
    ("verb", "status", "expected"),
    [
        (STOP, "RUNNING", Outcome.DONE),
        (STOP, "PAUSED", Outcome.DONE),
        (STOP, "SUCCEEDED", Outcome.NOT_NEEDED),
        (PAUSE, "PAUSED", Outcome.NOT_NEEDED),
        (PAUSE, "FAILED", Outcome.FAILED),
        (RESUME, "RUNNING", Outcome.NOT_NEEDED),
        (RESUME, "STOPPED", Outcome.FAILED),
        (DELETE, "RUNNING", Outcome.FAILED),
        (DELETE, "TIMED_OUT", Outcome.DONE),
        (RESTART, "RUNNING", Outcome.FAILED),
    ],
)
def test_what_is_named_is_changed_by_its_status(verb: Verb, status: str, expected: Outcome) -> None:
    """What is settled needs nothing; what cannot be changed says in which statuses it could."""
    account = Account()
    arn = account.add("one", status)
    chosen = read_chosen(account.caller(), ExecutionArn.parse(arn))

    (result,) = carry_out(verb, [chosen], lambda _: "")

    assert expected is result.outcome
    if expected is Outcome.FAILED:
        assert f"must be {verb.statuses} to {verb.name}, is {status}" == result.text


def test_what_went_away_meanwhile_needs_no_stop() -> None:
    """It was deleted between the list and the call."""
    account = Account()
    account.add("one")
    caller = account.caller()
    chosen = choose(caller, STOP)
    account.gone = True

    assert [Outcome.NOT_NEEDED] == [each.outcome for each in carry_out(STOP, chosen, stop(caller))]


def test_the_rest_is_not_tried_where_nothing_can_be_done() -> None:
    """Such as without the permission: not four hundred errors."""
    account = Account()
    for number in range(100):
        account.add(f"order-{number}")
    caller = account.caller()
    chosen = choose(caller, STOP)
    account.refused = ("AccessDeniedException", "no")

    counts = Counter(each.outcome for each in carry_out(STOP, chosen, stop(caller)))

    assert counts[Outcome.FAILED] < 20
    assert 100 == counts[Outcome.FAILED] + counts[Outcome.NOT_TRIED]


def test_rejects_statuses_in_which_it_cannot_be_done() -> None:
    """A filter that can select nothing."""
    with pytest.raises(UsageError, match="--status must be of RUNNING, PAUSING or PAUSED to stop, got SUCCEEDED"):
        choose(Account().caller(), STOP, Filters(statuses=frozenset({"SUCCEEDED"})))


def test_an_execution_is_started_again_once() -> None:
    """With its input, under a name that is the same each time and leads back to the old one."""
    account = Account()
    old = account.add("order-1", "FAILED")
    account.details[old] = {"InputPayload": '{"n":1}'}
    caller = account.caller()
    (chosen,) = choose(caller, RESTART)
    restart = Restart(caller=caller)

    new = restart(chosen)

    started = [given for name, given in account.calls if name == "Invoke"]
    assert [("orders", "live", b'{"n":1}')] == [
        (each["FunctionName"], each["Qualifier"], each["Payload"]) for each in started
    ]
    name = ExecutionArn.parse(new).name
    assert restart_name(chosen.execution) == name
    assert name.startswith("order-1-again-")
    with pytest.raises(Settled, match=new):
        restart(chosen)
    assert 1 == account.names().count("Invoke")
    other = Restart(caller=caller, payload=b'{"n":2}')(chosen)
    assert new != other
    assert '{"n":2}' == account.details[other]["InputPayload"]


def test_the_name_of_a_restart_stays_within_the_limit() -> None:
    """However long the old one is, and however often it is started again."""
    account = Account()
    account.add("x" * 64, "FAILED")
    (chosen,) = choose(account.caller(), RESTART)
    name = restart_name(chosen.execution)
    assert 64 == len(name)
    account.add(name, "FAILED", started=5, id_="another")
    again = restart_name(choose(account.caller(), RESTART)[0].execution)
    assert (64, 1) == (len(again), again.count("-again-"))
    assert name != again


def test_rejects_a_restart_without_an_input() -> None:
    """A function whose histories hold no data."""
    account = Account()
    account.add("one", "FAILED")
    caller = account.caller()
    with pytest.raises(ServiceError, match="the input of one must be known, but the service returns none: pass --pay"):
        Restart(caller=caller)(choose(caller, RESTART)[0])


def waiting() -> tuple[Account, Chosen]:
    """Return an execution that waits for two callbacks, after one that was answered."""
    account = Account(page=2)
    account.add(
        "one",
        "RUNNING",
        event(1, "CallbackStarted", "1", "first", CallbackId="AA=="),
        event(2, "CallbackSucceeded", "1", "first", Result={}),
        event(3, "CallbackStarted", "2", "manager", CallbackId="BB=="),
        event(4, "CallbackStarted", "3", "finance", CallbackId="CC=="),
    )
    return account, choose(account.caller(), STOP)[0]


def test_open_callbacks_are_those_without_an_answer() -> None:
    """The whole history is read."""
    account, chosen = waiting()
    assert ["BB==", "CC=="] == [each.id for each in read_open_callbacks(account.caller(), chosen.execution.arn)]


def test_a_callback_is_answered_by_its_name() -> None:
    """One that is not open needs nothing, unless the user named the execution."""
    account, chosen = waiting()
    caller = account.caller()
    sent: list[str] = []
    assert "finance" == Answer(caller=caller, send=sent.append, name="finance")(chosen)
    assert ["CC=="] == sent
    with pytest.raises(UsageError, match="one callback must be meant, got manager, finance: pass --callback NAME"):
        Answer(caller=caller, send=sent.append)(chosen)
    with pytest.raises(Settled, match="waits for no callback first, but for manager, finance"):
        Answer(caller=caller, send=sent.append, name="first")(chosen)
    with pytest.raises(UsageError, match="waits for no callback first"):
        Answer(caller=caller, send=sent.append, name="first", is_named=True)(chosen)
    assert ["CC=="] == sent


def test_a_callback_is_called_what_the_workflow_calls_it() -> None:
    """The SDK adds words to the name of the one in ``wait_for_callback``."""
    account = Account()
    name = "manager create callback id"
    arn = account.add("one", "RUNNING", event(1, "CallbackStarted", "1", name, CallbackId="AA=="))
    caller = account.caller()
    (chosen,) = choose(caller, STOP)
    assert ["manager"] == [each.name for each in read_open_callbacks(caller, arn)]
    place = Places(caller).of(chosen.execution)
    assert place is not None
    assert place.text(NOW).startswith("callback manager")
