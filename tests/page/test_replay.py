"""The replay of an execution on the page: operation by operation, beside the line that asked for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page


def replayed(page: Page) -> Locator:
    """Replay the execution that the page shows, and return the dialog."""
    page.get_by_role("button", name="Replay on my code").click()
    dialog = page.get_by_role("dialog", name="Replay")
    expect(dialog.get_by_role("heading", level=2)).to_be_visible()
    return dialog


def shown(dialog: Locator) -> tuple[list[str], str]:
    """Return the cells of the current operation, and the current line of the source."""
    row, line = dialog.locator("tr[aria-current=step]"), dialog.locator("li[aria-current=location] code")
    expect(row).to_have_count(1)
    expect(line).to_have_count(1)
    return row.get_by_role("cell").all_inner_texts(), line.inner_text().strip()


def test_steps_through_a_replay(
    showcase: Any, open_page: Callable[..., Page], accessibility: Callable[[Page], list[str]]
) -> None:
    """With the buttons and with the keys, also into branches that have ended; the line is that of the code."""
    arn = showcase.run("stepped", {"charge": False, "items": ["lamp"]})
    page = open_page(f"{showcase.url}/#/executions/{quote(arn, safe='')}")
    dialog = replayed(page)
    status = dialog.get_by_role("status")
    expect(dialog.get_by_role("heading", level=2)).to_have_text("It replays on my code")
    count = dialog.get_by_role("row").count() - 1
    expect(status).to_have_text(f"Operation 1 of {count}")
    assert (["Step 'validate'"] * 2, 'context.step(validate(order_id), name="validate")') == shown(dialog)
    expect(dialog.get_by_role("button", name="Previous")).to_be_disabled()

    dialog.get_by_role("button", name="Next").click()
    expect(status).to_have_text(f"Operation 2 of {count}")
    assert (["Map 'pack all'"] * 2) == shown(dialog)[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    packed = 'return context.step(lambda _: f"{index}: {item}", name=f"pack {item}")'
    recorded, line = shown(dialog)
    assert ["Step 'pack lamp' in 'map-item-0'"] * 2 == recorded
    assert packed == line
    expect(dialog.get_by_role("heading", level=3)).to_contain_text("showcase.py:")
    page.keyboard.press("k")
    expect(status).to_have_text(f"Operation 3 of {count}")

    dialog.get_by_role("row", name="Step 'bill'").click()
    assert 'return context.step(lambda _: "billed", name="bill")' == shown(dialog)[1]
    for _ in range(count):
        page.keyboard.press("ArrowDown")
    expect(status).to_have_text(f"Operation {count} of {count}")
    expect(dialog.get_by_role("button", name="Next")).to_be_disabled()

    sizes: list[tuple[int, Any]] = [(1440, "light"), (360, "dark")]
    for width, scheme in sizes:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme=scheme)
        assert [] == accessibility(page)
        assert not page.evaluate(
            "document.querySelector('dialog').scrollWidth > document.querySelector('dialog').clientWidth"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_begins_at_the_first_difference(showcase: Any, open_page: Callable[..., Page]) -> None:
    """And shows the line that does otherwise, of one that differs and of one that is missing; nothing changes."""
    arn = showcase.run("differs", {"charge": False, "items": []})
    events = showcase.client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
    page = open_page(f"{showcase.url}/#/executions/{quote(arn, safe='')}")
    code = showcase.code / "showcase.py"
    before = code.read_text()
    step = 'context.step(validate(order_id), name="validate")'
    try:
        code.write_text(before.replace(step, step.replace('="validate"', '="renamed"')))
        dialog = replayed(page)
        expect(dialog.get_by_role("heading", level=2)).to_have_text("It does not replay on my code")
        expect(dialog.get_by_role("row", name="first difference").get_by_role("cell")).to_have_text(
            ["Step 'validate'", "Step 'renamed'"]
        )
        expect(dialog.get_by_role("status")).to_contain_text(", the first difference")
        assert (["Step 'validate'", "Step 'renamed'"], step.replace('="validate"', '="renamed"')) == shown(dialog)
        dialog.get_by_role("button", name="Close").click()

        code.write_text(before.replace(step, "import urllib.request as r; r.urlopen('http://192.0.2.1', timeout=1)"))
        dialog = replayed(page)
        expect(dialog).to_contain_text("reaches the network between operations")
        recorded, line = shown(dialog)
        assert ["Step 'validate'", "\u2013"] == recorded
        assert line.startswith("import urllib.request")
    finally:
        code.write_text(before)
    assert events == showcase.client.get_durable_execution_history(DurableExecutionArn=arn)["Events"]
