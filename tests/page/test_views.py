"""Every view at three widths, light and dark: nothing sticks out, and axe has no serious finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.page.conftest import Showcase

WIDTHS = (360, 900, 1440)
WIDE_DIALOG = "[...document.querySelectorAll('dialog')].some((each) => each.scrollWidth > each.clientWidth)"
SCHEMES: tuple[Any, ...] = ("light", "dark")


def _choose_all(page: Page) -> None:
    expect(page.get_by_role("link", name="waits")).to_be_visible()
    page.get_by_label("Choose all that are shown").check()
    page.get_by_role("button", name="Stop…").click()


def _begin(page: Page) -> None:
    page.locator(".begin").click()
    expect(page.get_by_label("Input (JSON)")).to_be_visible()


def _events(page: Page) -> None:
    page.locator(".tab[data-tab=events]").click()
    expect(page.locator(".events")).to_be_visible()


def _replayed(page: Page) -> None:
    page.get_by_role("button", name="Replay on my code").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_be_visible()


VIEWS: dict[str, tuple[str, Callable[[Page], object]]] = {
    "list": ("#/", lambda page: expect(page.get_by_role("link", name="waits")).to_be_visible()),
    "many": ("#/", _choose_all),
    "start": ("#/", _begin),
    "open": ("#/executions/{waiting}", lambda page: expect(page.get_by_role("region", name="Why")).to_be_visible()),
    "failed": ("#/executions/{bad}", lambda page: page.get_by_role("button", name="Show it").click()),
    "events": ("#/executions/{good}", _events),
    "replay": ("#/executions/{good}", _replayed),
    "commands": ("#/executions/{waiting}", lambda page: page.get_by_role("button", name="Copy as AWS CLI").click()),
    "compare": ("#/compare/{good}/{bad}", lambda page: expect(page.locator(".verdict")).to_be_visible()),
    "versions": ("#/versions", lambda page: expect(page.get_by_role("row", name="live")).to_contain_text("$")),
    "workers": ("#/workers", lambda page: expect(page.get_by_role("button", name="kill-worker")).to_be_visible()),
}


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_and_is_accessible(
    view: str,
    fresh_showcase: Showcase,
    open_page: Callable[..., Page],
    accessibility: Callable[[Page], list[str]],
) -> None:
    """At the width of a phone, of half a screen and of a screen."""
    arns = {
        "good": fresh_showcase.run("good", {"charge": False}),
        "bad": fresh_showcase.run("bad-with-a-name-that-is-rather-long", {"charge": False, "fail": True}),
        "waiting": fresh_showcase.start("waits", {"charge": False, "callback": True}),
    }
    path, arrive = VIEWS[view]
    path = path.format(**{name: quote(arn, safe="") for name, arn in arns.items()})
    page = open_page(f"{fresh_showcase.url}/{path}", width=WIDTHS[0])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.reload()
        arrive(page)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert width == page.evaluate("document.documentElement.scrollWidth")
            assert not page.evaluate(WIDE_DIALOG)
            assert [] == accessibility(page)
