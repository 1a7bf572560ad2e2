"""A release on the local runtime as tools make it: publish, move the alias, park the old version, delete it."""

from __future__ import annotations

import contextlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTION = {"FunctionName": "durable-probe"}


def has_guards(local: Any, expected: int) -> bool:
    """Return whether so many execution environments have a guard that lives."""
    count = 0
    for process in local.descendants():
        with contextlib.suppress(psutil.NoSuchProcess):
            count += "supervisor.py" in " ".join(process.cmdline())
    return expected == count


def scale(client: Any, version: str, minimum: int, maximum: int) -> str:
    """Scale a version; returns its state right after the call."""
    config = {"MinExecutionEnvironments": minimum, "MaxExecutionEnvironments": maximum}
    answer = client.put_function_scaling_config(**FUNCTION, Qualifier=version, FunctionScalingConfig=config)
    return str(answer["FunctionState"])


def is_applied(client: Any, version: str, minimum: int) -> bool:
    """Return whether a version has so many execution environments."""
    applied = client.get_function_scaling_config(**FUNCTION, Qualifier=version)["AppliedFunctionScalingConfig"]
    return bool(minimum == applied["MinExecutionEnvironments"])


def has_state(client: Any, version: str, state: str) -> bool:
    """Return whether a version is in a state."""
    return bool(state == client.get_function_configuration(**FUNCTION, Qualifier=version)["State"])


def test_a_version_takes_the_place_of_another(start: Callable[..., Any]) -> None:
    """Executions stay on their version; one that is parked takes none, and one that is deleted is gone."""
    local = start("--quiet", "--environments", "1", "--concurrency", "1", "--function", "Durable")
    client = local.client()
    scale(client, "1", 2, 2)
    eventually(partial(is_applied, client, "1", 2), "2 environments are applied")
    assert has_guards(local, 2)
    scale(client, "1", 1, 1)
    eventually(partial(has_guards, local, 1), "1 environment")

    client.update_function_configuration(**FUNCTION, Description="second")
    assert "2" == client.publish_version(**FUNCTION)["Version"]
    scale(client, "2", 1, 1)
    eventually(partial(has_state, client, "2", "Active"), "version 2 is active")
    seen = client.get_alias(**FUNCTION, Name="live")
    waiting = client.invoke(**FUNCTION, Qualifier="live", InvocationType="Event", Payload='{"wait": 500}')
    assert "1" == waiting["ExecutedVersion"]
    client.update_alias(**FUNCTION, Name="live", FunctionVersion="2", RevisionId=seen["RevisionId"])
    answer = client.invoke(**FUNCTION, Qualifier="live", Payload='{"wait": 1}')
    assert "2" == answer["ExecutedVersion"]
    assert "after" in json.loads(answer["Payload"].read())

    running = client.list_durable_executions_by_function(**FUNCTION, Qualifier="1", Statuses=["RUNNING"])
    assert [waiting["DurableExecutionArn"]] == [each["DurableExecutionArn"] for each in running["DurableExecutions"]]
    assert scale(client, "1", 0, 0) in {"Deactivating", "Deactivated"}
    eventually(partial(has_state, client, "1", "Deactivated"), "version 1 is deactivated")
    with pytest.raises(ClientError, match="currently in the following state: Deactivated"):
        client.invoke(**FUNCTION, Qualifier="1", Payload="{}")
    client.delete_function(**FUNCTION, Qualifier="1")
    with pytest.raises(ClientError, match="function not found"):
        client.invoke(**FUNCTION, Qualifier="1", Payload="{}")
    assert has_guards(local, 1)
