"""The rules in the real cfn-lint."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from durable_mi.preflight.cfn_lint import rule_id
from durable_mi.preflight.report import RULES

if TYPE_CHECKING:
    from durable_mi.preflight.rule import Rule

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


def lint(*files: Path) -> list[tuple[str, str, int]]:
    """Our findings of a run of cfn-lint: id, the name of the file, line."""
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    command = [str(cfn_lint), "-a", "durable_mi.preflight.cfn_lint", "--format", "json"]
    done = subprocess.run([*command, "--", *map(str, files)], capture_output=True, text=True, check=False, timeout=300)
    assert not done.stderr
    return [
        (match["Rule"]["Id"], Path(match["Filename"]).name, match["Location"]["Start"]["LineNumber"])
        for match in json.loads(done.stdout)
        if match["Rule"]["Id"][1] == "9" or match["Rule"]["Id"].startswith("E0")
    ]


def suppressed(directory: Path) -> list[Path]:
    """Write templates whose metadata leaves findings out: of a resource, of another one, of all, and of SAM."""
    bad = (FOLDER / "templates/DMI102/bad-too-small.yaml").read_text()
    sam = (FOLDER / "corpus/sam-durable-managed-instances.yaml").read_text()
    metadata = "Metadata: {durable-mi: {ignore: [DMI102, DMI701], reason: legacy}}\n"
    texts = {
        "resource.yaml": bad.replace("  Workflow:\n", f"  Workflow:\n    {metadata}"),
        "other.yaml": bad.replace("  Version:\n", f"  Version:\n    {metadata}"),
        "all.yaml": f"{metadata}{bad}",
        "sam.yaml": sam.replace("AWS::Serverless::Function\n", f"AWS::Serverless::Function\n    {metadata}"),
    }
    for name, text in texts.items():
        (directory / name).write_text(text)
    return [directory / name for name in texts]


def test_cfn_lint_finds_what_we_find(tmp_path: Path) -> None:
    """An error, a warning, the version that SAM makes, nothing in a good template, and nothing that is left out."""
    found = lint(
        FOLDER / "templates/DMI102/bad-too-small.yaml",
        FOLDER / "templates/DMI102/good-smallest.yaml",
        FOLDER / "templates/DMI204/bad-five.yaml",
        FOLDER / "corpus/sam-durable-managed-instances.yaml",
        FOLDER / "corpus/cdk-drift-detection.json",
        *suppressed(tmp_path),
    )

    assert {
        ("E9102", "bad-too-small.yaml", 35),
        ("W9204", "bad-five.yaml", 45),
        ("W9304", "sam-durable-managed-instances.yaml", 32),
        ("W9701", "sam-durable-managed-instances.yaml", 19),
        ("E9102", "other.yaml", 35),
        ("W9304", "sam.yaml", 33),
    } == set(found)


def documented() -> list[str]:
    """Return the commands of the how-to that run cfn-lint."""
    return re.findall(r"^\$ (cfn-lint .*)$", (ROOT / "docs/how-to/preflight.md").read_text(), flags=re.MULTILINE)


def test_the_documented_command_finds_what_we_find(tmp_path: Path) -> None:
    """As it is written, in a directory that has the template of its name."""
    shutil.copy(FOLDER / "templates/DMI102/bad-too-small.yaml", tmp_path / "template.yaml")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = documented()

    assert commands
    for command in commands:
        done = subprocess.run(
            shlex.split(command),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
        )

        assert ("", 2) == (done.stderr, done.returncode)
        assert re.search(r"^E9102 .*\(DMI102\)$", done.stdout, flags=re.MULTILINE)


def test_every_other_place_shows_the_documented_command() -> None:
    """The README, the changelog, the docs and the docstrings, wherever they show the command."""
    shown = {
        (str(file.relative_to(ROOT)), command)
        for pattern in ("*.md", "docs/**/*.md", "docs/**/*.py", "src/**/*.py", "examples/**/*.md")
        for file in ROOT.glob(pattern)
        for command in re.findall(r"cfn-lint [^`\n]*durable_mi\.preflight\.cfn_lint[^`\n]*", file.read_text())
    }

    assert {command for _, command in shown} <= set(documented()), shown
    assert {"CHANGELOG.md", "docs/reference/preflight.md", "src/durable_mi/preflight/cfn_lint.py"} <= {
        file for file, _ in shown
    }


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_ids_are_among_those_that_cfn_lint_leaves_to_others(rule: Rule) -> None:
    """The letter tells the severity."""
    assert f"{rule.severity[0].upper()}9{rule.id[3:]}" == rule_id(rule)
