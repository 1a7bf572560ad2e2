"""The source around the lines of a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from durable_mi.testing.replay import Finding, HistoryVerdict, Verdict
from durable_mi.testing.replay.place import Place
from durable_mi.testing.replay.replayed_operation import ReplayedOperation
from durable_mi.testing.replay.source_lines import document_with_sources

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_named_from_the_code_on(tmp_path: Path) -> None:
    """With those around; of a file that cannot be read there are none."""
    code = tmp_path / "orders.py"
    code.write_text("".join(f"line {n}\n" for n in range(1, 101)))
    binary = tmp_path / "binary.py"
    binary.write_bytes(b"\xff\xfe\x00")
    operations = tuple(
        ReplayedOperation("Step 'a'", "Step 'b'", Place(str(file), line))
        for file, line in ((code, 2), (code, 50), (binary, 1), (tmp_path.parent / "gone.py", 3))
    )
    finding = Finding(Verdict.DIVERGES, 3, "Step 'a'", "Step 'b'", Place(str(code), 2), operations)
    document = document_with_sources(HistoryVerdict("h", "arn", "RUNNING", 3, finding), [tmp_path])
    gone = str(tmp_path.parent / "gone.py")
    assert ["orders.py", "orders.py", "binary.py", gone] == [each["file"] for each in document["operations"]]
    assert "diverges: expected Step 'a', came Step 'b' (orders.py:2)" == document["text"]
    sources = document["sources"]
    assert {"first": 1, "lines": [f"line {n}" for n in range(1, 18)]} == sources["orders.py:2"]
    assert {"first": 35, "lines": [f"line {n}" for n in range(35, 66)]} == sources["orders.py:50"]
    assert [] == list(sources["binary.py:1"]["lines"]) == list(sources[f"{gone}:3"]["lines"])
