"""Labelled workflow code: each mistake is found by its rule, and right code that looks like it gives nothing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from durable_mi.lint.report import lint
from durable_mi.lint.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = Path(__file__).parent / "cases"
FEWEST: Final = 5
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "side effects": ("DMC201",),
    "outside reads": ("DMC102",),
    "values that differ": ("DMC101",),
    "names": ("DMC103",),
    "operations in steps and threads": ("DMC301", "DMC302"),
    "outer contexts": ("DMC303",),
    "suspension": ("DMC401",),
    "UnrecoverableError": ("DMC402",),
    "own exceptions": ("DMC403",),
    "closures": ("DMC105",),
    "late binding": ("DMC304",),
    "no end": ("DMC501", "DMC502", "DMC503", "DMC504"),
    "callback.result": ("DMC505",),
    "state and files": ("DMC106", "DMC107"),
    "order": ("DMC104",),
    "sleep": ("DMC202",),
    "results": ("DMC601", "DMC602"),
    "handlers": ("DMC603", "DMC604"),
    "qualifiers": ("DMC605",),
    "payments": ("DMC203",),
}


class Case(NamedTuple):
    """One piece of workflow code.

    Attributes:
        rule: The rule's id, or ``workflows``.
        is_bad: Whether it has a mistake that the rule finds.
        name: Its name.
        files: Its modules, by their paths.
    """

    rule: str
    is_bad: bool
    name: str
    files: dict[str, str]

    def __str__(self) -> str:
        """Return what a test's id names."""
        return f"{self.rule}-{'bad' if self.is_bad else 'good'}-{self.name}"

    def write(self, directory: Path) -> Path:
        """Write its modules below a directory, and return where."""
        place = directory / str(self)
        for path, text in self.files.items():
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return place


def read_cases() -> Iterator[Case]:
    """Yield every case."""
    for source in sorted(SOURCES.glob("*.txt")):
        for block in re.split(r"^=== ", source.read_text(), flags=re.MULTILINE)[1:]:
            head, body = block.split("\n", 1)
            kind, name = head.split()
            first, *others = re.split(r"^--- (.*)\n", body, flags=re.MULTILINE)
            files = {"handler.py": first, **dict(zip(others[::2], others[1::2], strict=True))}
            yield Case(source.stem, kind == "bad", name, files)


CASES: Final = tuple(read_cases())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory that the cases of this module are written to."""
    return tmp_path_factory.mktemp("cases")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_gives_what_its_label_says(case: Case, place: Path) -> None:
    """Bad code gives findings of its rule alone, good code gives none."""
    report = lint([case.write(place)])
    assert () == report.unreadable
    assert ({case.rule} if case.is_bad else set()) == {finding.rule for finding in report.findings}, report.findings


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_mistake_has_enough_cases(kind: str) -> None:
    """Five bad and five good pieces of code, at least."""
    labels = Counter(case.is_bad for case in CASES if case.rule in KINDS[kind])
    assert labels[True] >= FEWEST, labels
    assert labels[False] >= FEWEST, labels


def test_every_rule_has_a_case() -> None:
    """No rule is without bad code, or in no kind."""
    assert set(RULES) == {case.rule for case in CASES if case.is_bad}
    assert set(RULES) == {rule for rules in KINDS.values() for rule in rules}


@pytest.mark.parametrize("directory", ["tests/workflows/functions", "examples"])
def test_the_workflows_of_the_project_give_nothing(directory: str) -> None:
    """The ten workflows and the examples are right."""
    report = lint([ROOT / directory])
    assert report.files > 0
    assert () == report.findings
