"""Many executions at once: as many run as there are processes, the others queue, and all of them end right."""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

pytestmark = pytest.mark.untraced

IN_FLIGHT = 200


def effects(local: Any) -> Counter[str]:
    """How often each order's steps ran, by the line that each of them logs."""
    client = local.client("logs")
    pages = [
        page
        for group in client.describe_log_groups()["logGroups"]
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
    ]
    lines = (event["message"] for page in pages for event in page["events"] if event["message"].startswith("{"))
    said = (str(json.loads(line).get("message")) for line in lines)
    return Counter(line for line in said if line.startswith(("Validating", "Processing")))


@pytest.mark.parametrize(
    ("count", "chance"),
    [pytest.param(50, 0.02), pytest.param(1000, 0.005, marks=[pytest.mark.slow, pytest.mark.timeout(900)])],
)
def test_many_orders_end_once_each_with_their_own_result(
    start: Callable[..., Any], example_app: Path, count: int, chance: float
) -> None:
    """None is lost and none doubled; a step runs again only where a checkpoint cost its process."""
    size = ("--environments", "2", "--concurrency", "4")
    fault = ("--fault", f"kill-worker={chance}", "--fault-seed", "11")
    orders = start("--quiet", "--skip-time", "--no-limits", *size, *fault, app=example_app)
    client = orders.client(connections=IN_FLIGHT)
    name = client.list_functions()["Functions"][0]["FunctionName"]

    def run(number: int) -> tuple[str, Mapping[str, Any]]:
        answer = client.invoke(FunctionName=name, Qualifier="live", Payload=json.dumps({"orderId": f"o-{number}"}))
        return answer["DurableExecutionArn"], json.loads(answer["Payload"].read())

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        ended = dict(pool.map(run, range(count)))

    assert count == len(ended)
    assert [f"o-{number}" for number in range(count)] == [result["orderId"] for result in ended.values()]
    assert {"processed"} == {result["status"] for result in ended.values()}
    listed = [
        execution
        for page in client.get_paginator("list_durable_executions_by_function").paginate(FunctionName=name)
        for execution in page["DurableExecutions"]
    ]
    assert sorted(ended) == sorted(execution["DurableExecutionArn"] for execution in listed)
    assert {"SUCCEEDED"} == {execution["Status"] for execution in listed}
    ran = effects(orders)
    assert {f"{step} order o-{number}" for step in ("Validating", "Processing") for number in range(count)} == set(ran)
    killed = orders.faults()["kill-worker"]
    assert killed > 0
    assert sum(ran.values()) <= 2 * count + killed


@pytest.fixture
def run_handler(
    start: Callable[..., Any],
    probe_template: dict[str, Any],
    write_assembly: Callable[..., Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Any]:
    """Serve one durable function with a handler of the probe: handler, options and properties in, runtime out."""

    def run(handler: str, *options: str, **properties: Any) -> Any:
        probe_template["Resources"]["Ledger"]["Properties"].update(properties, Handler=handler)
        app = write_assembly(tmp_path_factory.mktemp("crowd") / "cdk.out", probe_template)
        return start("--quiet", "--function", "Ledger", *options, app=app)

    return run


@pytest.mark.slow
@pytest.mark.runtime_client
def test_as_many_executions_run_at_once_as_there_are_processes(run_handler: Callable[..., Any], tmp_path: Path) -> None:
    """Each waits in a step for all the others, more than the machine has processors."""
    count = 2 * (os.cpu_count() or 1) + 12
    client = run_handler("probe.gathering", "--environments", "2", "--concurrency", str(count // 2)).client()
    event = json.dumps({"directory": str(tmp_path), "count": count})

    def run(_: int) -> int:
        answer = client.invoke(FunctionName="Probe-Ledger", Qualifier="live", Payload=event)
        return int(answer["Payload"].read())

    with ThreadPoolExecutor(count) as pool:
        assert count == len(set(pool.map(run, range(count))))


@pytest.mark.slow
@pytest.mark.runtime_client
def test_the_time_in_the_queue_is_not_the_functions(run_handler: Callable[..., Any], tmp_path: Path) -> None:
    """Three executions of more than half the function's timeout share one process; each runs once."""
    client = run_handler("probe.slow", "--environments", "1", "--concurrency", "1", Timeout=7).client()
    file = tmp_path / "effects"
    arns = [
        client.invoke(
            FunctionName="Probe-Ledger",
            Qualifier="live",
            InvocationType="Event",
            Payload=json.dumps({"file": str(file), "order": order, "sleep": 4}),
        )["DurableExecutionArn"]
        for order in range(3)
    ]

    def statuses() -> set[str]:
        return {client.get_durable_execution(DurableExecutionArn=arn)["Status"] for arn in arns}

    eventually(lambda: "RUNNING" not in statuses(), "all have ended")
    assert {"SUCCEEDED"} == statuses()
    assert ["0.0", "1.0", "2.0"] == sorted(file.read_text().split())
