"""Takes the pictures of the page that the docs show: `make screenshots`."""  # noqa: INP001 - a script

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import quote

from playwright.sync_api import expect, sync_playwright

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.page.conftest import ARGUMENTS, Showcase, find_chromium, write_app  # noqa: E402 - after its path

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

IMAGES: Final = Path(__file__).parent
LARGEST: Final = 150_000
WAITING: Final = {"orderId": "1007", "wait": 2, "callback": True}


def take(  # noqa: PLR0913 - what a picture is taken of, and how
    browser: Browser,
    name: str,
    url: str,
    do: Callable[[Page], object],
    *,
    width: int = 1200,
    height: int = 620,
    scheme: Literal["light", "dark"] = "light",
) -> None:
    """Take one picture, and check that it is small enough for a repository."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".connection")).to_have_text("live")
    do(page)
    file = IMAGES / f"page-{name}.png"
    page.screenshot(path=file)
    context.close()
    if file.stat().st_size > LARGEST:
        msg = f"{file.name} must have at most {LARGEST} bytes, got {file.stat().st_size}: take a smaller view"
        raise ValueError(msg)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size} bytes")  # noqa: T201 - a script


def take_all(showcase: Showcase, browser: Browser) -> None:
    """Run some executions, and take every picture."""

    def at(arn: str) -> str:
        return f"{showcase.url}/#/executions/{quote(arn, safe='')}"

    retried = showcase.run("order-1003", {"orderId": "1003"})
    good = showcase.run("order-1004", {"orderId": "1004", "charge": False})
    bad = showcase.run("order-1005", {"orderId": "1005", "charge": False, "fail": True})
    waiting = showcase.start("order-1007", WAITING)
    for number in range(6):
        showcase.start(f"approval-{number}", {"charge": False, "callback": True, "items": []})

    def is_there(text: str) -> Callable[[Page], object]:
        return lambda page: expect(page.get_by_text(text).first).to_be_visible()

    def chosen(page: Page) -> None:
        for number in range(6):
            page.get_by_label(f"Choose approval-{number}").check()
        page.get_by_role("button", name="Stop…").click()

    def started(page: Page) -> None:
        page.locator(".begin").click()
        page.get_by_label("Name", exact=True).fill("order-1008")

    def details(page: Page) -> None:
        page.get_by_role("button", name="charge").click()

    take(browser, "timeline", at(waiting), is_there("It waits for callback approval"), height=780)
    take(browser, "executions", showcase.url, is_there("approval-0"))
    take(browser, "failure", at(bad), is_there("Failed in step"), scheme="dark", height=560)
    take(browser, "many", showcase.url, chosen)
    take(browser, "start", showcase.url, started)
    compared = f"{showcase.url}/#/compare/{quote(good, safe='')}/{quote(bad, safe='')}"
    take(browser, "compare", compared, is_there("First difference"), height=760)
    take(browser, "versions", f"{showcase.url}/#/versions", is_there("an alias names it"), height=260)
    take(browser, "narrow", at(retried), details, width=360, height=640)


def main() -> None:
    """Serve the showcase of the page's tests, and take the pictures."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("the pictures need Chromium on the PATH, or its path in CHROMIUM: `make chromium` installs it")
    with tempfile.TemporaryDirectory() as directory:
        showcase = Showcase(write_app(Path(directory) / "cdk.out"))
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
                take_all(showcase, browser)
                browser.close()
        finally:
            showcase.stop()


if __name__ == "__main__":
    main()
