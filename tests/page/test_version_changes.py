"""Park, wake and rollback from the page, on the local runtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from durable_mi.cli.options.where import Where
from durable_mi.cli.release.scope import Scope
from durable_mi.operate.endpoint import Endpoint
from durable_mi.release.run_pass import run_pass
from tests.page.conftest import Showcase, write_app
from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

TAGS = {
    "durable-mi:releases": "drain rollback-window=86400 draining-min=1 keep=3 grace=600",
    "durable-mi:environments": "1",
    "durable-mi:release-records": "records",
}
FUNCTION: Any = {"FunctionName": "showcase"}


@pytest.fixture
def released_showcase(tmp_path: Path) -> Iterator[Showcase]:
    """Yield a runtime whose function drains old versions, with a second version that the alias names."""
    served = Showcase(write_app(tmp_path / "cdk.out", tags=TAGS))
    client = served.client
    client.update_function_configuration(**FUNCTION, Description="second")
    assert "2" == client.publish_version(**FUNCTION)["Version"]
    config: Any = {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 1}
    client.put_function_scaling_config(**FUNCTION, Qualifier="2", FunctionScalingConfig=config)
    eventually(lambda: _state(served, "2") == "Active", "version 2 is active")
    client.update_alias(**FUNCTION, Name="live", FunctionVersion="2")
    yield served
    served.stop()


def _state(showcase: Showcase, version: str) -> str:
    return str(showcase.client.get_function_configuration(**FUNCTION, Qualifier=version)["State"])


def _same(at: datetime) -> datetime:
    return at


def look_for_an_hour(showcase: Showcase) -> None:
    """Make the passes that the janitor would have made: they prove that version 1 is empty."""
    endpoint = Endpoint.parse(showcase.url)
    scope = Scope.open(Where(stack=None, function="showcase", endpoint=endpoint, profile=None, region=None))
    for minutes in range(60, 0, -6):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        run_pass(scope.client, scope.store("showcase"), "showcase", clock=partial(_same, at))


@pytest.mark.slow
def test_parks_wakes_and_rolls_back(released_showcase: Showcase, open_page: Callable[..., Page]) -> None:
    """What the page says is done is done; executions start on the version that was rolled back to."""
    page = open_page(f"{released_showcase.url}/#/versions")
    order = {"action": "park", "function": "showcase", "version": "1"}
    first = page.request.post(f"{released_showcase.url}/page/api/versions", data=order)
    assert "seen for the first time: nothing is lowered in the first pass" in first.json()["message"]
    look_for_an_hour(released_showcase)
    row = page.locator("tbody tr").nth(1)
    expect(row.locator("strong")).to_have_text("1")

    def do(verb: str) -> None:
        row.get_by_role("button", name=verb).click()
        page.get_by_role("dialog").get_by_role("button", name=verb).click()

    do("Park")
    eventually(lambda: _state(released_showcase, "1") == "Deactivated", "version 1 is deactivated")
    expect(row).to_contain_text("0 to 0")
    do("Wake")
    eventually(lambda: _state(released_showcase, "1") == "Active", "version 1 is active")
    expect(row.get_by_role("button", name="Park")).to_be_visible()
    do("Roll back")
    expect(row).to_contain_text("live")
    assert "1" == released_showcase.client.get_alias(**FUNCTION, Name="live")["FunctionVersion"]
    assert ":showcase:1/" in released_showcase.run("rolled-back", {"charge": False, "items": []})
