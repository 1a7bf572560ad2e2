"""``durable-mi check`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from durable_mi.preflight.report import RULES
from tests.docs.site_pages import anchors

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
TEMPLATES = Path(__file__).with_name("templates")
BAD = TEMPLATES / "DMI102" / "bad-too-small.yaml"
WARNED = TEMPLATES / "DMI204" / "bad-five.yaml"
GOOD = TEMPLATES / "DMI102" / "good-smallest.yaml"
UNKNOWN = TEMPLATES / "DMI102" / "good-parameter.yaml"


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``durable-mi check`` in an empty directory."""
    directory = tmp_path_factory.mktemp("check")
    script = "from durable_mi.cli import main; main()"

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, "check", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=directory)

    return run


def assembly(directory: Path) -> Path:
    """Return a cloud assembly with one stack that has a mistake."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.9", "DurableConfig": {"ExecutionTimeout": 60}},
        "Metadata": {"aws:cdk:path": "Shop/Order/Resource"},
    }
    artifact = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}
    (directory / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": artifact}}))
    (directory / "Shop.template.json").write_text(json.dumps({"Resources": {"Order123": function}}, indent=1))
    return directory


def test_tells_an_error_with_its_place(check: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """File, resource, rule, line, what came and how to mend it."""
    done = check(BAD)

    assert (1, "") == (done.returncode, done.stderr)
    assert (
        f"{BAD}\n\n"
        "  Workflow\n"
        "    error DMI102, line 35\n"
        "      MemorySize must be from 2048 MB to 32768 MB on managed instances, got 128 MB: set 2048 MB or\n"
        "      more\n\n"
        "1 error, 0 warnings (1 template, 1 durable or managed-instances function). More about a rule: durable-mi "
        "check --explain DMI102\n"
    ) == done.stdout


def test_warnings_do_not_fail(check: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """They are told all the same."""
    done = check(WARNED)

    assert 0 == done.returncode
    assert "warning DMI204, line 45" in done.stdout


def test_says_that_nothing_was_found(check: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """And how much was looked at."""
    done = check(GOOD, WARNED, "--ignore", "dmi204")

    assert (0, "") == (done.returncode, done.stderr)
    assert "Nothing found (2 templates, 2 durable or managed-instances functions).\n" == done.stdout


def test_reads_a_cloud_assembly(check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """Findings name the construct."""
    done = check(assembly(tmp_path))

    assert 1 == done.returncode
    assert "  Shop/Order/Resource (Order123)\n    error DMI201, line 6\n" in done.stdout


def test_rejects_what_is_no_resource_in_a_cloud_assembly(
    check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """The file is named, and what to run."""
    (assembly(tmp_path) / "Shop.template.json").write_text('{"Resources": {"A": []}}')
    done = check(tmp_path)

    assert 2 == done.returncode
    assert "Shop.template.json: Resources/A must be an object, got list: run `cdk synth` again" in done.stderr


@pytest.mark.parametrize(("arguments", "says"), [((), False), (("--verbose",), True)])
def test_tells_what_was_passed_over_if_asked(
    check: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str, ...], *, says: bool
) -> None:
    """A parameter without a default is no finding."""
    done = check(UNKNOWN, *arguments)

    assert 0 == done.returncode
    assert says is ("    Workflow MemorySize: parameter Memory\n" in done.stdout)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_explains_every_rule(rule: Any) -> None:
    """Why, fix, source, and the page that has it."""
    from durable_mi.findings.text import explanation, page  # noqa: PLC0415 - the others run the command

    told = " ".join(explanation(rule).split())

    assert f"{rule.id} ({rule.severity}): {rule.title}" in told
    for text in (rule.why, rule.fix, rule.source):
        assert " ".join(text.split()) in told
    assert told.endswith(f"Page: {page(rule)}")
    file, _, anchor = page(rule).partition("#")
    assert anchor in anchors(ROOT / file)


def test_explains_on_the_command_line(check: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Without a path, and whatever the case."""
    done = check("--explain", "dmi501")

    assert 0 == done.returncode
    assert done.stdout.startswith("DMI501 (warning): durable functions have a route to the Lambda API\n\nWhy: ")


def test_gives_json(check: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """One document with everything."""
    done = check(BAD, UNKNOWN, "--output", "json")
    document = json.loads(done.stdout)

    assert 1 == done.returncode
    assert (1, 0) == (document["errors"], document["warnings"])
    assert [str(BAD), str(UNKNOWN)] == document["templates"]
    (finding,) = document["findings"]
    assert ("DMI102", "error", str(BAD), 35, 7, "Workflow", None, "MemorySize") == tuple(
        finding[key] for key in ("rule", "severity", "file", "line", "column", "logicalId", "constructPath", "path")
    )
    passed = [entry for entry in document["skipped"] if entry["file"] == str(UNKNOWN)]
    assert {
        "file": str(UNKNOWN),
        "logicalId": "Workflow",
        "path": "MemorySize",
        "unknown": "parameter Memory",
    } in passed


def test_gives_sarif(check: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """What SARIF 2.1.0 requires of a log, a tool, a rule, a result and a place in a file."""
    done = check(BAD, WARNED, assembly(tmp_path), "--output", "sarif")
    log = json.loads(done.stdout)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]

    assert ("2.1.0", "durable-mi") == (log["version"], driver["name"])
    assert list(RULES) == [rule["id"] for rule in driver["rules"]]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    assert {"error", "warning"} == {rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert {("DMI102", "error"), ("DMI204", "warning"), ("DMI201", "error"), ("DMI702", "warning")} == {
        (result["ruleId"], result["level"]) for result in run["results"]
    }
    for result in run["results"]:
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert result["ruleId"] == driver["rules"][result["ruleIndex"]]["id"]
        assert result["message"]["text"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert uri.startswith(("file:///", "tests/preflight/templates/"))
        assert 1 <= region["startLine"]
        assert 1 <= region["startColumn"]


def test_sarif_names_files_from_here(
    check: Callable[..., subprocess.CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As code scanning services expect."""
    here = next(path for path in tmp_path_factory.getbasetemp().iterdir() if path.name.startswith("check"))
    (here / "my template.yaml").write_text(BAD.read_text())
    (result,) = json.loads(check("my template.yaml", "--output", "sarif").stdout)["runs"][0]["results"]

    assert {"uri": "my%20template.yaml"} == result["locations"][0]["physicalLocation"]["artifactLocation"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "PATH must be a template or the directory that `cdk synth` wrote"),
        (("none.yaml",), "none.yaml:1:1: does not exist: name a template"),
        ((Path(__file__).parents[1] / "typing",), "typing:1:1: holds no template: name a template"),
        ((Path(__file__),), "test_check.py:"),
        ((BAD, "--ignore", "DMI999"), "--ignore must name rules such as DMI101, got 'DMI999'"),
        (("--explain", "E1"), "--explain must name rules such as DMI101, got 'E1'"),
        ((BAD, "--output", "xml"), "'xml' is not one of 'text', 'json', 'sarif'"),
    ],
)
def test_rejects_wrong_usage(
    check: Callable[..., subprocess.CompletedProcess[str]], arguments: tuple[str | Path, ...], says: str
) -> None:
    """One line, and never a traceback."""
    done = check(*arguments)

    assert (2, "") == (done.returncode, done.stdout)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_json_needs_no_yaml_and_nothing_of_the_cdk(tmp_path: Path) -> None:
    """A template in JSON is checked in milliseconds, wherever click is installed."""
    file = tmp_path / "template.json"
    file.write_text('{"Resources": {}}')
    script = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from durable_mi.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(file)], capture_output=True, text=True, check=False, timeout=60
    )

    assert 0 == done.returncode
    assert not {"yaml", "boto3", "botocore", "rich", "aws_cdk", "jsii", "constructs"} & set(done.stderr.split())
