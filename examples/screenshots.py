"""Write the pictures of the examples' timelines anew: `make screenshots`.

Each example runs as `make demo` runs it, on the real local runtime, and a browser shows the timeline that it wrote.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

EXAMPLES = Path(__file__).parent
IMAGES = EXAMPLES.parent / "docs" / "images"
NAMES = ("human_approval", "fan_out", "saga", "scheduled_report")
WIDTH, LOWEST, HIGHEST = 960, 240, 700


def main() -> int:
    """Write the pictures of the examples that the arguments name, or of all."""
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        print("the pictures need Chromium: install it, or set CHROMIUM to its path", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": LOWEST})
        for name in sys.argv[1:] or NAMES:
            timeline = Path(directory) / f"{name}.html"
            command = ["make", "demo", f"DEMO_OPTIONS=--timeline '{timeline}'"]
            subprocess.run(command, cwd=EXAMPLES / name, check=True)
            page.goto(timeline.as_uri())
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": WIDTH, "height": max(LOWEST, min(HIGHEST, height))})
            image = IMAGES / f"example-{name.replace('_', '-')}.png"
            page.screenshot(path=image)
            print(f"{image.name}: {image.stat().st_size // 1024} KiB")
            page.set_viewport_size({"width": WIDTH, "height": LOWEST})
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
