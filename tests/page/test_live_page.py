"""The page in a real browser: it follows executions, and acts on them."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil
from playwright.sync_api import expect

from tests.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

ORDER = {"orderId": "7", "wait": 10, "callback": True}


def timeline_url(url: str, arn: str) -> str:
    """Where the page shows an execution."""
    return f"{url}/#/executions/{quote(arn, safe='')}"


def has_status(page: Page, status: str) -> None:
    """Expect that the head of the timeline says so."""
    expect(page.locator(".head .pill")).to_have_text(status)


def test_follows_an_execution_from_its_start_to_its_end(fresh_showcase: Any, open_page: Callable[..., Page]) -> None:
    """Nothing is reloaded: the list, the wait, the callback and the end come by themselves."""
    page = open_page(fresh_showcase.url)
    expect(page.get_by_text("No executions yet")).to_be_visible()
    expect(page.locator(".connection")).to_have_text("live")

    fresh_showcase.start("order-7", ORDER)
    row = page.get_by_role("row", name="order-7")
    expect(row).to_contain_text("running")
    expect(row).to_contain_text("cool down")

    row.click()
    has_status(page, "running")
    expect(page.get_by_role("button", name="cool down wait, started")).to_be_visible()
    expect(page.get_by_role("button", name="cool down wait, succeeded")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("environment [0-9a-f]{4}"))).to_have_count(2)
    expect(page.locator(".waiting", has_text="Waits for callback approval")).to_be_visible()
    why = page.get_by_role("region", name="Why")
    expect(why).to_contain_text("It waits for callback approval since")
    expect(why).to_contain_text("To answer the callback: durable-mi callback succeed arn:")
    expect(why).to_contain_text(f"--endpoint-url {fresh_showcase.url}")
    page.go_back()
    expect(row).to_contain_text("running")
    row.click()

    page.get_by_role("button", name="Complete…").click()
    page.get_by_label("Payload").fill('{"by": "Ada"}')
    page.get_by_role("button", name="Send success").click()
    has_status(page, "succeeded")
    expect(page.locator(".waiting", has_text="Waits for callback")).to_have_count(0)
    expect(why).to_have_count(0)
    page.get_by_role("button", name="execution succeeded").click()
    expect(page.get_by_label("Result")).to_contain_text("Ada")
    expect(page.locator(".facts-line")).to_contain_text("suspended")


def test_fails_a_callback_after_news_came_in(showcase: Any, open_page: Callable[..., Page]) -> None:
    """What is typed outlives the redrawing of what is around it; the error that was typed is the execution's."""
    arn = showcase.start("typing", {"charge": False, "callback": True, "items": []})
    page = open_page(timeline_url(showcase.url, arn))
    page.get_by_role("button", name="Complete…").click()
    page.get_by_label("Payload").fill("half a sen")

    # It asks again when it has drawn what it got before: after the second answer, the first is on the screen.
    for number in range(2):
        with page.expect_response(re.compile("/page/api/.*showcase")):
            showcase.run(f"noise-{number}", {"charge": False, "items": []})

    expect(page.get_by_label("Payload")).to_have_value("half a sen")
    expect(page.get_by_label("Payload")).to_be_focused()
    page.get_by_label("failure").check()
    page.get_by_label("Error type").fill("TooExpensive")
    page.get_by_label("Message").fill("ask again <b>later</b>")
    page.get_by_role("button", name="Send failure").click()

    has_status(page, "failed")
    expect(page.locator(".inspector .error").first).to_contain_text("TooExpensive: ask again <b>later</b>")


def test_stops_an_execution(showcase: Any, open_page: Callable[..., Page]) -> None:
    """Not before the reader agreed."""
    arn = showcase.start("to-be-stopped", {"charge": False, "callback": True})
    page = open_page(timeline_url(showcase.url, arn))

    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Cancel").click()
    has_status(page, "running")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()

    has_status(page, "stopped")


def test_starts_an_execution_again_with_the_same_input(showcase: Any, open_page: Callable[..., Page]) -> None:
    """The page goes to the new one."""
    arn = showcase.run("original", {"charge": False, "orderId": "ünïcode \u2028 1.0"})
    page = open_page(timeline_url(showcase.url, arn))
    has_status(page, "succeeded")

    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(re.compile("^original-again-"))
    page.get_by_role("button", name="Start", exact=True).click()

    expect(page.get_by_role("link", name="original")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("original-again-")
    has_status(page, "succeeded")
    again = page.evaluate("decodeURIComponent(location.hash.split('/')[2])")
    inputs = [showcase.client.get_durable_execution(DurableExecutionArn=each)["InputPayload"] for each in (arn, again)]
    assert inputs[0] == inputs[1]


def test_kills_a_worker_and_the_execution_goes_on(
    fresh_showcase: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """The process that runs it is gone; another one repeats the step."""
    gate = tmp_path / "gate"
    arn = fresh_showcase.start("survivor", {"charge": False, "gate": str(gate)})
    page = open_page(timeline_url(fresh_showcase.url, arn))

    page.get_by_role("button", name="environment").click()
    kill = page.get_by_role("button", name=re.compile(r"Kill process \d+"))
    pid = int(re.sub(r"\D", "", kill.inner_text()))
    assert psutil.pid_exists(pid)
    kill.click()

    expect(page.get_by_text(f"Process {pid} was killed")).to_be_visible()
    expect(page.locator(".bar.invocation.is-failed")).to_have_count(1)
    gate.touch()
    has_status(page, "succeeded")
    assert not psutil.pid_exists(pid)


def test_lists_the_workers_and_kills_an_idle_one(fresh_showcase: Any, open_page: Callable[..., Page]) -> None:
    """Two environments of two processes; a fresh environment takes the place of the one that lost a process."""
    page = open_page(f"{fresh_showcase.url}/#/workers")
    kills = page.get_by_role("button", name="Kill process")
    expect(kills).to_have_count(4)

    pid = (kills.first.get_attribute("aria-label") or "").rpartition(" ")[2]
    kills.first.click()

    expect(page.get_by_role("button", name=f"Kill process {pid}")).to_have_count(0)


def test_arms_a_fault_that_the_next_execution_meets(fresh_showcase: Any, open_page: Callable[..., Page]) -> None:
    """It ends with the same result, and the page counts the fault."""
    page = open_page(f"{fresh_showcase.url}/#/workers")
    page.get_by_role("button", name="kill-worker").click()
    expect(page.get_by_text("The next checkpoint gets the fault")).to_be_visible()

    arn = fresh_showcase.run("unharmed", {"charge": False})

    assert "SUCCEEDED" == fresh_showcase.client.get_durable_execution(DurableExecutionArn=arn)["Status"]
    expect(page.get_by_role("listitem").filter(has_text="kill-worker")).to_contain_text("met 1 time")


def test_refuses_to_kill_what_is_no_worker(showcase: Any, open_page: Callable[..., Page]) -> None:
    """Such as the runtime itself."""
    page = open_page(showcase.url)
    status = page.request.post(f"{showcase.url}/page/api/workers/{showcase.process.pid}/kill").status
    assert 404 == status
    assert showcase.process.poll() is None


def test_finds_executions_by_name_and_by_status(showcase: Any, open_page: Callable[..., Page]) -> None:
    """Filters stand in the address, so that it can be passed on."""
    showcase.run("needle-1", {"charge": False})
    showcase.run("needle-2", {"fail": True})
    page = open_page(showcase.url)

    page.get_by_role("searchbox").fill("NEEDLE")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="failed").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("needle-2")

    other = open_page(page.url)
    expect(other.locator("tbody tr")).to_have_count(1)
    expect(other.get_by_role("searchbox")).to_have_value("NEEDLE")


def test_shows_what_functions_say_as_text(showcase: Any, open_page: Callable[..., Page]) -> None:
    """Names, results, errors and log lines hold markup; none of it becomes any."""
    nasty = "<img src=x onerror=alert(1)>"
    arn = showcase.run("markup", {"charge": False, "orderId": nasty, "items": [nasty]})
    page = open_page(timeline_url(showcase.url, arn))
    expect(page.get_by_text(f"pack {nasty}")).to_be_visible()
    expect(page.get_by_label("Input")).to_contain_text(nasty)
    page.get_by_role("button", name="Events and log").click()
    expect(page.get_by_text(f"Validating order {nasty}")).to_be_visible()
    assert 0 == page.locator("main img").count()

    page.goto(timeline_url(showcase.url, showcase.run("script", {"fail": True})))
    expect(page.get_by_role("button", name="explode step, failed")).to_be_visible()
    page.get_by_role("button", name="explode").click()
    expect(page.locator(".inspector .error")).to_contain_text("no <script>alert(1)</script> today")


def test_shows_the_traceback_and_the_log_of_each_attempt(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """The log has the traceback of a step that was tried again; at 360 pixels the details come up as a sheet."""
    arn = showcase.run("attempts", {"orderId": "8"})
    page = open_page(timeline_url(showcase.url, arn))

    page.get_by_role("button", name="charge").click()

    attempts = page.locator(".attempt")
    expect(attempts).to_have_count(2)
    expect(attempts.first).to_contain_text("ConnectionError: the card reader is asleep")
    attempts.first.get_by_text("traceback").click()
    expect(attempts.first.locator("pre")).to_contain_text("in charge")
    expect(page.locator(".inspector .log")).to_contain_text("Charging, attempt 2")

    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    page.reload()
    has_status(page, "succeeded")
    assert 360 == page.evaluate("document.documentElement.scrollWidth")
    expect(page.locator(".inspector")).to_be_hidden()
    page.get_by_role("button", name="charge").click()
    expect(page.locator(".inspector")).to_be_visible()
    assert [] == accessibility(page)
    page.keyboard.press("Escape")
    expect(page.locator(".inspector")).to_be_hidden()


def test_leads_from_a_chained_invoke_to_the_execution_that_it_started(
    showcase: Any, open_page: Callable[..., Page]
) -> None:
    """With what it was given and what came of it."""
    arn = showcase.run("parent", {"charge": False, "child": "child-7"})
    page = open_page(timeline_url(showcase.url, arn))

    page.get_by_role("button", name="child chained invoke, succeeded").click()
    expect(page.get_by_label("Input")).to_contain_text("child-7")
    page.locator(".inspector .facts a").click()

    expect(page.get_by_role("button", name="child chained invoke")).to_have_count(0)
    expect(page.get_by_label("Input")).to_contain_text("child-7")
    has_status(page, "succeeded")


def test_works_with_the_keyboard(showcase: Any, open_page: Callable[..., Page]) -> None:
    """From the list to an operation and back, without a mouse."""
    showcase.run("by-keyboard", {"charge": False})
    page = open_page(f"{showcase.url}/#/?text=by-keyboard")
    expect(page.locator("tbody tr")).to_have_count(1)

    expect(page.locator("tbody tr")).to_contain_text("succeeded")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="by-keyboard")).to_be_focused()
    page.keyboard.press("Enter")
    has_status(page, "succeeded")

    page.get_by_role("button", name="execution succeeded").focus()
    page.keyboard.press("End")
    expect(page.locator(".inspector h2")).to_contain_text("bill")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    expect(page.locator(".inspector h2")).to_contain_text("shipping")
    before = page.locator(".row-button").count()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".row-button")).to_have_count(before - 2)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".row-button")).to_have_count(before)
    page.keyboard.press("t")
    expect(page.locator(".events")).to_contain_text("ExecutionSucceeded")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_visible()


def test_stays_on_the_row_that_the_keyboard_is_on_while_it_changes(
    showcase: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    """News draw the row anew; whoever is about to press Enter is still on it."""
    gate = tmp_path / "gate"
    showcase.start("focused", {"charge": False, "gate": str(gate)})
    page = open_page(f"{showcase.url}/#/?text=focused")
    expect(page.get_by_role("row", name="focused")).to_contain_text("running")

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="focused")).to_be_focused()
    gate.touch()
    expect(page.get_by_role("row", name="focused")).to_contain_text("succeeded")

    expect(page.get_by_role("link", name="focused")).to_be_focused()
    page.keyboard.press("Enter")
    has_status(page, "succeeded")


def test_asks_nothing_while_nothing_happens(fresh_showcase: Any, open_page: Callable[..., Page]) -> None:
    """Two pages are open, one of them on a running execution; neither sends a request, and the runtime sleeps."""
    arn = fresh_showcase.start("idle", {"charge": False, "callback": True})
    requests: list[str] = []
    pages = [open_page(fresh_showcase.url), open_page(timeline_url(fresh_showcase.url, arn))]
    expect(pages[1].locator(".waiting", has_text="Waits for callback approval")).to_be_visible()
    for page in pages:
        page.on("request", lambda request: requests.append(request.url))
    runtime = psutil.Process(fresh_showcase.process.pid)

    def rests() -> bool:
        """Return whether nothing happens for three seconds; what opened the pages may still go on before."""
        requests.clear()
        before, began = sum(runtime.cpu_times()[:2]), time.monotonic()
        pages[1].wait_for_timeout(3000)
        spent = sum(runtime.cpu_times()[:2]) - before
        return not requests and spent / (time.monotonic() - began) < 0.02

    eventually(rests, "neither a page nor the runtime does anything")


def test_shows_why_an_environment_cannot_start_and_when_it_is_tried_again(
    fresh_showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """Without a reload: failed with reason and time, beside the environment that is ready."""
    page = open_page(f"{fresh_showcase.url}/#/workers")
    environments = page.locator(".environment")
    expect(environments.filter(has_text="ready, 2 processes")).to_have_count(2)
    armed = page.request.post(f"{fresh_showcase.url}/durable-mi/faults", data={"fault": "fail-start", "count": 5})
    assert 202 == armed.status

    page.get_by_role("button", name="Kill process").first.click()

    failed = environments.filter(has_text="failed")
    expect(failed).to_contain_text("Runtime.ExitError: the runtime was ended by SIGKILL before the handler was loaded")
    expect(failed).to_contain_text(re.compile(r"\d failed starts?, next attempt at \d\d:\d\d:\d\d"))
    expect(environments.filter(has_text="ready, 2 processes")).to_have_count(1)
    assert [] == accessibility(page)
