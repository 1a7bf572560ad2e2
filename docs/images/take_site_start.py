"""Takes the picture of the site's start page: `make screenshots`, which builds the site first."""  # noqa: INP001 - a script

from __future__ import annotations

import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.page.conftest import ARGUMENTS, find_chromium  # noqa: E402 - after its path

SITE: Final = ROOT / ".site"
FILE: Final = Path(__file__).with_name("site-start.png")
LARGEST: Final = 150_000


def main() -> None:
    """Serve the built site, and take the picture."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("the picture needs Chromium on the PATH, or its path in CHROMIUM: `make chromium` installs it")
    starts = sorted(SITE.glob("*/index.html"))
    if not starts:
        sys.exit(f"the picture needs the built site, {SITE} has none: run `make docs`")
    handler = partial(SimpleHTTPRequestHandler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 800}, reduced_motion="reduce")
        page.goto(
            f"http://127.0.0.1:{server.server_port}/{starts[-1].relative_to(SITE).as_posix()}", wait_until="networkidle"
        )
        page.screenshot(path=FILE)
        browser.close()
        server.shutdown()
    if FILE.stat().st_size > LARGEST:
        msg = f"{FILE.name} must have at most {LARGEST} bytes, got {FILE.stat().st_size}: take a smaller view"
        raise ValueError(msg)
    print(f"{FILE.relative_to(ROOT)}  {FILE.stat().st_size} bytes")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
