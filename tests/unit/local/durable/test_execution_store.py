"""The store of executions: ARNs, names and ends."""

from __future__ import annotations

import pytest
from executions import function_arn, new_execution, saved

from durable_mi.local.durable.store import ExecutionStore


@pytest.fixture
def store() -> ExecutionStore:
    """Return a store in memory."""
    return ExecutionStore(function_arn)


def test_a_saved_execution_has_an_arn_of_the_services_form(store: ExecutionStore) -> None:
    """Function, version, name and id; the last part is the id of the execution's own operation."""
    assert (
        "arn:aws:lambda:us-east-1:000000000000:function:orders:1/durable-execution/order-1/id-order-1"
        == saved(store, "order-1")
    )  # fmt: skip


def test_the_first_caller_of_a_name_starts_the_execution(store: ExecutionStore) -> None:
    """The second with the same payload finds the first one's ARN."""
    future, is_first, is_same = store.claim("orders", "order-1", b'{"id": 1}')
    again, is_first_again, is_same_again = store.claim("orders", "order-1", b'{"id": 1}')
    future.set_result("arn")
    assert (True, True) == (is_first, is_same)
    assert (False, True, "arn") == (is_first_again, is_same_again, again.result(timeout=0))


def test_another_payload_under_the_same_name_is_seen(store: ExecutionStore) -> None:
    """The service answers it with DurableExecutionAlreadyStartedException."""
    store.claim("orders", "order-1", b'{"id": 1}')
    _, is_first, is_same = store.claim("orders", "order-1", b'{"id": 2}')
    assert (False, False) == (is_first, is_same)


def test_a_name_is_unique_within_its_function(store: ExecutionStore) -> None:
    """Two functions may have executions of one name."""
    store.claim("orders", "order-1", b"1")
    _, is_first, _ = store.claim("refunds", "order-1", b"2")
    assert is_first


def test_the_end_of_an_execution_settles_who_waits_for_it(store: ExecutionStore) -> None:
    """Whether they asked before the end or after it."""
    arn = saved(store, "order-1")
    before = store.ended(arn)
    assert not before.done()
    execution = store.load(arn)
    execution.complete_success("1")
    store.update(execution)
    assert execution is before.result(timeout=0)
    assert execution is store.ended(arn).result(timeout=0)


def test_a_change_is_published(store: ExecutionStore) -> None:
    """Saving and updating, each with the ARN."""
    changed: list[str] = []
    store.on_change = changed.append
    arn = saved(store, "order-1")
    store.update(store.load(arn))
    assert [arn, arn] == changed


def test_a_deleted_execution_frees_its_name(store: ExecutionStore) -> None:
    """The name can be used again, and the ARN is not found."""
    store.claim("orders", "order-1", b"1")
    arn = saved(store, "order-1")
    store.forget(arn)
    _, is_first, _ = store.claim("orders", "order-1", b"2")
    assert is_first
    assert [] == store.list_all()


def test_executions_of_one_store_have_different_arns(store: ExecutionStore) -> None:
    """Two names, two ARNs."""
    store.save(new_execution("a"))
    store.save(new_execution("b"))
    assert 2 == len({each.durable_execution_arn for each in store.list_all()})
