"""What was started again from what: the names lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from durable_mi.operate.bulk.lineage import RestartMark, read_lineage
from durable_mi.operate.bulk.restart import restart_name
from durable_mi.operate.calls.executions import ExecutionLists
from durable_mi.operate.errors import ServiceError

from .account import Account

if TYPE_CHECKING:
    from durable_mi.operate.calls.caller import Caller
    from durable_mi.operate.selection.summary import Summary


def listed(caller: Caller) -> dict[str, Summary]:
    """Return the executions by name."""
    return {each.name: each for each in ExecutionLists(caller).of("orders")}


@pytest.mark.parametrize("name", ["order-1", "order-1-again", "n" * 64, "order-1-again-00000000-k"])
def test_leads_back_and_forth_over_several_restarts(name: str) -> None:
    """A restart of a restart repeats that one, not the first; a name that was cut leads back too."""
    account = Account()
    account.add(name, "FAILED", id_="8d5c-0001-aaaa")
    account.add("order-1-other", "FAILED", id_="8d5c0002")
    caller = account.caller()
    first = listed(caller)[name]
    second = restart_name(first)
    account.add(second, "FAILED", started=100, id_="99990001-b")
    third = restart_name(listed(caller)[second], b"{}")
    account.add(third, started=200, id_="77770001-c")
    executions = listed(caller)

    assert (None, [executions[second]]) == _both(caller, first)
    assert (first, [executions[third]]) == _both(caller, executions[second])
    assert (executions[second], []) == _both(caller, executions[third])


def test_claims_nothing_of_one_that_is_gone() -> None:
    """The name alone is no execution; one with that id and another name is another one."""
    account = Account()
    account.add("payroll-1", id_="8d5c0001")
    account.add("order-1-again-8d5c0001", started=100)
    caller = account.caller()
    assert (None, []) == _both(caller, listed(caller)["order-1-again-8d5c0001"])


def test_rejects_a_list_that_is_not_allowed() -> None:
    """With the permission's name."""
    account = Account()
    account.add("order-1")
    caller = account.caller()
    execution = listed(caller)["order-1"]
    account.refused = ("AccessDeniedException", "no")
    with pytest.raises(ServiceError, match="lambda:ListDurableExecutionsByFunction"):
        read_lineage(caller, execution)


@pytest.mark.parametrize(
    "name", ["order", "order-again-1234567", "order-again-123456789", "order-again-12345678-", "-again-"]
)
def test_other_names_have_no_mark(name: str) -> None:
    """Eight letters and digits, and whatever comes after them."""
    assert RestartMark.of(name) is None


def _both(caller: Caller, execution: Summary) -> tuple[Summary | None, list[Summary]]:
    found = read_lineage(caller, execution)
    return found.origin, list(found.restarts)
