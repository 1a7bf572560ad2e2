"""`durable-mi ui`: the page over an account, which is the local endpoint here."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.page.conftest import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page


@pytest.fixture
def link(showcase: Any) -> Iterator[str]:
    """Serve the page, read only."""
    command = [str(TOOLS / "durable-mi"), "ui", "--stack", "Showcase", "--endpoint-url", showcase.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.match(r"Page (http://127\.0\.0\.1:\d+/\?token=\S+)", line)
        assert found is not None, line
        yield found[1]
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert 0 == process.returncode


@pytest.mark.slow
def test_shows_an_account_and_changes_nothing(showcase: Any, link: str, open_page: Callable[..., Page]) -> None:
    """The link opens it; the address alone does not; no credentials and no token are in what the browser can read."""
    failed = showcase.run("on-account", {"charge": False, "fail": True})
    page = open_page(link)
    expect(page.locator(".place")).to_contain_text("Showcase in us-east-1 · read only")
    expect(page.get_by_role("row", name="on-account")).to_contain_text("explode RuntimeError")
    assert "token" not in page.url
    assert "" == page.evaluate("document.cookie")

    page.get_by_role("link", name="on-account").click()
    expect(page.locator(".notice")).to_contain_text("Failed in step explode")
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    address = link.partition("/?")[0]
    waiting = showcase.start("account-waits", {"charge": False, "callback": True, "items": []})
    page.goto(f"{address}/#/executions/{quote(waiting, safe='')}")
    why = page.get_by_role("region", name="Why")
    expect(why).to_contain_text("It waits for callback approval since")
    expect(why).to_contain_text(f"durable-mi callback succeed {waiting} --endpoint-url {showcase.url}")
    other_stack = waiting.replace(":showcase:", ":payroll:")
    assert 404 == page.request.get(f"{address}/page/api/why/{quote(other_stack, safe='')}").status
    answers = [
        page.request.delete(f"{address}/2025-12-01/durable-executions/{failed.replace('/', '%2F')}"),
        page.request.post(
            f"{address}/page/api/versions", data={"action": "park", "function": "showcase", "version": "1"}
        ),
    ]
    assert [403, 403] == [each.status for each in answers]
    stranger = page.context.browser
    assert stranger is not None
    other = stranger.new_context()
    paths = ["/", "/?token=wrong", "/page/api/executions", "/page/page.js"]
    assert [401] * 4 == [other.request.get(address + path).status for path in paths]
    other.close()
