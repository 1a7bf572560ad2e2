"""The page when its runtime ends. No other module comes after this one, so none has to start the runtime again."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect


def test_says_when_the_runtime_is_gone(showcase: Any, browser: Any) -> None:
    """The runtime ends at once, and without a complaint, however many pages watch it."""
    page = browser.new_page()
    page.goto(showcase.url)
    expect(page.locator(".connection")).to_have_text("live")
    assert "Stopping ..." in (said := showcase.stop())
    assert "Traceback" not in said
    expect(page.locator(".connection")).to_have_text("not connected")
    page.close()
