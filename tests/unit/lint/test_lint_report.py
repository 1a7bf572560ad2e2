"""What a report of workflow code holds: its order, what comments ignore, and files that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from durable_mi.lint.report import lint
from durable_mi.lint.rule import Severity

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOW: Final = """\
import time, uuid
from aws_durable_execution_sdk_python import durable_execution

@durable_execution
def handler(event, context):
    time.sleep(1){sleep}
    order = uuid.uuid4().hex{order}
    return context.step(lambda _: order, name="order")
"""


def write(directory: Path, name: str = "handler.py", **comments: str) -> Path:
    """Write a workflow with two mistakes, in lines 6 and 7."""
    file = directory / name
    file.write_text(WORKFLOW.format(**{"sleep": "", "order": "", **comments}))
    return file


def test_findings_come_by_file_line_and_column(tmp_path: Path) -> None:
    """The order does not depend on that of the paths or of the rules."""
    second, first = write(tmp_path, "b.py"), write(tmp_path, "a.py")
    report = lint([second, first])
    expected = [(first, 6, "DMC202"), (first, 7, "DMC101"), (second, 6, "DMC202"), (second, 7, "DMC101")]
    assert expected == [(each.file, each.line, each.rule) for each in report.findings]
    assert [5, 13] == [each.column for each in report.findings[:2]]
    assert (0, 4, 2) == (report.count(Severity.ERROR), report.count(Severity.WARNING), report.files)


def test_a_path_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    """A file and its directory are the same file."""
    report = lint([write(tmp_path), tmp_path])
    assert (1, 2) == (report.files, len(report.findings))


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("  # durable-mi: ignore[DMC202] the test needs it", ["DMC101"]),
        ("  # durable-mi: ignore[dmc101, DMC202]", ["DMC101"]),
        ("  # durable-mi: ignore", ["DMC101"]),
        ("  # noqa: S101  # durable-mi: ignore[DMC202]", ["DMC101"]),
        ("  # durable-mi: ignore[DMC101] the other rule", ["DMC202", "DMC101"]),
        ("  # ignore[DMC202]", ["DMC202", "DMC101"]),
    ],
)
def test_a_comment_ignores_a_rule_in_its_line(tmp_path: Path, comment: str, left: list[str]) -> None:
    """By its id, or all rules without one; what is ignored is counted."""
    report = lint([write(tmp_path, sleep=comment)])
    assert left == [finding.rule for finding in report.findings]
    assert 2 - len(left) == len(report.suppressed)


def test_a_comment_in_a_helper_ignores_what_the_helper_does(tmp_path: Path) -> None:
    """The finding is at the call in the flow; the line that does it can have the comment, too."""
    (tmp_path / "pauses.py").write_text(
        "import time\n\ndef pause():\n    time.sleep(1)  # durable-mi: ignore[DMC202] short\n"
    )
    file = write(tmp_path)
    file.write_text(file.read_text().replace("time.sleep(1)", "pause()").replace("import time,", "import"))
    file.write_text("from pauses import pause\n" + file.read_text())
    report = lint([file])
    assert (["DMC101"], ["DMC202"]) == ([x.rule for x in report.findings], [x.rule for x in report.suppressed])


def test_rules_can_be_left_out(tmp_path: Path) -> None:
    """By their ids."""
    assert ["DMC101"] == [finding.rule for finding in lint([write(tmp_path)], ignored={"DMC202"}).findings]


SDK: Final = (
    "from aws_durable_execution_sdk_python import durable_execution\n@durable_execution\ndef handler(event, context):\n"
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SDK.encode() + b"    return (\n", "line 4: '(' was never closed"),
        (SDK.encode() + b"    pass\n\0", "null bytes"),
        (b"# -*- coding: none -*-\n" + SDK.encode(), "unknown encoding"),
        (SDK.encode() + b"    x = '\xff'\n", "utf-8"),
        (SDK.encode() + b"    x = " + b"(" * 3000 + b")" * 3000, "too many nested parentheses"),
        (SDK.encode() + b"    x = " + b"+".join([b"event"] * 5000), "it is nested too deeply"),
        (SDK.encode() + b"    if a: pass\n" + b"    elif event: x = event\n" * 900, "it is nested too deeply"),
    ],
    ids=["syntax", "null-byte", "encoding", "bytes", "parentheses", "operators", "branches"],
)
def test_rejects_a_file_that_is_no_python_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    """The other files are read all the same."""
    (tmp_path / "broken.py").write_bytes(content)
    write(tmp_path)
    report = lint([tmp_path])
    (message,) = map(str, report.unreadable)
    assert why in message
    assert "\n" not in message
    assert 2 == len(report.findings)


def test_rejects_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """It names the file and what the system said."""
    missing = tmp_path / "missing.py"
    report = lint([missing])
    expected = f"{missing} must be Python that this interpreter can read, got line 1: No such file or directory"
    assert [expected] == [str(each) for each in report.unreadable]


@pytest.mark.parametrize(
    "body",
    [
        "    x = [event]\n" + "    x = x + x\n" * 60 + "    for one in x:\n        context.step(lambda _: one)\n",
        "    x = [event]\n" + "    x.extend(x)\n    x = [*x, *x]\n" * 60,
        "    x = {}\n" + "    x = {'a': x, 'b': x, 'c': x, 'd': x}\n" * 100 + "    context.step(lambda _: x)\n",
        "    x = event['a']\n" + "    x = f'{x}-{x}'\n" * 60 + "    context.step(lambda _: 1, name=x)\n",
        "    x = 'abc'\n" + "    x = x + x\n" * 60 + "    context.step(lambda _: 1, name=x)\n",
        "    x = []\n    x.append(x)\n    class A: pass\n    a = A()\n    a.a = a\n    return [x, a]\n",
        "    def f(): return g()\n    def g(): return f() + f()\n    return context.step(lambda _: f())\n",
    ],
    ids=["lists", "extend", "mappings", "texts", "constants", "circles", "recursion"],
)
def test_code_that_grows_without_end_is_read_in_bounded_time(tmp_path: Path, body: str) -> None:
    """Doubling a value many times, or values that hold themselves, cost no more than other code."""
    (tmp_path / "grows.py").write_text(SDK + body)
    assert () == lint([tmp_path]).unreadable
