"""What the local runtime prints of what functions and templates say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from durable_mi.cli.reports.local import LocalReport
from durable_mi.local.app.stacks import AppStack, StackOutput
from durable_mi.local.logs.store import LogEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from durable_mi.local.app.functions import AppFunction

ESCAPES = "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\r\x7f"
SHOWN = r"\x1b[31mred\x1b]0;title\x9b2J\x7f"


def test_the_local_runtime_escapes_names_and_log_lines(
    capsys: pytest.CaptureFixture[str], make_function: Callable[..., AppFunction]
) -> None:
    """Of functions, of placeholders, of errors, and in every field of a line."""
    report = LocalReport()
    function = make_function(
        f"f{ESCAPES}", log_group=ESCAPES, environment={"A": ESCAPES}, made_up={"A": ESCAPES}, aliases={ESCAPES: "1"}
    )
    for message in (
        ESCAPES,
        json.dumps({"message": ESCAPES, "level": ESCAPES, "errorType": ESCAPES, "errorMessage": ESCAPES}),
    ):
        report.event(LogEvent(number=0, timestamp=0, stream=f"x/{ESCAPES}", message=message))
    stack = AppStack(ESCAPES, ESCAPES, outputs=(StackOutput(ESCAPES, ESCAPES),))
    report.ready([function], [stack], endpoint_url="http://x", region=ESCAPES, resumed=0)
    report.not_published(function, ValueError(ESCAPES))
    report.cautions([f"Warning: {ESCAPES}"])
    report.line(ESCAPES)
    printed = capsys.readouterr().out
    assert 20 <= printed.count(SHOWN)
    assert [] == [character for character in printed if not character.isprintable() and character != "\n"]
