"""The workflows of ``tests/workflows`` and the example, with AWS's services replaced by what counts its calls."""

from __future__ import annotations

import os
import runpy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock, patch

import boto3
from botocore.exceptions import ClientError

from tests.unit.testing.replay.recorder import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[4]
FUNCTIONS = ROOT / "tests" / "workflows" / "functions"
EXAMPLE = ROOT / "examples" / "order_workflow" / "workflow" / "order_workflow.py"
VARIABLES = (
    *("EXPENSES", "MANAGERS", "APPROVAL", "BOOKING", "INVOICES", "POST", "TASKS", "INCIDENTS", "PAGER", "RELEASES"),
    *("SALES", "REPORTED_UNTIL", "REPORTS", "PAYMENTS", "WAREHOUSE", "JOBS", "EXPORTS", "OFFERS"),
)


class Missing(Exception):  # noqa: N818 - what the services call it ends otherwise
    """The service's answer that something is not there."""


@dataclass(frozen=True)
class Case:
    """A workflow, and how it is run.

    Attributes:
        file: Its module.
        event: Its input.
        answers: The results of its callbacks.
        functions: What it invokes.
        prepare: Sets what the services answer.
    """

    file: Path
    event: Any
    answers: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, Callable[[Any, Any], Any]] = field(default_factory=dict)
    prepare: Callable[[MagicMock], None] = lambda _: None


@dataclass(frozen=True)
class Recording:
    """A workflow that was run, and its history.

    Attributes:
        module: The names of its module.
        services: Replaces AWS's services.
        history: The history.
    """

    module: Mapping[str, Any]
    services: MagicMock
    history: Mapping[str, Any]

    @property
    def handler(self) -> Callable[[Any, Any], Any]:
        """Its handler."""
        handler: Callable[[Any, Any], Any] = self.module["handler"]
        return handler


def environment() -> Any:
    """Set the variables of the functions, for a while."""
    return patch.dict(os.environ, {name: name for name in VARIABLES})


def load(file: Path, services: MagicMock) -> dict[str, Any]:
    """Run a module whose clients are replaced."""
    with (
        environment(),
        patch.object(boto3, "client", lambda *_, **__: services),
        patch.object(boto3, "resource", lambda *_, **__: services),
    ):
        return runpy.run_path(str(file))


def recording(case: Case) -> Recording:
    """Run a workflow and record it."""
    services = MagicMock()
    services.Table.return_value = services
    services.exceptions.ParameterNotFound = Missing
    services.meta.client.exceptions.ConditionalCheckFailedException = Missing
    case.prepare(services)
    module = load(case.file, services)
    with environment():
        history = record(module["handler"], case.event, answers=case.answers, functions=case.functions)
    return Recording(module, services, history)


def _throttled_once(services: MagicMock) -> None:
    throttled = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slowly"}}, "UpdateItem")
    services.update_item.side_effect = [throttled, None, Missing(), None, None]


def _polled_twice(services: MagicMock) -> None:
    found: Iterator[dict[str, Any]] = iter(
        [{"Item": {"status": "RUNNING"}}, {"Item": {"status": "DONE", "file": "s3://here"}}]
    )
    services.get_item.side_effect = lambda **_: next(found)


def _sold(services: MagicMock) -> None:
    services.get_parameter.return_value = {"Parameter": {"Value": "1"}}
    services.scan.return_value = {"Items": [{"price": 2, "id": "a"}]}


CASES: dict[str, Case] = {
    "approval": Case(
        FUNCTIONS / "approval.py",
        {"expenseId": "e", "amount": 1},
        {"approval create callback id": '{"by": "m"}'},
    ),
    "chain": Case(
        FUNCTIONS / "chain.py",
        {"tripId": "t", "amount": 1, "offers": []},
        functions={
            "APPROVAL": lambda _event, _context: {"status": "approved", "by": "m"},
            "BOOKING": lambda _event, _context: {"status": "booked"},
        },
    ),
    "container": Case(FUNCTIONS / "container.py", {"videoId": "v"}, {"task 1": '{"url": "here"}'}),
    "fan_out": Case(
        FUNCTIONS / "fan_out.py",
        {"month": "5", "customers": [{"id": f"c{n}", "orders": [n] * (n != 2)} for n in range(5)]},
    ),
    "investigation": Case(
        FUNCTIONS / "investigation.py",
        {"incidentId": "i", "service": "s", "onCall": [{"person": "p", "withinSeconds": 3600}]},
        {"page p create callback id": '{"cause": "disk"}'},
        prepare=_sold,
    ),
    "nightly": Case(FUNCTIONS / "nightly.py", {"time": "2"}, prepare=_sold),
    "payment": Case(FUNCTIONS / "payment.py", {"orderId": "o"}, {"payment": '{"reference": "r"}'}),
    "polling": Case(FUNCTIONS / "polling.py", {"exportId": "x"}, prepare=_polled_twice),
    "saga": Case(FUNCTIONS / "saga.py", {"tripId": "t", "offers": ["a", "b"]}, prepare=_throttled_once),
    "order": Case(EXAMPLE, {"orderId": "1"}),
}
