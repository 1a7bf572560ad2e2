"""What an operator does on the page: start, pause, answer, stop many, delete, compare, find."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from durable_mi.operate.bulk.lineage import RestartMark
from durable_mi.operate.bulk.restart import restart_name
from durable_mi.operate.selection.execution_arn import ExecutionArn
from durable_mi.operate.selection.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

WAITS = {"charge": False, "callback": True, "items": []}


def status_of(showcase: Any, arn: str) -> str:
    """Return the status that the Lambda API gives."""
    return str(showcase.client.get_durable_execution(DurableExecutionArn=arn)["Status"])


@pytest.mark.slow
def test_starts_pauses_resumes_stops_and_deletes(showcase: Any, open_page: Callable[..., Page]) -> None:
    """From the form to the deletion, each step after a question."""
    page = open_page(showcase.url)
    pill = page.locator(".head .pill")

    def do(verb: str) -> None:
        page.locator(".head").get_by_role("button", name=verb).click()
        page.get_by_role("dialog").get_by_role("button", name=verb).click()

    expect(page.locator(".begin")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("Input (JSON)").fill("{nonsense")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The input must be JSON")
    page.get_by_label("Input (JSON)").fill('{"charge": false, "callback": true, "items": []}')
    page.get_by_label("Name", exact=True).fill("by-form")
    page.get_by_role("button", name="Start", exact=True).click()

    expect(page.locator("h1")).to_contain_text("by-form")
    expect(page.locator(".waiting", has_text="Waits for callback approval since")).to_be_visible()
    arn = page.evaluate("decodeURIComponent(location.hash.split('/')[2])")
    do("Pause")
    expect(pill).to_have_text("paused")
    do("Resume")
    expect(pill).to_have_text("running")
    do("Stop")
    expect(pill).to_have_text("stopped")
    assert "STOPPED" == status_of(showcase, arn)
    do("Delete")
    expect(page.get_by_role("searchbox")).to_be_visible()
    page.get_by_role("searchbox").fill("by-form")
    expect(page.get_by_text("No executions match")).to_be_visible()


def test_changes_many_after_a_count_and_a_sample(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """Those whose status does not allow it are left out, and said so; nothing is done before the answer."""
    arns = [showcase.start(f"many-{number}", WAITS) for number in range(7)]
    ended = showcase.run("many-ended", {"charge": False, "items": []})
    page = open_page(f"{showcase.url}/#/?text=many-")
    expect(page.get_by_role("row", name="approval")).to_have_count(7)
    page.get_by_label("Choose all that are shown").check()
    page.get_by_role("button", name="Stop…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Stop: 7 executions")
    expect(dialog).to_contain_text("and 2 more")
    expect(dialog).to_contain_text("1 chosen execution left out")
    assert [] == accessibility(page)
    dialog.get_by_role("button", name="Cancel").click()
    assert {"RUNNING"} == {status_of(showcase, arn) for arn in arns}

    page.get_by_label("Choose many-0").uncheck()
    page.get_by_role("button", name="Stop…").click()
    dialog.get_by_role("button", name="Stop 6").click()
    expect(page.get_by_text("Stopped: 6 of 6")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    assert ["RUNNING"] + ["STOPPED"] * 6 == [status_of(showcase, arn) for arn in arns]
    assert "SUCCEEDED" == status_of(showcase, ended)

    page.get_by_label("Choose many-0").check()
    page.get_by_role("button", name="Send success…").click()
    dialog.get_by_role("button", name="Send success 1").click()
    expect(page.get_by_text("Sent success: 1 of 1")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("row", name="many-0")).to_contain_text("succeeded")


def test_leads_to_what_failed_and_compares_it(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """The list names the step, the banner leads to it, and the comparison marks the first difference."""
    good = showcase.run("good-one", {"charge": False})
    bad = showcase.run("bad-one", {"charge": False, "fail": True})
    page = open_page(f"{showcase.url}/#/?text=-one&error=explode+RuntimeError")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody .at")).to_contain_text("explode RuntimeError: no <script>")

    page.get_by_role("link", name="bad-one").click()
    expect(page.locator(".notice")).to_contain_text(
        "Failed in step explode. RuntimeError: no <script>alert(1)</script>"
    )
    page.get_by_role("button", name="Show it").click()
    expect(page.locator(".inspector h2")).to_contain_text("explode")
    page.keyboard.press("f")
    expect(page.locator(".found")).to_have_text("1 of 2")
    page.keyboard.press("f")
    page.keyboard.press("/")
    page.keyboard.type("VALID")
    expect(page.locator(".found")).to_have_text("1 of 2")
    page.get_by_role("button", name="Copy as AWS CLI").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"get-durable-execution --durable-execution-arn {bad} --endpoint-url {showcase.url}")

    dialog.get_by_role("button", name="Close").click()
    page.locator(".tab[data-tab=events]").click()
    panel = page.locator(".events-panel").bounding_box()
    assert panel is not None
    assert panel["x"] < 30, "the events begin at the left"

    page.goto(f"{showcase.url}/#/compare/{quote(good, safe='')}/{quote(bad, safe='')}")
    expect(page.locator(".verdict")).to_contain_text("First difference: explode (only in the second)")
    assert [] == accessibility(page)


@pytest.mark.slow
def test_shows_what_runs_on_each_version(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """As `release status` does; on a narrow screen the table scrolls, not the page."""
    for width in (1280, 360):
        page = open_page(f"{showcase.url}/#/versions", width=width, scheme="dark")
        row = page.get_by_role("row", name="live")
        expect(row).to_contain_text("2 to")
        expect(row).to_contain_text("$")
        assert width == page.evaluate("document.documentElement.scrollWidth")
        assert [] == accessibility(page)


def test_leaves_the_lines_of_the_sdks_out_of_the_workflow_s_log(showcase: Any, open_page: Callable[..., Page]) -> None:
    """The durable SDK's are folded and those of boto3 hidden; what warns is shown, whoever wrote it."""
    page = open_page(showcase.url)
    lines = [
        ("own", {"logger": None, "level": "INFO", "message": "hello"}),
        ("own", {"logger": "botocorelike", "level": "INFO", "message": "hello"}),
        ("chatter", {"logger": "botocore.credentials", "level": "INFO", "message": "Found credentials"}),
        ("chatter", {"logger": "urllib3", "level": "DEBUG", "message": "GET"}),
        ("own", {"logger": "botocore.retries", "level": "WARNING", "message": "throttled"}),
        ("sdk", {"logger": "aws_durable_execution_sdk_python.state", "level": "DEBUG", "message": "checkpoint"}),
        ("own", {"logger": "aws_durable_execution_sdk_python", "level": "ERROR", "message": "failed"}),
        ("sdk", {"logger": None, "level": None, "message": '{"time":"2026","type":"platform.start"}'}),
    ]
    script = "lines => import('/page/view/noise.js').then(({kindOfLine}) => lines.map(kindOfLine))"
    assert [kind for kind, _ in lines] == page.evaluate(script, [line for _, line in lines])


def test_keeps_an_input_that_is_typed_before_the_last_one_is_offered(
    showcase: Any, open_page: Callable[..., Page]
) -> None:
    """The last input is read while the form is open already; a key that comes before the execution does no harm."""
    arn = showcase.run("offered", {"charge": False, "items": []})
    page = open_page(showcase.url)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/2025-12-01/durable-executions/[^/]+$"), hold)
    with page.expect_request(re.compile(r"/2025-12-01/durable-executions/[^/]+$")):
        page.keyboard.press("n")
    page.get_by_label("Input (JSON)").fill("[1]")
    with page.expect_response(re.compile(r"/2025-12-01/durable-executions/[^/]+$")):
        held.pop().continue_()
    page.wait_for_function("() => true")
    expect(page.get_by_label("Input (JSON)")).to_have_value("[1]")
    page.keyboard.press("Escape")
    page.unroute_all()

    documents = re.compile("/page/api/executions/")
    page.route(documents, hold)
    with page.expect_request(documents):
        page.goto(f"{showcase.url}/#/executions/{quote(arn, safe='')}")
    for key in ("f", "z", "/"):
        page.keyboard.press(key)
    held.pop().continue_()
    expect(page.locator(".head .pill")).to_have_text("succeeded")
    page.unroute_all()


def test_names_what_is_started_again_as_the_command_does(showcase: Any, open_page: Callable[..., Page]) -> None:
    """The page reads the name that `durable-mi restart` makes, and the command the page's."""
    page = open_page(showcase.url)
    script = """([name, arn, made]) => import("/page/origin.js").then(({nameAgain, markOf}) =>
        [nameAgain({name, arn}), markOf(name), made.map(markOf)])"""

    def expected(text: str) -> list[str] | None:
        found = RestartMark.of(text)
        return None if found is None else [found.stem, found.origin]

    for name in ("order", "n" * 64, "order-again-1a2b3c4d", "order-again-1a2b3c4d-mabc123", "a-again-12345678x"):
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:orders:7/durable-execution/{name}/5-e1"
        old = Summary(id=ExecutionArn.parse(arn), status="FAILED", started=datetime.now(UTC))
        made = [restart_name(old), restart_name(old, b"{}")]
        by_page, mark, marks = page.evaluate(script, [name, arn, made])

        assert expected(name) == mark
        assert [expected(each) for each in made] == marks
        for each in (by_page, *made):
            found = RestartMark.of(each)
            assert found is not None
            assert found.is_of(old)
            assert len(each) <= 64


def test_rejects_a_change_of_a_version_that_release_would_reject(showcase: Any, open_page: Callable[..., Page]) -> None:
    """Nothing of a function that is not marked is parked; an action must be one of three."""
    url = f"{open_page(showcase.url).url.partition('#')[0].rstrip('/')}/page/api/versions"
    page = open_page("about:blank")
    order = {"function": "showcase", "version": "1"}
    parked = page.request.post(url, data={**order, "action": "park"})
    assert 400 == parked.status
    assert "nothing of showcase is changed: the function is not marked" in parked.json()["message"]
    back = page.request.post(url, data={**order, "action": "rollback"})
    assert "showcase: alias live names version 1 already" == back.json()["said"]
    for wrong in ({**order, "action": "delete"}, {"action": "park"}, [1]):
        assert 400 == page.request.post(url, data=wrong).status
