"""The built site: no warning, nothing from other hosts, accessible, usable on a narrow screen and with the keyboard.

It needs `make docs`'s own environment and a browser, so `make slow` runs it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import sync_playwright

from tests.docs.site_pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
AXE: Final = Path(sys.executable).parents[1] / "axe/node_modules/axe-core/axe.min.js"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What the browser loads by itself; an `a` is a link that a reader follows.
LOADED: Final = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=\"?(?:https?:)?//", re.IGNORECASE)
LOADED_BY_STYLE: Final = re.compile(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//", re.IGNORECASE)
SEEN: Final = (
    "index.html",
    "tutorial/first-workflow.html",
    "how-to/write-a-workflow.html",
    "reference/constructs.html",
    "reference/limits.html",
    "troubleshooting.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two versions of the site."""
    directory = tmp_path_factory.mktemp("site")
    subprocess.run(["make", ".venv-docs/.ready"], cwd=ROOT, check=True, capture_output=True)
    for version in ("0.1.0", "0.2.0"):
        python = str(ROOT / ".venv-docs/bin/python")
        command = [python, "docs/site/build.py", "--version", version, "--site", str(directory)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else BROWSERS
    path = next((found for each in named if (found := shutil.which(each))), None)
    assert path is not None, "the site is looked at in Chromium, found none: run `make chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab."""
    with browser.new_page() as page:
        yield page


def test_nothing_of_the_files_is_loaded_from_other_hosts(site: Path) -> None:
    """Neither in HTML nor in styles; scripts are watched in the browser."""
    found = [
        f"{file.relative_to(site)}: {match[0]}"
        for file in site.rglob("*")
        if file.suffix in {".html", ".css"}
        for match in (LOADED if file.suffix == ".html" else LOADED_BY_STYLE).finditer(file.read_text(encoding="utf-8"))
    ]
    assert [] == found


def test_the_search_finds_words_of_a_page(site: Path) -> None:
    """Its index is on the site."""
    index = json.loads((site / "0.2.0/search.json").read_text(encoding="utf-8"))

    assert any("MinimumExecutionEnvironments" in json.dumps(each) for each in index["items"])


def problems(page: Page, url: str) -> list[str]:
    """Open a page at 360 pixels, and list what scrolls sideways and the serious findings of axe."""
    page.goto(url, wait_until="networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    found = [
        f"{url} {each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})"
        for each in result["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return [*found, *([f"{url} is {width} pixels wide"] if width > 360 else [])]


@pytest.mark.timeout(900)
def test_every_page_is_accessible_narrow_and_loads_nothing_else(browser: Browser, address: str, site: Path) -> None:
    """No serious finding of axe, no sideways scrolling at 360 pixels, no request to another host."""
    asked: list[str] = []
    paths = sorted(file.relative_to(site).as_posix() for file in site.glob("0.2.0/**/*.html"))
    with browser.new_page(color_scheme="light", viewport={"width": 360, "height": 740}) as page:
        page.on("request", lambda request: asked.append(request.url))
        found = [problem for path in paths for problem in problems(page, f"{address}/{path}")]

    assert len(pages()) < len(paths)
    assert [] == found
    assert [] == [url for url in asked if not url.startswith((address, "data:", "blob:"))]


@pytest.mark.parametrize("path", SEEN)
def test_pages_are_accessible_in_the_dark(browser: Browser, address: str, path: str) -> None:
    """With the colours that the system asks for; a page of each kind."""
    with browser.new_page(color_scheme="dark", viewport={"width": 360, "height": 740}) as page:
        assert [] == problems(page, f"{address}/0.2.0/{path}")


def test_the_keyboard_finds_and_opens_a_page(page: Page, address: str) -> None:
    """The first stop skips to the content; `/` opens the search, arrows and Enter select."""
    page.goto(f"{address}/0.2.0/index.html", wait_until="networkidle")
    page.keyboard.press("Tab")
    assert "Skip to content" == page.evaluate("document.activeElement.textContent").strip()

    page.keyboard.press("/")
    # The search is in a shadow root, and takes a moment to open.
    page.wait_for_function("document.activeElement.shadowRoot?.activeElement?.tagName === 'INPUT'")
    page.keyboard.type("capacity provider is in use")
    page.get_by_text(re.compile(r"^\d+ results$")).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/troubleshooting.html*")


def test_versions_can_be_selected_and_the_start_page_leads_to_the_newest(page: Page, address: str) -> None:
    """The theme reads versions.json."""
    page.goto(f"{address}/index.html")
    page.wait_for_url("**/0.2.0/index.html")

    older = page.locator(".md-version__link", has_text="0.1.0")
    older.first.wait_for(state="attached")
    assert "/0.1.0/" in str(older.first.get_attribute("href"))
