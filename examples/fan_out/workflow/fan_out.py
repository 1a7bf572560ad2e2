"""Invoice all customers of a month: a map with a few at a time, which tolerates that some of them fail.

Each customer has a context with steps of its own. If the process ends, those that are done are not done again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import billing
from aws_durable_execution_sdk_python import BatchResult, DurableContext, StepContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.concurrency.models import CompletionReason
from aws_durable_execution_sdk_python.config import CompletionConfig, Duration, MapConfig, StepConfig
from aws_durable_execution_sdk_python.retries import RetryPresets, RetryStrategyConfig, create_retry_strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

Customer = dict[str, Any]

# Without a configuration the first customer that fails would fail the map. Here a fourth of them may; if it is more,
# something else is wrong, and the map stops.
THREE_AT_A_TIME = MapConfig[Customer](
    max_concurrency=3,
    completion_config=CompletionConfig(tolerated_failure_percentage=25),
    item_namer=lambda customer, _index: customer["id"],
)
# Another attempt would add up the same orders.
ONCE = StepConfig(retry_strategy=RetryPresets.none())
IF_THROTTLED = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(
            max_attempts=5, initial_delay=Duration.from_seconds(2), retryable_error_types=[billing.ThrottledError]
        )
    )
)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Invoice the customers of a month; return the sum, and who could not be invoiced."""
    month, customers = event["month"], event["customers"]

    def invoice(child: DurableContext, customer: Customer, _index: int, _all: Sequence[Customer]) -> int:
        total = child.step(add_up(customer), name="add up", config=ONCE)
        child.step(write(f"{month}/{customer['id']}", total), name="write", config=IF_THROTTLED)
        return total

    done: BatchResult[int] = context.map(customers, invoice, name="invoices", config=THREE_AT_A_TIME)
    # A map reports failures, and raises none itself.
    if done.completion_reason is CompletionReason.FAILURE_TOLERANCE_EXCEEDED:
        done.throw_if_error()
    failed = [customers[item.index]["id"] for item in done.failed()]
    return {"month": month, "sum": sum(done.get_results()), "failed": failed}


@durable_step
def add_up(_context: StepContext, customer: Customer) -> int:
    """Add up what a customer ordered."""
    if not customer["orders"]:
        msg = f"{customer['id']} ordered nothing"
        raise ValueError(msg)
    return sum(customer["orders"])


@durable_step
def write(context: StepContext, invoice_id: str, total: int) -> None:
    """Save the invoice. The step may run twice, and the key makes it one invoice."""
    billing.write(total, idempotency_key=invoice_id, attempt=context.attempt)
